package highwater;

import org.jspecify.annotations.Nullable;

/// What feeds a readable: asked when its stream wants more.
@FunctionalInterface
public interface Source<T> {
  /// Gives more: pushes at least once, or ends or fails, now or later, and is not asked again before it has.
  ///
  /// One call may push several chunks; `push` says when to stop, and nothing else stops it. A source that never answers keeps
  /// its stream, and the strand, waiting for ever. A throw destroys the stream. Source: Node 26, `_read`.
  void read(Feed<T> feed) throws Exception;

  /// Called once when the stream is made, before anything else, for sources that push unasked.
  default void start(Feed<T> feed) {}

  /// Releases what the source holds; called once. `error` is why, or null. The stream's error stays `error` whatever is
  /// acknowledged; a failure here is added to it, or becomes it where there was none.
  default void destroy(@Nullable Throwable error, Done done) throws Exception {
    done.ok();
  }
}
