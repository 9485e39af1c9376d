package highwater;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A user's transformer behind acknowledgements of its own for each call ([Owed]). Made only while the detector tracks.
final class TrackedTransformer<I, O> implements Transformer<I, O> {
  final Transformer<I, O> transformer;
  private final Life life;
  private final BooleanSupplier isTransforming;

  TrackedTransformer(Transformer<I, O> transformer, Life life, BooleanSupplier isTransforming) {
    this.transformer = transformer;
    this.life = life;
    this.isTransforming = isTransforming;
  }

  @Override
  public void transform(I chunk, Feed<O> out, Done done) throws Exception {
    var owed = new Owed(life, "transform", done, isTransforming);
    try {
      transformer.transform(chunk, out, owed);
    } catch (Throwable thrown) {
      owed.settle();
      throw thrown;
    }
  }

  @Override
  public void flush(Feed<O> out, Done done) throws Exception {
    var owed = new Owed(life, "flush", done, () -> false);
    try {
      transformer.flush(out, owed);
    } catch (Throwable thrown) {
      owed.settle();
      throw thrown;
    }
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) throws Exception {
    transformer.destroy(error, done);
  }
}
