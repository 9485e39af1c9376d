package highwater;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Node's functions over live streams: `finished` and `pipeline`.
///
/// Thread rule: the strand of the streams; all of one call live on one strand.
public final class Streams {
  private Streams() {}

  /// Which sides `finished` waits for, whether an `error` event counts, and what ends the wait otherwise.
  ///
  /// @param readable whether it waits for `end`
  /// @param writable whether it waits for `finish`
  /// @param error whether an `error` event ends the wait; `close` after an error always does
  /// @param cleanup whether its listeners are taken off once it has told; a late error is then one that nobody may hear
  /// @param cancel what ends the wait, and leaves the stream alone; null for nothing
  public record FinishedOptions(
      boolean readable, boolean writable, boolean error, boolean cleanup, @Nullable CancelHandle cancel) {
    /// Chosen sides, without more.
    public FinishedOptions(boolean readable, boolean writable, boolean error) {
      this(readable, writable, error, false, null);
    }

    /// Every side that `stream` has.
    public static FinishedOptions of(LiveStream stream) {
      return new FinishedOptions(stream instanceof ReadableStream<?>, stream instanceof WritableStream<?>, true);
    }

    /// The same, and takes its listeners off once it has told: Node's `cleanup`.
    public FinishedOptions withCleanup() {
      return new FinishedOptions(readable, writable, error, true, cancel);
    }

    /// The same, and waits no longer once `handle` is cancelled: Node's `signal`.
    ///
    /// The callback is then told a [StreamException] with `ABORT_ERR` whose cause is the reason, and the stream goes
    /// on.
    public FinishedOptions cancelledBy(CancelHandle handle) {
      return new FinishedOptions(readable, writable, error, cleanup, handle);
    }
  }

  /// What `pipeline` does at its end, and what stops it.
  ///
  /// @param end whether the last stream is ended when the one before it ends, and destroyed when another fails
  /// @param cancel what destroys all of them, but a last one that is not ended; null for nothing
  public record PipelineOptions(boolean end, @Nullable CancelHandle cancel) {
    /// Node's: the last stream is ended, and nothing stops it.
    public static PipelineOptions standard() {
      return new PipelineOptions(true, null);
    }

    /// The same, and leaves the last stream open, whatever happens: Node's `end: false`. For several pipelines into
    /// one.
    public PipelineOptions leavingTheLastOpen() {
      return new PipelineOptions(false, cancel);
    }

    /// The same, and destroys the streams once `handle` is cancelled, with `ABORT_ERR` whose cause is the reason.
    public PipelineOptions cancelledBy(CancelHandle handle) {
      return new PipelineOptions(end, handle);
    }
  }

  /// Destroys `stream` once `handle` is cancelled, and returns it: Node's `addAbortSignal`, and its option `signal`.
  ///
  /// The error is a [StreamException] with `ABORT_ERR` whose cause is the handle's reason. A handle that is cancelled
  /// already destroys at once; a cancel on the strand destroys inside it, one from another thread in a turn. The handle
  /// forgets the stream when that is over. Several handles may be given; the first counts.
  public static <S extends LiveStream> S cancelWith(CancelHandle handle, S stream) {
    stream.life().cancelWith(handle);
    return stream;
  }

  /// Tells `callback` when `stream` is over on every side it has: with null, or with its error, or with
  /// `ERR_STREAM_PREMATURE_CLOSE` where it closed before it ended or finished.
  ///
  /// Never inside this call; it does not read, so a readable that nobody consumes never finishes. Source: Node 26,
  /// `stream.finished`. Removing the registration forgets the callback and takes every listener off.
  public static Registration finished(LiveStream stream, Consumer<? super @Nullable Throwable> callback) {
    return finished(stream, FinishedOptions.of(stream), callback);
  }

  /// The same with chosen sides, and a handle that ends the wait.
  public static Registration finished(
      LiveStream stream, FinishedOptions options, Consumer<? super @Nullable Throwable> callback) {
    return Finished.watch(stream.life(), options, callback);
  }

  /// Pipes the streams one into the next, and ties their fates: on the first error all are destroyed.
  ///
  /// `callback` comes once, after every stream has closed (or finished), with null or the first error. The first stream
  /// is a readable, the last a writable, those between duplexes; each must carry what the one before gives. Throws
  /// `ERR_STREAM_UNABLE_TO_PIPE` where one is destroyed already. Source: Node 26, `stream.pipeline`.
  public static void pipeline(List<? extends LiveStream> streams, Consumer<? super @Nullable Throwable> callback) {
    pipeline(streams, PipelineOptions.standard(), callback);
  }

  /// The same with an open end, or a handle that stops it.
  ///
  /// With the last stream left open, `callback` comes when all before it are over, though what they wrote may not be
  /// acknowledged yet. A cancel is the error that `callback` is told, whatever fails after it.
  public static void pipeline(
      List<? extends LiveStream> streams, PipelineOptions options, Consumer<? super @Nullable Throwable> callback) {
    PipelineOfStreams.connect(streams, options, callback);
  }

  /// Finds out what `streams`, and those joined to them, wait for now.
  ///
  /// A snapshot: since when, it does not know. [highwater.pipeline.StallDoctor] watches a strand, and asks from another thread.
  /// Throws `WrongThreadException` off the strand of the first. Changes nothing.
  public static Diagnosis diagnose(LiveStream... streams) {
    var names = new LinkedHashMap<LiveStream, String>();
    for (var stream : streams) names.put(stream, stream.name());
    if (names.isEmpty()) throw new IllegalArgumentException("diagnose no streams (expected: one or more)");
    var first = names.firstEntry().getKey().life();
    first.checkStrand("diagnose");
    return Diagnosis.ofStreams(first.strand.toString(), Duration.ZERO, names);
  }

  /// Two duplexes that are each other's peer, in one process: what is written to one is read from the other.
  ///
  /// @param left one end
  /// @param right the other
  public record DuplexPair<A, B>(DuplexStream<A, B> left, DuplexStream<B, A> right) {}

  /// Makes two duplexes that are each other's peer, both with `options`.
  ///
  /// One chunk at a time is on its way: a write is acknowledged when the peer asks for more, in a tick while that holds less
  /// than its mark, else when it has read; with a mark of 1, or of one byte, that is when it has read this chunk. The end is
  /// acknowledged when the peer has read that, and an empty buffer without reaching it. One that is destroyed before it is over destroys its peer in a tick, without an
  /// error of its own: a premature close. Source: Node 26, `stream.duplexPair`.
  public static <A, B> DuplexPair<A, B> duplexPair(StreamOptions options) {
    return PairedSide.make(options);
  }

  /// Makes one duplex of several: what is written to it goes to the first, each is piped into the next, and what is read from
  /// it comes from the last.
  ///
  /// Its fate and theirs are one, as in [#pipeline]: an error of any destroys all, and destroying it destroys all, with `ABORT_ERR`
  /// where it had no error. It finishes when the last has ended, and closes when all have closed. Each must carry what the one before
  /// gives, and the result is of the types its user names: nothing checks them. It has marks of its own. Source: Node 26,
  /// `stream.compose`.
  public static <I, O> DuplexStream<I, O> compose(DuplexStream<?, ?>... streams) {
    if (streams.length == 0) {
      throw new IllegalArgumentException("compose of no streams (expected: one duplex or more)");
    }
    return Coupling.chain(List.of(streams));
  }
}
