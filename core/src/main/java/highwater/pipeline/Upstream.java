package highwater.pipeline;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.ArrayList;
import java.util.List;

/// A pipeline that lacks its target still: it gives chunks of `T`. Immutable, made by [Pipeline#from].
@CheckReturnValue
public final class Upstream<T> {
  private final List<Recipe> recipes;

  Upstream(List<Recipe> recipes) {
    this.recipes = recipes;
  }

  /// Goes on through `stage`.
  public <U> Upstream<U> through(Stage<? super T, U> stage) {
    return new Upstream<>(with(stage));
  }

  /// Ends at `target`.
  public Pipeline to(Target<? super T> target) {
    return new Pipeline(with(target), null, null);
  }

  private List<Recipe> with(Recipe recipe) {
    var longer = new ArrayList<>(recipes);
    longer.add(recipe);
    return longer;
  }
}
