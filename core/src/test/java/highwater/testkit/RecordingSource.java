package highwater.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import highwater.Done;
import highwater.Feed;
import highwater.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A source that logs each time it is asked and released, and answers as the test says: inside, later, by failing, or
/// not at all.
///
/// An answer is used once, in the order in which they were given; without one left it stays silent, and the test
/// answers through [#feed()]. Thread rule: the strand of its [VirtualTime], but for setting it up.
public final class RecordingSource<T> implements Source<T> {
  private final VirtualTime time;
  private final ArrayDeque<Consumer<Feed<T>>> answers = new ArrayDeque<>();
  private @Nullable Feed<T> feed;
  private @Nullable RuntimeException destroyFailure;
  private int asks;

  /// Makes one that logs to `time`: `asked`, `source destroyed`.
  public RecordingSource(VirtualTime time) {
    this.time = time;
  }

  /// Answers the next question inside it, by `answer`, which may throw.
  @CanIgnoreReturnValue
  public RecordingSource<T> then(Consumer<Feed<T>> answer) {
    answers.add(answer);
    return this;
  }

  /// Pushes one chunk for the next question, inside it.
  @CanIgnoreReturnValue
  public RecordingSource<T> thenPush(T chunk) {
    return then(feed -> feed.push(chunk));
  }

  /// Pushes one chunk `later` than the next question.
  @CanIgnoreReturnValue
  public RecordingSource<T> thenPush(T chunk, Duration later) {
    return then(feed -> time.strand().after(later.toNanos(), () -> feed.push(chunk)));
  }

  /// Ends when it is next asked.
  @CanIgnoreReturnValue
  public RecordingSource<T> thenEnd() {
    return then(Feed::end);
  }

  /// Throws `failure` out of the next question.
  @CanIgnoreReturnValue
  public RecordingSource<T> thenThrow(RuntimeException failure) {
    return then(
        _ -> {
          throw failure;
        });
  }

  /// Throws `failure` out of its release too.
  @CanIgnoreReturnValue
  public RecordingSource<T> throwingWhenDestroyed(RuntimeException failure) {
    destroyFailure = failure;
    return this;
  }

  /// The way into its stream, for answers from outside.
  public Feed<T> feed() {
    return Objects.requireNonNull(feed, "the source has no stream yet: ReadableStream.from(source)");
  }

  /// How often it was asked.
  public int asks() {
    return asks;
  }

  @Override
  public void start(Feed<T> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<T> feed) {
    asks++;
    time.log("asked");
    var answer = answers.poll();
    if (answer != null) answer.accept(feed);
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    time.log("source destroyed" + (error == null ? "" : " " + VirtualTime.inWords(error)));
    if (destroyFailure != null) throw destroyFailure;
    done.ok();
  }
}
