package highwater.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.CancelHandle;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Loops of a chain's own ([OwnLoop]): a run that is long enough to get one has the rules of one that is not.
@Timeout(120)
class OwnLoopTest {
  /// After so many objects of a run its shape has a loop, and after [Chain#ASK_AFTER] of each run that follows.
  private static final int LONG = 3 << 20;

  private static final int SHORT = 5_000;

  /// The numbers from 0, so many.
  private static Origin<Long> numbers(long count) {
    return Origin.<Long>fromIterable(() -> LongStream.range(0, count).iterator()).named("numbers");
  }

  /// Runs `work` with many objects, so that the shape of its chain has a loop, and checks that it was made.
  private static <R> R longRun(Function<Integer, Computation<R>> work) {
    int before = LoopShape.made();
    var result = work.apply(LONG).run();
    assertThat(LoopShape.made()).isGreaterThan(before);
    return result;
  }

  private static PipelineException failureOf(Computation<?> work) {
    return catchThrowableOfType(PipelineException.class, work::run);
  }

  // ---------------------------------------------------------------- results

  /// An operator, and the same of a `Stream`.
  private record Op(
      BiFunction<Upstream<Long>, Long, Upstream<Long>> ours, BiFunction<Stream<Long>, Long, Stream<Long>> javas) {}

  private static final List<Op> OPS =
      List.of(
          new Op((up, _) -> up.map(x -> x + 1), (s, _) -> s.map(x -> x + 1)),
          new Op((up, _) -> up.map(x -> x * 3), (s, _) -> s.map(x -> x * 3)),
          new Op((up, _) -> up.filter(x -> x % 2 == 0), (s, _) -> s.filter(x -> x % 2 == 0)),
          new Op((up, _) -> up.filter(x -> x % 5 != 0), (s, _) -> s.filter(x -> x % 5 != 0)),
          new Op((up, _) -> up.tap(x -> {}), (s, _) -> s),
          new Op((up, n) -> up.take(n), (s, n) -> s.limit(n)),
          new Op((up, n) -> up.drop(n), (s, n) -> s.skip(n)),
          new Op((up, n) -> up.takeWhile(x -> x < n), (s, n) -> s.takeWhile(x -> x < n)),
          new Op(
              (up, _) -> up.flatMap(x -> x % 3 == 0 ? List.of(x, x) : List.of()),
              (s, _) -> s.flatMap(x -> x % 3 == 0 ? Stream.of(x, x) : Stream.of())));

  @Test
  void anyOperatorsGiveWhatThoseOfAStreamGive() {
    var random = new Random(OperatorSeed.forThisRun());
    int before = LoopShape.made();
    for (int round = 0; round < 25; round++) {
      var ops = random.ints(random.nextInt(6), 0, OPS.size()).mapToObj(OPS::get).toList();
      long limit = random.nextInt(LONG);
      int count = LONG - random.nextInt(1000);
      Upstream<Long> ours = Pipeline.from(numbers(count));
      var theirs = LongStream.range(0, count).boxed();
      for (var op : ops) {
        ours = op.ours().apply(ours, limit);
        theirs = op.javas().apply(theirs, limit);
      }
      var expected = new Hash();
      theirs.forEach(expected::add);
      var hash = new Hash();
      long came = ours.forEach(hash::add).run();
      assertThat(hash.value).isEqualTo(expected.value);
      assertThat(came).isEqualTo(hash.count).isEqualTo(expected.count);
    }
    assertThat(LoopShape.made()).isGreaterThan(before);
  }

  private static final class Hash {
    private long value;
    private long count;

    private void add(long number) {
      value = value * 31 + number;
      count++;
    }
  }

  @Test
  void everyOperatorOfAnyNumberHasItsOwnPlace() {
    UnaryOperator<Upstream<Long>> four = up -> up.map(x -> x + 1).map(x -> x * 2).map(x -> x - 1).map(x -> x ^ 5);
    var sum = new long[1];
    long count = longRun(n -> four.apply(Pipeline.from(numbers(n))).forEach(x -> sum[0] += x));
    assertThat(count).isEqualTo(LONG);
    assertThat(sum[0]).isEqualTo(LongStream.range(0, LONG).map(x -> ((x + 1) * 2 - 1) ^ 5).sum());
  }

  @Test
  void aTargetThatIsAFunctionIsPartOfTheLoop() {
    var sum = new long[1];
    int before = LoopShape.made();
    var report = Pipeline.from(numbers(LONG)).to(Target.forEach(x -> sum[0] += x)).run();
    assertThat(LoopShape.made()).isGreaterThan(before);
    assertThat(sum[0]).isEqualTo((long) LONG * (LONG - 1) / 2);
    assertThat(report.stages().getFirst().chunksOut()).isEqualTo(LONG);
  }

  // ---------------------------------------------------------------- failures

  @Test
  void aFailureNamesItsOperatorAndIsTheVeryException() {
    var boom = new IllegalStateException("boom");
    for (int bad = 0; bad < 4; bad++) {
      int badOne = bad;
      Function<Integer, Computation<Long>> work =
          n -> {
            long at = n == LONG ? -1 : n - 7;
            return Pipeline.from(numbers(n))
                .through(Stage.<Long, Long>map("first", x -> thrownAt(badOne == 0 && x == at, boom, x)))
                .filter(x -> thrownAt(badOne == 1 && x == at, boom, x) >= 0)
                .tap(x -> thrownAt(badOne == 2 && x == at, boom, x))
                .forEach(x -> thrownAt(badOne == 3 && x == at, boom, x));
          };
      if (bad == 0) assertThat(longRun(work)).isEqualTo(LONG);
      var failure = failureOf(work.apply(SHORT));
      assertThat(failure.stage()).isEqualTo(List.of("first", "filter", "tap", "forEach").get(bad));
      assertThat(failure).hasCause(boom);
    }
  }

  private static long thrownAt(boolean now, RuntimeException thrown, long value) {
    if (now) throw thrown;
    return value;
  }

  @Test
  void ofSeveralOperatorsOfOneNameTheFailureTellsWhich() {
    Function<Integer, Computation<Long>> work =
        n ->
            Pipeline.from(numbers(n))
                .map(x -> x)
                .map(x -> n == SHORT && x == 4000 ? Math.divideExact(x, 0) : x)
                .count();
    assertThat(longRun(work)).isEqualTo(LONG);
    assertThat(failureOf(work.apply(SHORT)).stage()).isEqualTo("map (operator 2 of 3)");
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is to be refused.
  void nullIsRefusedWithTheNameOfTheOperator() {
    Function<Integer, Computation<Long>> work =
        n -> Pipeline.from(numbers(n)).filter(_ -> true).map(x -> n == SHORT && x == 4000 ? null : x).count();
    assertThat(longRun(work)).isEqualTo(LONG);
    var failure = failureOf(work.apply(SHORT));
    assertThat(failure.stage()).isEqualTo("map");
    assertThat(failure).rootCause().hasMessageContaining("the function made null of an object");
  }

  /// Numbers up to `limit`; then what is told.
  private record Until(long limit, boolean throwsThen) implements Iterable<Long> {
    @Override
    public Iterator<Long> iterator() {
      return new Iterator<>() {
        private long next;

        @Override
        public boolean hasNext() {
          return next <= limit && (next < LONG || !throwsThen);
        }

        @Override
        @SuppressWarnings("NullAway") // As above.
        public Long next() {
          if (next == limit && limit < LONG) {
            if (throwsThen) throw new IllegalStateException("boom");
            return null;
          }
          return next++;
        }
      };
    }
  }

  @Test
  void anIteratorThatFailsOrGivesNullIsNamedItself() {
    for (boolean throwing : new boolean[] {true, false}) {
      Function<Integer, Computation<Long>> work =
          n ->
              Pipeline.from(Origin.fromIterable(new Until(n, throwing)).named("until"))
                  .filter(x -> x < LONG)
                  .map(x -> x)
                  .count();
      if (throwing) assertThat(longRun(work)).isEqualTo(LONG);
      var failure = failureOf(work.apply(4321));
      assertThat(failure.stage()).isEqualTo("until");
      assertThat(failure).rootCause().hasMessageContaining(throwing ? "boom" : "until: value 4,321 is null");
    }
  }

  // ---------------------------------------------------------------- bounds

  @Test
  void whoeverNeedsNoMoreStopsTheLoopAtOnce() {
    var calls = new long[1];
    Function<Integer, Computation<Long>> work =
        n ->
            Pipeline.from(numbers(LONG))
                .map(
                    x -> {
                      calls[0]++;
                      return x;
                    })
                .take(n)
                .count();
    assertThat(longRun(work)).isEqualTo(LONG);
    calls[0] = 0;
    assertThat(work.apply(SHORT).run()).isEqualTo(SHORT);
    assertThat(calls[0]).isEqualTo(SHORT);
  }

  @Test
  void aCancelIsSeenOnceABatch() {
    var calls = new long[1];
    Function<Integer, Computation<Long>> work =
        n -> {
          var handle = new CancelHandle();
          return Pipeline.from(numbers(LONG))
              .map(
                  x -> {
                    calls[0]++;
                    if (x == n.longValue()) handle.cancel("enough");
                    return x;
                  })
              .count()
              .cancelledBy(handle);
        };
    assertThat(longRun(work)).isEqualTo(LONG);
    calls[0] = 0;
    assertThat(catchThrowableOfType(CancelledException.class, work.apply(SHORT)::run)).hasMessageContaining("enough");
    assertThat(calls[0]).isBetween(SHORT + 1L, SHORT + 1L + FusedLoop.MANY_MAX);
  }

  @Test
  void aBufferIsLentAndWhatALookMovesIsPutBack() {
    var buffer = ByteBuffer.wrap(new byte[] {1, 2, 3});
    var buffers = new ArrayList<ByteBuffer>();
    var bytes = new long[1];
    Function<Integer, Computation<Long>> work =
        n ->
            Pipeline.from(
                    Origin.<ByteBuffer>fromIterable(() -> LongStream.range(0, n).mapToObj(_ -> buffer).iterator()))
                .filter(seen -> seen.get() == 1)
                .tap(seen -> seen.limit(2).position(2))
                .map(same -> same)
                .forEach(
                    seen -> {
                      if (n == SHORT) buffers.add(seen);
                      bytes[0] += seen.remaining();
                    });
    longRun(work);
    assertThat(bytes[0]).isEqualTo(3L * LONG);
    work.apply(SHORT).run();
    assertThat(buffers).hasSize(SHORT).allMatch(seen -> seen != buffer && seen.remaining() == 3);
    assertThat(buffer.remaining()).isEqualTo(3);
  }

  @Test
  void whoAsksWhereAThreadIsFindsTheChainAndNoMadeUpName() {
    var frames = new ArrayList<StackTraceElement>();
    Function<Integer, Computation<Long>> work =
        n ->
            Pipeline.from(numbers(n))
                .map(
                    x -> {
                      if (n == SHORT && x == SHORT - 1) frames.addAll(Arrays.asList(new Throwable().getStackTrace()));
                      return x;
                    })
                .count();
    longRun(work);
    work.apply(SHORT).run();
    assertThat(frames)
        .extracting(StackTraceElement::getClassName)
        .contains(Chain.class.getName(), FusedLoop.class.getName())
        .noneMatch(name -> name.contains("LoopOfOne"));
  }

  // ---------------------------------------------------------------- classes

  /// So many numbers from 0. The test defines it once more, as a class that nobody else knows.
  private static final class Few implements Iterator<Long> {
    private long next;

    Few() {}

    @Override
    public boolean hasNext() {
      return next < LONG;
    }

    @Override
    public Long next() {
      return next++;
    }
  }

  @Test
  void aLoopHoldsNoClassOfItsShape() throws Exception {
    var type = new WeakReference<>(typeOfALongRun());
    // Until the time of the test is up.
    while (type.get() != null) System.gc();
  }

  private static Class<?> typeOfALongRun() throws Exception {
    byte[] code;
    try (var file = requireNonNull(Few.class.getResourceAsStream("OwnLoopTest$Few.class"))) {
      code = file.readAllBytes();
    }
    var type = MethodHandles.lookup().defineHiddenClass(code, true).lookupClass();
    var maker = type.getDeclaredConstructor();
    Origin<Long> origin =
        Origin.fromIterable(
            () -> {
              try {
                @SuppressWarnings("unchecked") // It is one of Longs.
                var made = (Iterator<Long>) maker.newInstance();
                return made;
              } catch (ReflectiveOperationException impossible) {
                throw new LinkageError(impossible.getMessage(), impossible);
              }
            });
    long count = longRun(_ -> Pipeline.from(origin).map(x -> x + 1).count());
    assertThat(count).isEqualTo(LONG);
    return type;
  }

  @Test
  void ofALongChainTheLoopHasTheFirstLinksAlone() {
    // So chains that differ behind them share it.
    Function<Long, Long> plusOne = x -> x + 1;
    Function<Integer, Computation<Long>> work = n -> mapped(Pipeline.from(numbers(n)), 99, plusOne).count();
    assertThat(longRun(work)).isEqualTo(LONG);
    int before = LoopShape.made();
    var sum = new long[1];
    long count =
        mapped(Pipeline.from(numbers(LONG)), LoopShape.LINKS_MAX + 1, plusOne)
            .filter(x -> x % 2 == 0)
            .map(x -> x * 3)
            .forEach(x -> sum[0] += x)
            .run();
    assertThat(count).isEqualTo(LONG / 2);
    assertThat(sum[0])
        .isEqualTo(LongStream.range(0, LONG).map(x -> x + LoopShape.LINKS_MAX + 1).filter(x -> x % 2 == 0).sum() * 3);
    assertThat(LoopShape.made()).isEqualTo(before);
  }

  @Test
  void aFailureBehindTheLoopsLinksIsNamedToo() {
    Function<Long, Long> same = x -> x;
    for (int bad : new int[] {LoopShape.LINKS_MAX - 1, LoopShape.LINKS_MAX, LoopShape.LINKS_MAX + 1}) {
      Function<Integer, Computation<Long>> work =
          n ->
              mapped(
                      mapped(Pipeline.from(numbers(n)), bad, same)
                          .map(x -> n == SHORT && x == 4000 ? Math.divideExact(x, 0) : x),
                      20,
                      same)
                  .count();
      assertThat(work.apply(LONG).run()).isEqualTo(LONG);
      assertThat(failureOf(work.apply(SHORT)).stage())
          .isEqualTo("map (operator " + (bad + 1) + " of " + (bad + 22) + ")");
    }
  }

  private static Upstream<Long> mapped(Upstream<Long> upstream, int times, Function<Long, Long> function) {
    var up = upstream;
    for (int i = 0; i < times; i++) up = up.map(function);
    return up;
  }

  @Test
  void chainsOfOneShapeShareALoop() {
    Supplier<Computation<Long>> work = () -> Pipeline.from(numbers(LONG)).filter(x -> x > 5).map(x -> -x).count();
    long count = longRun(_ -> work.get());
    assertThat(count).isEqualTo(LONG - 6);
    int before = LoopShape.made();
    for (int i = 0; i < 3; i++) assertThat(work.get().run()).isEqualTo(LONG - 6);
    assertThat(LoopShape.made()).isEqualTo(before);
  }
}
