package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Chains of operators give what `java.util.stream` gives, however the source comes by its chunks.
class OperatorsAgreeTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("highwater.agree.rounds", 500);

  @AutoClose private final Scene scene = new Scene();
  private final Random random = new Random(SEED);

  /// One operator in both worlds.
  private record Both(
      String name,
      Function<ReadableStream<Integer>, ReadableStream<Integer>> live,
      Function<Stream<Integer>, Stream<Integer>> plain) {}

  private Both operator() {
    int n = random.nextInt(8);
    return switch (random.nextInt(8)) {
      case 0 -> new Both("map +" + n, s -> s.map(i -> i + n), s -> s.map(i -> i + n));
      case 1 -> new Both("filter " + n, s -> s.filter(i -> i % 8 != n), s -> s.filter(i -> i % 8 != n));
      case 2 -> new Both("drop " + n, s -> s.drop(n), s -> s.skip(n));
      case 3 -> new Both("take " + 4 * n, s -> s.take(4 * n), s -> s.limit(4 * n));
      case 4 -> new Both("takeWhile " + n, s -> s.takeWhile(i -> i % 16 != n), s -> s.takeWhile(i -> i % 16 != n));
      case 5 ->
          new Both(
              "flatMap",
              s -> s.flatMap(i -> ReadableStream.fromIterable(some(i))),
              s -> s.flatMap(i -> some(i).stream()));
      case 6 -> new Both("mapAsync " + (n + 1), s -> s.mapAsync(n + 1, (i, _) -> later(-i)), s -> s.map(i -> -i));
      default -> new Both("pass", s -> s.map(i -> i), s -> s);
    };
  }

  private static List<Integer> some(int number) {
    return IntStream.range(0, Math.floorMod(number, 4)).boxed().toList();
  }

  private CompletableFuture<Integer> later(int number) {
    var answer = new CompletableFuture<Integer>();
    if (random.nextBoolean()) answer.complete(number);
    else scene.strand().after(random.nextInt(3), () -> answer.complete(number));
    return answer;
  }

  /// Gives the numbers in bursts, inside the call or later.
  private ReadableStream<Integer> source(List<Integer> numbers) {
    var left = new ArrayList<>(numbers);
    return ReadableStream.from(
        feed -> {
          int burst = 1 + random.nextInt(3);
          Runnable answer =
              () -> {
                for (int i = 0; i < burst && !left.isEmpty(); i++) feed.push(left.removeFirst());
                if (left.isEmpty()) feed.end();
              };
          if (random.nextBoolean()) answer.run();
          else scene.strand().after(random.nextInt(3), answer);
        },
        StreamOptions.objects().withMark(random.nextInt(20)));
  }

  @Test
  void aChainGivesWhatAJavaStreamGives() {
    System.out.println("-Dseed=" + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      var numbers = random.ints(random.nextInt(40), 0, 100).boxed().toList();
      var operators = Stream.generate(this::operator).limit(random.nextInt(5)).toList();
      var what =
          "round " + round + " of seed " + SEED + ": " + operators.stream().map(Both::name).toList() + " of " + numbers;

      var expected = numbers.stream();
      for (var operator : operators) expected = operator.plain.apply(expected);
      var list = expected.toList();

      List<Integer> given = end(numbers, operators, s -> s.toList(10_000));
      assertThat(given).as(what).isEqualTo(list);
      var terminal =
          switch (random.nextInt(7)) {
            case 0 ->
                check(
                    numbers,
                    operators,
                    s -> s.reduce(1, (a, i) -> 31 * a + i),
                    list.stream().reduce(1, (a, i) -> 31 * a + i));
            case 1 -> check(numbers, operators, s -> s.reduce(Math::max), list.stream().reduce(Math::max));
            case 2 -> check(numbers, operators, s -> s.some(i -> i > 90), list.stream().anyMatch(i -> i > 90));
            case 3 -> check(numbers, operators, s -> s.every(i -> i < 90), list.stream().allMatch(i -> i < 90));
            case 4 ->
                check(numbers, operators, s -> s.find(i -> i > 60), list.stream().filter(i -> i > 60).findFirst());
            case 5 ->
                check(
                    numbers,
                    operators,
                    s -> s.collect(Collectors.groupingBy(i -> i % 3)),
                    list.stream().collect(Collectors.groupingBy(i -> i % 3)));
            default -> {
              var seen = new ArrayList<Integer>();
              end(numbers, operators, s -> s.forEach(seen::add));
              yield seen.equals(list);
            }
          };
      assertThat(terminal).as(what).isTrue();
      assertThat(scene.hasWork()).as(what).isFalse();
    }
  }

  /// A source that fails at a random chunk, or a result that is destroyed at a random moment: the very error comes out, unless
  /// the chain had enough before, and no stream, timer or hold is left.
  @Test
  void anErrorAnywhereComesOutAndLeavesNothing() {
    System.out.println("-Dseed=" + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      var numbers = random.ints(random.nextInt(40), 0, 100).boxed().toList();
      var operators = Stream.generate(this::operator).limit(random.nextInt(5)).toList();
      var what =
          "round " + round + " of seed " + SEED + ": " + operators.stream().map(Both::name).toList() + " of " + numbers;
      var boom = new IllegalStateException("boom");
      int failing = random.nextInt(40);
      boolean destroyed = random.nextInt(4) == 0;
      var expected = numbers.stream();
      for (var operator : operators) expected = operator.plain.apply(expected);
      var list = expected.toList();

      var outcome = new ArrayList<CompletableFuture<List<Integer>>>();
      scene.turn(
          () -> {
            var given = new int[1];
            var stream =
                source(numbers)
                    .map(
                        number -> {
                          if (given[0]++ == failing) throw boom;
                          return number;
                        });
            for (var operator : operators) stream = operator.live.apply(stream);
            var last = stream;
            if (destroyed) scene.strand().after(random.nextInt(10), () -> last.destroy(boom));
            outcome.add(last.toList(10_000).toCompletableFuture());
            var _ = outcome.getFirst().exceptionally(_ -> null);
          });
      scene.advance(1);
      var result = outcome.getFirst();
      assertThat(result).as(what).isDone();
      if (result.isCompletedExceptionally()) assertThat(result.exceptionNow()).as(what).isSameAs(boom);
      else assertThat(result.join()).as(what).isEqualTo(list);
      assertThat(scene.hasWork()).as(what).isFalse();
    }
  }

  private <R> boolean check(
      List<Integer> numbers,
      List<Both> operators,
      Function<ReadableStream<Integer>, CompletionStage<R>> terminal,
      R expected) {
    return expected.equals(end(numbers, operators, terminal));
  }

  private <R> R end(
      List<Integer> numbers, List<Both> operators, Function<ReadableStream<Integer>, CompletionStage<R>> terminal) {
    var outcome = new ArrayList<CompletableFuture<R>>();
    scene.turn(
        () -> {
          var stream = source(numbers);
          for (var operator : operators) stream = operator.live.apply(stream);
          outcome.add(terminal.apply(stream).toCompletableFuture());
        });
    scene.advance(1);
    assertThat(outcome.getFirst()).isDone();
    return outcome.getFirst().join();
  }
}
