package highwater.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.StreamException;
import highwater.WritableStream;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A strand whose turns and time a test moves by hand, and the log of what happened on it.
///
/// Nothing runs and no time passes but in a call of this class. Each line of the log begins with its phase: `sync` is
/// the code of the turn that a test runs, `tick` what that queued, `tick 2` what those queued, and so on; a turn that
/// was posted, or that a timer made, has no phases, and its lines begin with `turn`. So a test says both that an event
/// comes and when.
///
/// Closing it destroys the streams that were made or watched here, and throws an `AssertionError` where the strand has
/// work left or an error came up that nobody handled and the test did not look at. Thread rule: one thread at a time.
public final class VirtualTime implements AutoCloseable {
  /// How long a wait for threads of others takes at most, in real time.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Later ticks are all called by the last number.
  private static final int TICKS_COUNTED = 30;

  private static final long LOOK_NANOS = 100_000;

  private final List<String> log = new ArrayList<>();
  private final List<Throwable> uncaught = new ArrayList<>();
  private final List<LiveStream> streams = new ArrayList<>();
  private final HandTurned hand = new HandTurned(this::nobodyHandled);
  private String phase = "turn";
  private boolean passesAsOutside;

  /// Makes a strand at moment zero.
  public VirtualTime() {}

  /// The strand.
  public Strand strand() {
    return hand.strand();
  }

  /// The time that has passed here.
  public Duration now() {
    return Duration.ofNanos(hand.nanoTime());
  }

  // ---------------------------------------------------------------- turning

  /// Runs `body` as one turn with all its ticks, and returns the lines of that; what it throws is thrown from here.
  @CanIgnoreReturnValue
  public List<String> turn(Runnable body) {
    int from = log.size();
    var thrown = new @Nullable Throwable[1];
    phase = "sync";
    hand.turn(
        () -> {
          try {
            body.run();
          } catch (RuntimeException | Error caught) {
            thrown[0] = caught;
          }
          phase = "tick";
          countTicks(2);
        });
    phase = "turn";
    if (thrown[0] instanceof Error error) throw error;
    if (thrown[0] instanceof RuntimeException exception) throw exception;
    return since(from);
  }

  private void countTicks(int next) {
    if (next > TICKS_COUNTED) return;
    strand()
        .nextTick(
            () -> {
              phase = "tick " + next;
              countTicks(next + 1);
            });
  }

  /// Makes something on the strand: in the turn that runs, or in one of its own. A stream is destroyed when this is
  /// closed.
  public <T> T make(Supplier<? extends T> maker) {
    var made = new ArrayList<T>(1);
    if (strand().isCurrent()) made.add(maker.get());
    else turn(() -> made.add(maker.get()));
    if (made.getFirst() instanceof LiveStream stream) streams.add(stream);
    return made.getFirst();
  }

  /// Runs the turns that are queued and those they queue, and returns their lines; no time passes.
  @CanIgnoreReturnValue
  public List<String> settle() {
    int from = log.size();
    hand.runReady();
    return since(from);
  }

  /// Lets `time` pass, with what is due on the way, and returns the lines of that.
  @CanIgnoreReturnValue
  public List<String> pass(Duration time) {
    int from = log.size();
    hand.advance(time.toNanos());
    return since(from);
  }

  /// Runs everything, and lets time pass from timer to timer, until `state` is so; threads of others are waited for, in
  /// real time, for 20 s. Fails with `what` if it does not come.
  public void await(String what, BooleanSupplier state) {
    await(what, state, PATIENCE, () -> "nothing is due");
  }

  void await(String what, BooleanSupplier state, Duration patience, Supplier<String> found) {
    long began = System.nanoTime();
    long passed = 0;
    for (; ; ) {
      if (passesAsOutside) {
        long now = System.nanoTime() - began;
        hand.advance(now - passed);
        passed = now;
      } else {
        hand.runUntilIdle();
      }
      if (state.getAsBoolean()) return;
      if (System.nanoTime() - began > patience.toNanos()) {
        throw new AssertionError(what + " does not come: " + found.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /// Lets time pass here as it passes outside, wherever this waits: for what has threads of its own, whose work would
  /// else take no time, and come too late for every timer.
  void passAsOutside() {
    passesAsOutside = true;
  }

  /// Runs `pipeline` here to its end, in virtual time, and returns or throws what [Pipeline#run()] would.
  @CanIgnoreReturnValue
  public Report run(Pipeline pipeline) {
    return end(pipeline.startOn(strand()), PATIENCE);
  }

  /// Drives a run that was started here to its end.
  Report end(PipelineRun run, Duration patience) {
    var completion = run.completion().toCompletableFuture();
    await("the end of the run", completion::isDone, patience, () -> whoHoldsIt(run.report()));
    try {
      return completion.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException exception) throw exception;
      if (failed.getCause() instanceof Error error) throw error;
      throw failed;
    }
  }

  private static String whoHoldsIt(Report progress) {
    if (progress.busyStage() < 0) return "no stage holds the work, it waits for " + progress.waitsFor();
    return progress.stages().get(progress.busyStage()).name()
        + " holds the work and waits for "
        + progress.waitsFor()
        + " (expected: a wake after WAITING, an answer to every question)";
  }

  // ---------------------------------------------------------------- the log

  /// Adds a line, with its phase in front.
  public void log(String event) {
    log.add(phase + " " + event);
  }

  /// All lines so far.
  public List<String> log() {
    return List.copyOf(log);
  }

  private List<String> since(int from) {
    return List.copyOf(log.subList(from, log.size()));
  }

  /// Logs the events of `stream` with `name` in front, but for `data` and `readable`, which would make it move, and
  /// returns it.
  public <S extends LiveStream> S watch(String name, S stream) {
    if (!strand().isCurrent()) {
      turn(() -> watch(name, stream));
      return stream;
    }
    streams.add(stream);
    stream.onError(error -> log(name + " error " + inWords(error)));
    stream.onClose(() -> log(name + " close"));
    if (stream instanceof WritableStream<?> writable) watchWritable(name, writable);
    if (stream instanceof ReadableStream<?> readable) watchReadable(name, readable);
    return stream;
  }

  private void watchWritable(String name, WritableStream<?> stream) {
    stream.onDrain(() -> log(name + " drain"));
    stream.onFinish(() -> log(name + " finish"));
    stream.onPipe(_ -> log(name + " pipe"));
    stream.onUnpipe(_ -> log(name + " unpipe"));
  }

  private void watchReadable(String name, ReadableStream<?> stream) {
    stream.onEnd(() -> log(name + " end"));
    stream.onPause(() -> log(name + " pause"));
    stream.onResume(() -> log(name + " resume"));
  }

  /// A chunk in words: bytes as text, one character each; anything else as it says itself. The chunk is left as it is.
  static String inWords(@Nullable Object chunk) {
    return switch (chunk) {
      case ByteBuffer bytes -> StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
      case StreamException found -> found.code().name();
      case Throwable error -> error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
      case null, default -> "" + chunk;
    };
  }

  // ---------------------------------------------------------------- the end

  /// The errors that nobody handled since the last look.
  public List<Throwable> uncaught() {
    var errors = List.copyOf(uncaught);
    uncaught.clear();
    return errors;
  }

  private void nobodyHandled(Throwable error) {
    uncaught.add(error);
    log("uncaught " + inWords(error));
  }

  /// Whether turns, timers, unanswered calls or open streams are left.
  public boolean hasWork() {
    return hand.hasWork();
  }

  @Override
  public void close() {
    turn(() -> streams.forEach(LiveStream::destroy));
    if (passesAsOutside) await("the end of what threads still do", () -> !hasWork());
    @Nullable AssertionError failure = null;
    try {
      hand.close();
    } catch (IllegalStateException left) {
      failure = new AssertionError(left.getMessage() + " (expected: everything answered, closed and over)", left);
    }
    if (!uncaught.isEmpty()) {
      if (failure == null) failure = new AssertionError("errors that nobody handled: " + uncaught);
      uncaught.forEach(failure::addSuppressed);
    }
    if (failure != null) throw failure;
  }
}
