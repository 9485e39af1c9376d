package highwater.pipeline;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// The operators that make at most one object of each, and hold nothing.
final class Elementwise {
  private Elementwise() {}

  static <I, O> Operator map(String name, Function<? super I, ? extends O> function) {
    return Operator.making(name, "one object for each", () -> new Mapping<I, O>(function));
  }

  static <T> Operator filter(Predicate<? super T> test) {
    return Operator.looking("filter", () -> new Filtering<T>(test));
  }

  static <T> Operator tap(Consumer<? super T> consumer) {
    return Operator.looking("tap", () -> new Tapping<T>(consumer));
  }

  static <T> Operator take(long count) {
    checkCount("take", count);
    return Operator.looking("take", () -> new Taking<T>(count));
  }

  static <T> Operator drop(long count) {
    checkCount("drop", count);
    return Operator.looking("drop", () -> new Dropping<T>(count));
  }

  static <T> Operator takeWhile(Predicate<? super T> test) {
    return Operator.looking("takeWhile", () -> new TakingWhile<T>(test));
  }

  private static void checkCount(String name, long count) {
    if (count < 0) throw new IllegalArgumentException(name + ": " + count + " (expected: 0 or more objects)");
  }

  private static final class Mapping<I, O> extends Link<I, O> implements Link.Plain {
    private final Function<? super I, ? extends O> function;

    Mapping(Function<? super I, ? extends O> function) {
      this.function = function;
    }

    @Override
    boolean accept(I chunk) throws Exception {
      O made;
      try {
        made = function.apply(chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      if (made == null) throw madeNull("an object");
      return next.accept(made);
    }

    @Override
    public Does does() {
      return Does.MAPS;
    }

    @Override
    public Object function() {
      return function;
    }
  }

  private static final class Filtering<T> extends Link<T, T> implements Link.Plain {
    private final Predicate<? super T> test;

    Filtering(Predicate<? super T> test) {
      this.test = test;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      boolean wanted;
      try {
        wanted = look(test, chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      return !wanted || next.accept(chunk);
    }

    @Override
    public Does does() {
      return Does.TESTS;
    }

    @Override
    public Object function() {
      return test;
    }
  }

  private static final class Tapping<T> extends Link<T, T> implements Link.Plain {
    private final Consumer<? super T> consumer;

    Tapping(Consumer<? super T> consumer) {
      this.consumer = consumer;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      try {
        lookWith(consumer, chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      return next.accept(chunk);
    }

    @Override
    public Does does() {
      return Does.LOOKS;
    }

    @Override
    public Object function() {
      return consumer;
    }
  }

  private static final class Taking<T> extends Link<T, T> {
    private long left;

    Taking(long count) {
      left = count;
    }

    @Override
    void open() {
      if (left == 0) over();
    }

    @Override
    boolean accept(T chunk) throws Exception {
      if (left == 0) return false;
      // Before it is passed on: whoever is behind may be over too, and the end begins there.
      if (--left == 0) over();
      return next.accept(chunk) && left > 0;
    }
  }

  private static final class Dropping<T> extends Link<T, T> {
    private long left;

    Dropping(long count) {
      left = count;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      if (left == 0) return next.accept(chunk);
      left--;
      return true;
    }
  }

  private static final class TakingWhile<T> extends Link<T, T> {
    private final Predicate<? super T> test;

    TakingWhile(Predicate<? super T> test) {
      this.test = test;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      boolean wanted;
      try {
        wanted = look(test, chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      return wanted ? next.accept(chunk) : over();
    }
  }
}
