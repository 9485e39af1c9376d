package highwater;

import org.jspecify.annotations.Nullable;

/// What a transform stream does with its chunks.
@FunctionalInterface
public interface Transformer<I, O> {
  /// Takes one chunk, pushes what comes of it, and acknowledges it. The next chunk comes only when the output has room.
  /// Source: Node 26, `_transform`.
  void transform(I chunk, Feed<O> out, Done done) throws Exception;

  /// Pushes what is left after the last chunk. Source: Node 26, `_flush`.
  default void flush(Feed<O> out, Done done) throws Exception {
    Absent.in(done);
  }

  /// Releases what the transformer holds; called once, as in [Source#destroy].
  default void destroy(@Nullable Throwable error, Done done) throws Exception {
    done.ok();
  }
}
