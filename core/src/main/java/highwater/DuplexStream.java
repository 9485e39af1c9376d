package highwater;

/// A live stream with both sides: chunks of `I` are written to it, chunks of `O` are read from it, each side with its mark.
///
/// The sides share one life: an error or a destroy ends both, and it destroys itself when both are over.
public sealed interface DuplexStream<I, O> extends ReadableStream<O>, WritableStream<I>
    permits TransformStream, LiveDuplex {
  /// Makes a duplex whose readable side asks `source` and whose writable side feeds `sink`.
  static <I, O> DuplexStream<I, O> of(Source<O> source, Sink<I> sink, StreamOptions options) {
    return new LiveDuplex<>(source, sink, options);
  }

  /// Whether the stream stays writable after its readable side has ended.
  default boolean allowHalfOpen() {
    return life().has(Life.ALLOW_HALF_OPEN);
  }
}
