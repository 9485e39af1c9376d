package highwater;

/// A source's way into its readable; only the implementer holds it.
///
/// Thread rule: the stream's strand. From another thread, [highwater.strand.Strand#post] a turn that pushes.
public interface Feed<T> {
  /// Hands on one chunk and tells whether more is wanted now.
  ///
  /// False once the readable holds its mark; the chunk is taken all the same, and the next `read` of the source asks for
  /// more. Pushing nothing (an empty buffer) answers the question without giving anything. After [#end()] the stream fails
  /// with `ERR_STREAM_PUSH_AFTER_EOF`; on a destroyed stream the chunk is dropped. Source: Node 26, `readable.push`.
  boolean push(T chunk);

  /// Says that no chunk follows. `end` is emitted when the last one has been read.
  void end();

  /// Hands on a last chunk and ends.
  default void end(T last) {
    push(last);
    end();
  }

  /// Destroys the stream with `error`.
  void fail(Throwable error);

  /// The stream's mark: about how much is wanted, in bytes, or chunks in object mode.
  long wanted();
}
