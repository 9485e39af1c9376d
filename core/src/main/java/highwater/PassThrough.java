package highwater;

/// Hands every chunk on unchanged.
final class PassThrough<T> implements Transformer<T, T> {
  private static final PassThrough<?> SHARED = new PassThrough<>();

  /// One for all streams: it has no state.
  @SuppressWarnings("unchecked")
  static <T> PassThrough<T> shared() {
    return (PassThrough<T>) SHARED;
  }

  @Override
  public void transform(T chunk, Feed<T> out, Done done) {
    out.push(chunk);
    done.ok();
  }
}
