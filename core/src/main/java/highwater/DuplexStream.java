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

  /// Makes one duplex of two streams: what is written to it goes to `writable`, what is read from it comes from `readable`.
  ///
  /// It ends `writable` when it is ended, and finishes when that has finished. An error or early close of either destroys all
  /// three with that; destroying it destroys both, with `ABORT_ERR` where it had no error and they were not over, and it closes
  /// when both have. It has marks of its own, beside those of the two. All on one strand. Source: Node 26,
  /// `Duplex.from({readable, writable})`.
  static <I, O> DuplexStream<I, O> from(WritableStream<I> writable, ReadableStream<O> readable) {
    return Coupling.pair(writable, readable);
  }

  /// Whether the stream stays writable after its readable side has ended.
  default boolean allowHalfOpen() {
    return life().has(Life.ALLOW_HALF_OPEN);
  }
}
