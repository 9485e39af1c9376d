package highwater.pipeline;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes many objects of each, one by one as they are asked for: never materialised, left in the middle where nobody
/// needs more.
final class FlatMap<I, O> extends Link<I, O> implements Link.Holding {
  private final Function<? super I, ? extends @Nullable Object> function;
  private @Nullable Iterator<? extends O> rest;

  /// The stream that `rest` is from, to be closed.
  private @Nullable Stream<? extends O> stream;

  private FlatMap(Function<? super I, ? extends @Nullable Object> function) {
    this.function = function;
  }

  /// An operator; `function` makes an `Iterable` or a `Stream`.
  static <I, O> Operator of(Function<? super I, ? extends @Nullable Object> function) {
    return Operator.making("flatMap", "many objects for each, one by one", () -> new FlatMap<I, O>(function));
  }

  @Override
  @SuppressWarnings("unchecked") // The factories' signatures allow only these two.
  boolean accept(I chunk) throws Exception {
    try {
      var many = function.apply(chunk);
      if (many == null) throw madeNull("an object");
      if (many instanceof Stream<?> made) {
        stream = (Stream<? extends O>) made;
        rest = stream.iterator();
      } else {
        rest = ((Iterable<? extends O>) many).iterator();
      }
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
    return passOnRest();
  }

  @Override
  public boolean holds() {
    return rest != null;
  }

  @Override
  public void passOn() throws Exception {
    var _ = passOnRest();
  }

  /// True when the rest is used up and more may follow.
  private boolean passOnRest() throws Exception {
    for (; ; ) {
      var one = nextOfRest();
      if (one == null) return true;
      if (!next.accept(one) || !chain().mayPass()) return false;
    }
  }

  private @Nullable O nextOfRest() throws Exception {
    var left = rest;
    if (left == null) return null;
    try {
      if (left.hasNext()) {
        O one = left.next();
        if (one == null) throw madeNull("an element of an object");
        return one;
      }
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
    close();
    return null;
  }

  @Override
  void close() throws Exception {
    rest = null;
    var used = stream;
    stream = null;
    if (used == null) return;
    try {
      used.close();
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
  }
}
