package highwater.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// How a computation makes its value of the objects that reach its end.
///
/// @param name what messages and plans call it
/// @param footprint what it holds, given the largest chunk that reaches it
/// @param link makes the last link of one run
record Terminal<T, R>(String name, LongFunction<Footprint> footprint, Supplier<Last<T, R>> link) {
  /// The last link: it passes nothing on, and has a value once it is finished.
  abstract static class Last<T, R> extends Link<T, Void> {
    abstract R value();
  }

  private static <T, R> Terminal<T, R> looking(String name, Supplier<Last<T, R>> link) {
    return new Terminal<>(name, _ -> Footprint.of("keeps nothing", 0), link);
  }

  static <T> Terminal<T, Long> forEach(Consumer<? super T> consumer) {
    return looking("forEach", () -> new Counting<T>("forEach", consumer));
  }

  static <T> Terminal<T, Long> count() {
    return looking("count", () -> new Counting<T>("count", _ -> {}));
  }

  static <T> Terminal<T, Boolean> some(Predicate<? super T> test) {
    return looking(
        "some",
        () ->
            new Search<T, Boolean>(test) {
              @Override
              Boolean value() {
                return found() != null;
              }
            });
  }

  static <T> Terminal<T, Boolean> every(Predicate<? super T> test) {
    return looking(
        "every",
        () ->
            new Search<T, Boolean>(chunk -> !test.test(chunk)) {
              @Override
              Boolean value() {
                return found() == null;
              }
            });
  }

  static <T> Terminal<T, Optional<T>> find(Predicate<? super T> test) {
    return new Terminal<>(
        "find",
        inputMax -> keeping("find", 1, inputMax),
        () ->
            new Search<T, Optional<T>>(test) {
              @Override
              Optional<T> value() {
                return Optional.ofNullable(found());
              }
            });
  }

  static <T> Terminal<T, List<T>> toList(int max) {
    if (max < 0) throw new IllegalArgumentException("toList: " + max + " (expected: 0 or more objects at most)");
    return new Terminal<>("toList", inputMax -> keeping("toList", max, inputMax), () -> new Listing<T>(max));
  }

  static <T> Terminal<T, Optional<T>> reduce(BinaryOperator<T> operator) {
    return new Terminal<>("reduce", _ -> Footprint.unknown("one object"), () -> new Reduction<>(operator));
  }

  static <T, R> Terminal<T, R> fold(R identity, BiFunction<? super R, ? super T, ? extends R> next) {
    return new Terminal<>("reduce", _ -> Footprint.unknown("one object"), () -> new Fold<T, R>(identity, next));
  }

  static <T, A, R> Terminal<T, R> collect(Collector<? super T, A, R> collector) {
    return new Terminal<>(
        "collect", _ -> Footprint.unknown("what the collector keeps"), () -> new Collection<T, A, R>(collector));
  }

  private static Footprint keeping(String name, int count, long inputMaxBytes) {
    var how = "keeps " + ByteSizes.grouped(count) + (count == 1 ? " object" : " objects at most");
    if (inputMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    return Footprint.of(how, 0, Term.of(name, count, inputMaxBytes));
  }

  private static final class Counting<T> extends Last<T, Long> implements Link.Plain {
    private final String what;
    private final Consumer<? super T> consumer;
    private long count;

    Counting(String what, Consumer<? super T> consumer) {
      this.what = what;
      this.consumer = consumer;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      try {
        consumer.accept(chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      count++;
      return true;
    }

    @Override
    public Does does() {
      return Does.TAKES;
    }

    @Override
    public Object function() {
      return consumer;
    }

    @Override
    public void reached(long objects) {
      count += objects;
    }

    @Override
    Long value() {
      return count;
    }

    @Override
    public String toString() {
      return what + " " + count;
    }
  }

  private abstract static class Search<T, R> extends Last<T, R> {
    private final Predicate<? super T> test;
    private @Nullable T found;

    Search(Predicate<? super T> test) {
      this.test = test;
    }

    @Nullable T found() {
      return found;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      boolean wanted;
      try {
        wanted = look(test, chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      if (!wanted) return true;
      found = kept(chunk);
      return over();
    }
  }

  private static final class Listing<T> extends Last<T, List<T>> {
    private final int max;
    private final ArrayList<T> list = new ArrayList<>();

    Listing(int max) {
      this.max = max;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      if (list.size() == max) {
        throw failed(
            new IllegalStateException(
                "more than "
                    + ByteSizes.grouped(max)
                    + " objects came, which is its limit: allow more, take fewer, or"
                    + " handle each with forEach"));
      }
      list.add(kept(chunk));
      return true;
    }

    @Override
    List<T> value() {
      return List.copyOf(list);
    }
  }

  private static final class Reduction<T> extends Last<T, Optional<T>> {
    private final BinaryOperator<T> operator;
    private @Nullable T value;

    Reduction(BinaryOperator<T> operator) {
      this.operator = operator;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      var before = value;
      if (before == null) {
        value = kept(chunk);
        return true;
      }
      try {
        value = operator.apply(before, kept(chunk));
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      if (value == null) throw madeNull("two objects");
      return true;
    }

    @Override
    Optional<T> value() {
      return Optional.ofNullable(value);
    }
  }

  private static final class Fold<T, R> extends Last<T, R> {
    private final BiFunction<? super R, ? super T, ? extends R> function;
    private R value;

    Fold(R identity, BiFunction<? super R, ? super T, ? extends R> function) {
      this.function = function;
      value = identity;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      R made;
      try {
        made = function.apply(value, kept(chunk));
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      if (made == null) throw madeNull("an object");
      value = made;
      return true;
    }

    @Override
    R value() {
      return value;
    }
  }

  private static final class Collection<T, A, R> extends Last<T, R> {
    private final Collector<? super T, A, R> collector;
    private @Nullable A state;
    private @Nullable BiConsumer<A, ? super T> accumulator;
    private @Nullable R value;

    Collection(Collector<? super T, A, R> collector) {
      this.collector = collector;
    }

    @Override
    @SuppressWarnings("unchecked") // An accumulator takes what its collector takes.
    void open() throws Exception {
      accumulator = (BiConsumer<A, ? super T>) (BiConsumer<?, ?>) call(collector::accumulator);
      state = call(() -> collector.supplier().get());
    }

    @Override
    @SuppressWarnings("NullAway") // The state is the collector's own business, and may be null.
    boolean accept(T chunk) throws Exception {
      try {
        accumulator.accept(state, kept(chunk));
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      return true;
    }

    @Override
    @SuppressWarnings("NullAway") // As above.
    void finish() throws Exception {
      value = call(() -> collector.finisher().apply(state));
      if (value == null) throw madeNull("all objects");
    }

    @Override
    R value() {
      var made = value;
      if (made == null) throw new AssertionError("a value before the end");
      return made;
    }
  }
}
