package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import highwater.blocking.CallThread;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;

/// An origin whose values a body of code gives from a thread of its own, waiting where the pipeline is slower; Node's
/// generator functions.
///
/// Each run calls the body once, on a new thread, virtual unless asked otherwise. The end of the body is the end of
/// the values, and what it throws fails the run as it is, after the values before it. When the run ends early, the
/// body is told once: by a `CancellationException` where it is in [Out#put] or comes there next, else by an interrupt
/// of its thread; so a `try` with resources around the calls releases them. A run that failed or was cancelled waits
/// for the body's end, for at most [highwater.pipeline.Part#UNDO_NANOS].
public final class Generator<T> implements PullOrigin<T> {
  /// How many values may wait unless something else is asked for: 16, Node's mark for objects.
  public static final int AHEAD = 16;

  /// Takes what a body gives.
  ///
  /// Thread rule: the body's thread alone.
  public interface Out<T> {
    /// Gives `value`, never null, and waits while as many wait already as may. A `ByteBuffer` belongs to the pipeline
    /// from now on: its content must not change.
    ///
    /// Throws `CancellationException` when the run wants no more, and each time it is called after that;
    /// `InterruptedException` when somebody else has interrupted the thread.
    void put(T value) throws InterruptedException;
  }

  /// Gives values and returns after the last.
  @FunctionalInterface
  public interface Body<T> {
    /// Runs once for each run of a pipeline. What it throws fails the run as it is.
    void run(Out<T> out) throws Exception;
  }

  private final String name;
  private final Body<T> body;
  private final CallThread thread;
  private final int ahead;
  private final long chunkMaxBytes;

  private Generator(String name, Body<T> body, CallThread thread, int ahead, long chunkMaxBytes) {
    if (ahead < 1) throw new IllegalArgumentException("ahead: " + ahead + " (expected: 1 or more values)");
    this.name = requireNonNull(name, "name");
    this.body = requireNonNull(body, "body");
    this.thread = requireNonNull(thread, "thread");
    this.ahead = ahead;
    this.chunkMaxBytes = chunkMaxBytes;
  }

  /// An origin whose values `body` gives.
  public static <T> Generator<T> of(Body<T> body) {
    return new Generator<>("generator", body, CallThread.VIRTUAL, AHEAD, Footprint.UNKNOWN);
  }

  /// The same under a name for messages and plans.
  public Generator<T> named(String name) {
    return new Generator<>(name, body, thread, ahead, chunkMaxBytes);
  }

  /// The same on this kind of thread: a platform one for a body that reads files or calls what holds its carrier.
  public Generator<T> on(CallThread thread) {
    return new Generator<>(name, body, thread, ahead, chunkMaxBytes);
  }

  /// The same with up to `values` that wait between the body and the pipeline, 1 or more.
  public Generator<T> ahead(int values) {
    return new Generator<>(name, body, thread, values, chunkMaxBytes);
  }

  /// The same, declaring that no value is larger than `bytes`, so that a pipeline's bound can be known. A
  /// `ByteBuffer` is held to it: `put` throws, with the figures.
  public Generator<T> chunkAtMost(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("at most " + bytes + " bytes (expected: 1 or more)");
    return new Generator<>(name, body, thread, ahead, bytes);
  }

  @Override
  public String name() {
    return name;
  }

  /// The values that wait, the one in `put`, and the one that is lent.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var how =
        "what a body gives on a thread of its own, "
            + ByteSizes.grouped(ahead)
            + (ahead == 1 ? " value ahead" : " values ahead");
    if (chunkMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    return Footprint.of(how, chunkMaxBytes, Term.of("values", Math.addExact(ahead, 2), chunkMaxBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Pull<T> pull() {
    return new GeneratorPull<>(name, body, thread, ahead, chunkMaxBytes);
  }

  @Override
  public String toString() {
    return name;
  }
}
