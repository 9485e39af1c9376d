package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.CallSite;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A user's function that makes streams, and the place where a recipe was made of it.
///
/// The place is no part of what it is: two around one function are equal.
final class Sited<S> implements Supplier<S> {
  private final Supplier<? extends S> supplier;
  private final CallSite place = CallSite.here();

  Sited(Supplier<? extends S> supplier) {
    this.supplier = requireNonNull(supplier, "supplier");
  }

  /// Where `recipe` was made, if it is made of a user's function.
  static @Nullable CallSite placeOf(Recipe recipe) {
    Supplier<?> supplier =
        switch (recipe) {
          case StreamOrigin<?> origin -> origin.supplier();
          case StreamStage<?, ?> stage -> stage.supplier();
          case StreamTarget<?> target -> target.supplier();
          default -> null;
        };
    return supplier instanceof Sited<?> sited ? sited.place : null;
  }

  @Override
  public S get() {
    return supplier.get();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sited<?> sited && sited.supplier.equals(supplier);
  }

  @Override
  public int hashCode() {
    return supplier.hashCode();
  }
}
