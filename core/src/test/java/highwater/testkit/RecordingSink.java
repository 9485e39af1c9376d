package highwater.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import highwater.Done;
import highwater.Sink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A sink that logs every call, keeps what it was given, and behaves as the test says: prompt, slow, waiting for the
/// test, failing or throwing at the nth chunk, acknowledging twice, throwing again when it is released.
///
/// Thread rule: the strand of its [VirtualTime], but for setting it up.
public final class RecordingSink<T> implements Sink<T> {
  private final VirtualTime time;
  private final List<T> received = new ArrayList<>();
  private final ArrayDeque<Done> owed = new ArrayDeque<>();
  private boolean holds;
  private @Nullable Duration takes;
  private int failAt;
  private @Nullable Throwable failure;
  private int throwAt;
  private @Nullable RuntimeException thrown;
  private @Nullable RuntimeException destroyFailure;
  private int acknowledgements = 1;
  private int writes;

  /// Makes one that acknowledges inside each call and logs to `time`: `write CHUNK`, `finish`, `sink destroyed`.
  public RecordingSink(VirtualTime time) {
    this.time = time;
  }

  /// Acknowledges a chunk only when the test says so: [#ok()], [#fail(Throwable)].
  @CanIgnoreReturnValue
  public RecordingSink<T> holding() {
    holds = true;
    return this;
  }

  /// Takes so long for each chunk.
  @CanIgnoreReturnValue
  public RecordingSink<T> taking(Duration each) {
    takes = each;
    return this;
  }

  /// Fails the acknowledgement of the `nth` chunk, from 1.
  @CanIgnoreReturnValue
  public RecordingSink<T> failingAt(int nth, Throwable failure) {
    failAt = nth;
    this.failure = failure;
    return this;
  }

  /// Throws out of the call with the `nth` chunk, from 1.
  @CanIgnoreReturnValue
  public RecordingSink<T> throwingAt(int nth, RuntimeException failure) {
    throwAt = nth;
    thrown = failure;
    return this;
  }

  /// Throws out of its release too.
  @CanIgnoreReturnValue
  public RecordingSink<T> throwingWhenDestroyed(RuntimeException failure) {
    destroyFailure = failure;
    return this;
  }

  /// Acknowledges everything twice, which is a mistake.
  @CanIgnoreReturnValue
  public RecordingSink<T> acknowledgingTwice() {
    acknowledgements = 2;
    return this;
  }

  /// What it was given, in order.
  public List<T> received() {
    return List.copyOf(received);
  }

  /// How many chunks wait for the test.
  public int owed() {
    return owed.size();
  }

  /// Acknowledges the chunk that waits longest.
  public void ok() {
    next().ok();
  }

  /// Fails the chunk that waits longest.
  public void fail(Throwable error) {
    next().fail(error);
  }

  private Done next() {
    var next = owed.poll();
    if (next == null) throw new NoSuchElementException("no chunk waits for its acknowledgement");
    return next;
  }

  @Override
  public void write(T chunk, Done done) {
    time.log("write " + VirtualTime.inWords(chunk));
    received.add(chunk);
    int number = ++writes;
    if (number == throwAt && thrown != null) throw thrown;
    if (number == failAt && failure != null) done.fail(failure);
    else if (holds) owed.add(done);
    else if (takes != null) time.strand().after(takes.toNanos(), () -> acknowledge(done));
    else acknowledge(done);
  }

  private void acknowledge(Done done) {
    for (int i = 0; i < acknowledgements; i++) done.ok();
  }

  @Override
  public void finish(Done done) {
    time.log("finish");
    acknowledge(done);
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    time.log("sink destroyed" + (error == null ? "" : " " + VirtualTime.inWords(error)));
    if (destroyFailure != null) throw destroyFailure;
    done.ok();
  }
}
