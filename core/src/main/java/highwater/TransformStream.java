package highwater;

/// A duplex whose output is made from its input, one chunk at a time: the rules of Node 26's `stream.Transform`.
public sealed interface TransformStream<I, O> extends DuplexStream<I, O> permits LiveTransform {
  /// Makes a transform of objects.
  static <I, O> TransformStream<I, O> from(Transformer<I, O> transformer) {
    return from(transformer, StreamOptions.objects());
  }

  /// Makes a transform, for bytes with [StreamOptions#bytes()].
  static <I, O> TransformStream<I, O> from(Transformer<I, O> transformer, StreamOptions options) {
    return new LiveTransform<>(transformer, options);
  }

  /// Makes a transform that hands every chunk on unchanged: Node's `PassThrough`.
  static <T> TransformStream<T, T> passThrough(StreamOptions options) {
    return new LiveTransform<>(PassThrough.<T>shared(), options);
  }
}
