package highwater;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Node's functions over live streams: `finished` and `pipeline`.
///
/// Thread rule: the strand of the streams; all of one call live on one strand.
public final class Streams {
  private Streams() {}

  /// Which sides `finished` waits for, and whether an `error` event counts.
  ///
  /// @param readable whether it waits for `end`
  /// @param writable whether it waits for `finish`
  /// @param error whether an `error` event ends the wait; `close` after an error always does
  public record FinishedOptions(boolean readable, boolean writable, boolean error) {
    /// Every side that `stream` has.
    public static FinishedOptions of(LiveStream stream) {
      return new FinishedOptions(stream instanceof ReadableStream<?>, stream instanceof WritableStream<?>, true);
    }
  }

  /// Tells `callback` when `stream` is over on every side it has: with null, or with its error, or with
  /// `ERR_STREAM_PREMATURE_CLOSE` where it closed before it ended or finished.
  ///
  /// Never inside this call; it does not read, so a readable that nobody consumes never finishes. Source: Node 26,
  /// `stream.finished`. Removing the registration forgets the callback and takes every listener off.
  public static Registration finished(LiveStream stream, Consumer<? super @Nullable Throwable> callback) {
    return finished(stream, FinishedOptions.of(stream), callback);
  }

  /// The same with chosen sides.
  public static Registration finished(
      LiveStream stream, FinishedOptions options, Consumer<? super @Nullable Throwable> callback) {
    return Finished.watch(stream.life(), options, callback);
  }

  /// Pipes the streams one into the next, and ties their fates: on the first error all are destroyed.
  ///
  /// `callback` comes once, after every stream has closed (or finished), with null or the first error. The first stream is a
  /// readable, the last a writable, those between duplexes; each must carry what the one before gives. Throws
  /// `ERR_STREAM_UNABLE_TO_PIPE` where one is destroyed already. Source: Node 26, `stream.pipeline`.
  public static void pipeline(List<? extends LiveStream> streams, Consumer<? super @Nullable Throwable> callback) {
    PipelineOfStreams.connect(streams, callback);
  }
}
