package highwater;

/// Hands every chunk on unchanged.
final class PassThrough<T> implements Transformer<T, T> {
  @Override
  public void transform(T chunk, Feed<T> out, Done done) {
    out.push(chunk);
    done.ok();
  }
}
