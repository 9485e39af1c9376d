package highwater;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A strand turned by hand, and the log of what happened on it: each line begins with its phase.
///
/// `sync` is the turn's own code, `tick` what it queued, `tick 2` what that queued, and so on, and `late` what waited for all
/// ticks; so a test says both that an event comes and when. A turn that was posted, or that a timer made, has no phases: its lines begin with `turn`.
///
/// Closing it destroys the streams that are left, and throws if the strand still has work or if an error that nobody
/// handled was not looked at ([#uncaught()]).
final class Scene implements AutoCloseable {
  /// What comes after so many ticks is late.
  private static final int TICKS_COUNTED = 30;

  private final ArrayList<String> log = new ArrayList<>();
  private final ArrayList<Throwable> uncaught = new ArrayList<>();
  private final ArrayList<LiveStream> streams = new ArrayList<>();
  private final HandTurned hand = new HandTurned(this::nobodyHandled);
  private String phase = "turn";

  Strand strand() {
    return hand.strand();
  }

  /// Runs `body` as one turn with all its ticks, and gives the lines of that.
  ///
  /// What `body` throws is thrown from here.
  @CanIgnoreReturnValue
  List<String> turn(Runnable body) {
    log.clear();
    var thrown = new Throwable[1];
    phase = "sync";
    hand.turn(
        () -> {
          try {
            body.run();
          } catch (Throwable caught) {
            thrown[0] = caught;
          }
          phase = "tick";
          countTicks(2);
        });
    phase = "turn";
    switch (thrown[0]) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      case Throwable other -> throw new AssertionError(other);
    }
    return List.copyOf(log);
  }

  private void countTicks(int next) {
    if (next > TICKS_COUNTED) {
      phase = "late";
      return;
    }
    strand()
        .nextTick(
            () -> {
              phase = "tick " + next;
              countTicks(next + 1);
            });
  }

  /// Runs the turns that were posted, and gives their lines.
  @CanIgnoreReturnValue
  List<String> runReady() {
    log.clear();
    hand.runReady();
    return List.copyOf(log);
  }

  /// Moves the virtual time on, and gives the lines of what was due.
  @CanIgnoreReturnValue
  List<String> advance(long millis) {
    log.clear();
    hand.advance(TimeUnit.MILLISECONDS.toNanos(millis));
    return List.copyOf(log);
  }

  /// Makes something on the strand: in the turn that runs, or in one of its own.
  <T> T make(Supplier<T> maker) {
    if (strand().isCurrent()) return maker.get();
    var made = new ArrayList<T>(1);
    turn(() -> made.add(maker.get()));
    return made.getFirst();
  }

  void log(String event) {
    log.add(phase + " " + event);
  }

  /// A callback that logs how it went.
  Consumer<@Nullable Throwable> told(String what) {
    return error -> log(error == null ? what : what + " " + nameOf(error));
  }

  /// The errors that nobody handled, once.
  List<Throwable> uncaught() {
    var errors = List.copyOf(uncaught);
    uncaught.clear();
    return errors;
  }

  private void nobodyHandled(Throwable error) {
    uncaught.add(error);
    log("uncaught " + nameOf(error));
  }

  boolean hasWork() {
    return hand.hasWork();
  }

  /// Destroys `stream` when the test is over.
  <S extends LiveStream> S add(S stream) {
    streams.add(stream);
    return stream;
  }

  /// Logs the events of `stream`, but for `data` and `readable`, which would make it move.
  <S extends LiveStream> S watch(S stream) {
    return watch("", stream);
  }

  /// The same, with a name in front of each event.
  <S extends LiveStream> S watch(String name, S stream) {
    var prefix = name.isEmpty() ? "" : name + " ";
    add(stream);
    stream.onError(error -> log(prefix + "error " + nameOf(error)));
    stream.onClose(() -> log(prefix + "close"));
    if (stream instanceof WritableStream<?> writable) {
      writable.onDrain(() -> log(prefix + "drain"));
      writable.onFinish(() -> log(prefix + "finish"));
      writable.onPipe(_ -> log(prefix + "pipe"));
      writable.onUnpipe(_ -> log(prefix + "unpipe"));
    }
    if (stream instanceof ReadableStream<?> readable) {
      readable.onEnd(() -> log(prefix + "end"));
      readable.onPause(() -> log(prefix + "pause"));
      readable.onResume(() -> log(prefix + "resume"));
    }
    return stream;
  }

  <T> WritableStream<T> writable(Sink<T> sink, StreamOptions options) {
    return make(() -> watch(WritableStream.to(sink, options)));
  }

  <T> ReadableStream<T> readable(Source<T> source, StreamOptions options) {
    return make(() -> watch(ReadableStream.from(source, options)));
  }

  <I, O> TransformStream<I, O> transform(Transformer<I, O> transformer, StreamOptions options) {
    return make(() -> watch(TransformStream.from(transformer, options)));
  }

  <I, O> DuplexStream<I, O> duplex(Source<O> source, Sink<I> sink, StreamOptions options) {
    return make(() -> watch(DuplexStream.of(source, sink, options)));
  }

  /// A sink that acknowledges inside its call.
  <T> Sink<T> promptSink() {
    return (chunk, done) -> {
      log("sink " + take(chunk));
      done.ok();
    };
  }

  /// Logs each chunk, and consumes it.
  Registration logData(ReadableStream<?> readable) {
    return readable.onData(chunk -> log("data " + take(chunk)));
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// The chunk in words; its position is moved to its limit, so that a buffer with two owners is noticed.
  static String take(@Nullable Object chunk) {
    return chunk instanceof ByteBuffer bytes ? StandardCharsets.US_ASCII.decode(bytes).toString() : "" + chunk;
  }

  static String nameOf(Throwable error) {
    return error instanceof StreamException found
        ? found.code().name()
        : error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }

  @Override
  public void close() {
    hand.turn(() -> streams.forEach(LiveStream::destroy));
    hand.close();
    if (uncaught.isEmpty()) return;
    var unseen = new AssertionError("errors that nobody handled, and the test did not expect");
    uncaught.forEach(unseen::addSuppressed);
    throw unseen;
  }
}
