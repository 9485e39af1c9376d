package highwater;

import highwater.strand.Strand;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What every live stream has: one strand from birth, one error at most, one close.
///
/// Thread rule: the stream's strand, except [#destroy()] and [#destroy(Throwable)], which may come from any thread and there
/// become a turn. A call from a wrong thread throws `IllegalStateException` and says what to use instead.
public sealed interface LiveStream permits ReadableStream, WritableStream, Life {
  /// The stream's own state.
  ///
  /// @hidden
  Life life();

  /// A figure that changes with every chunk that is pushed, read, written or acknowledged, and with every end and close: what
  /// stands still while the stream does.
  default long activity() {
    return life().activity();
  }

  /// Has `watch` told what this stream does from now on, or nobody.
  ///
  /// @hidden
  default void watch(@Nullable StreamWatch watch) {
    life().beWatchedBy(watch);
  }

  /// Who is told what this stream does, or null.
  ///
  /// @hidden
  default @Nullable StreamWatch watched() {
    return life().watch();
  }

  /// Whether the source was asked and has not answered.
  ///
  /// @hidden
  default boolean isAsked() {
    var side = life().readableSideOrNull();
    return side != null && side.isAsked();
  }

  /// The strand on which everything of this stream happens.
  default Strand strand() {
    return life().strand;
  }

  /// What messages call this stream.
  default String name() {
    return life().name();
  }

  /// Stops now, drops what is buffered and releases what is held; only `close` is emitted. The first call wins.
  default void destroy() {
    life().destroyFromAnywhere(null);
  }

  /// Stops now with `error`, which is emitted as `error` before `close`. The first call wins. Source: Node 26, `destroy`.
  default void destroy(@Nullable Throwable error) {
    life().destroyFromAnywhere(error);
  }

  /// Whether [#destroy()] was called, by anybody.
  default boolean destroyed() {
    return life().has(Life.DESTROYED);
  }

  /// Whether everything is released.
  default boolean closed() {
    return life().has(Life.CLOSED);
  }

  /// The stream's error, or null while there is none.
  default @Nullable Throwable errored() {
    return life().errored;
  }

  /// Listens for `error`. An error that nobody listens to ends the strand's run and is thrown from it.
  default Registration onError(Consumer<? super Throwable> listener) {
    return life().on(Event.ERROR, listener);
  }

  /// Listens for `close`: nothing else will be emitted.
  default Registration onClose(Runnable listener) {
    return life().on(Event.CLOSE, listener);
  }
}
