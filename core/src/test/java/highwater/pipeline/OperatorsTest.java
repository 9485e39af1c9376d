package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.ReadableStream;
import highwater.Source;
import highwater.WritableStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Gatherer;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The synchronous operators and the terminals of a pipeline: `java.util.stream` says what they give.
@Timeout(60)
class OperatorsTest {
  private static final int CHAINS = Integer.getInteger("operators.chains", 3_000);

  /// One operator, in both worlds.
  private record Both(String name, UnaryOperator<Upstream<Integer>> ours, UnaryOperator<Stream<Integer>> theirs) {}

  private static Both operator(Random random) {
    int n = random.nextInt(12);
    int m = 1 + random.nextInt(4);
    return switch (random.nextInt(13)) {
      case 0 -> new Both("map", up -> up.map(i -> i * m + n), s -> s.map(i -> i * m + n));
      case 1 -> new Both("filter", up -> up.filter(i -> i % (m + 1) != 0), s -> s.filter(i -> i % (m + 1) != 0));
      case 2 -> new Both("take", up -> up.take(n), s -> s.limit(n));
      case 3 -> new Both("drop", up -> up.drop(m), s -> s.skip(m));
      case 4 -> new Both("takeWhile", up -> up.takeWhile(i -> i < n * 20), s -> s.takeWhile(i -> i < n * 20));
      case 5 -> new Both("tap", up -> up.tap(_ -> {}), s -> s.peek(_ -> {}));
      case 6 -> new Both("flatMap", up -> up.flatMap(i -> few(i, m)), s -> s.flatMap(i -> few(i, m).stream()));
      case 7 ->
          new Both(
              "flatMapStream",
              up -> up.flatMapStream(i -> few(i, m).stream()),
              s -> s.flatMap(i -> few(i, m).stream()));
      case 8 ->
          new Both(
              "batch",
              up -> up.batch(m).map(List::getLast),
              s -> s.gather(Gatherers.windowFixed(m)).map(List::getLast));
      case 9 ->
          new Both(
              "windowSliding",
              up -> up.gather(Gatherers.windowSliding(m)).map(List::getFirst),
              s -> s.gather(Gatherers.windowSliding(m)).map(List::getFirst));
      case 10 ->
          new Both(
              "scan",
              up -> up.gather(Gatherers.scan(() -> n, Integer::sum)),
              s -> s.gather(Gatherers.scan(() -> n, Integer::sum)));
      case 11 ->
          new Both(
              "fold",
              up -> up.gather(Gatherers.fold(() -> m, Integer::sum)),
              s -> s.gather(Gatherers.fold(() -> m, Integer::sum)));
      default -> new Both("many", up -> up.gather(echo(m)), s -> s.gather(echo(m)));
    };
  }

  private static List<Integer> few(int i, int m) {
    return IntStream.range(0, Math.floorMod(i, m + 1)).mapToObj(k -> i + k).toList();
  }

  /// Pushes each object several times, stops after some, and has a last word.
  private static Gatherer<Integer, ?, Integer> echo(int m) {
    return Gatherer.<Integer, AtomicInteger, Integer>ofSequential(
        AtomicInteger::new,
        (count, i, down) -> {
          for (int k = 0; k < m; k++) if (!down.push(i + k)) return false;
          return count.incrementAndGet() < 5 * m;
        },
        (count, down) -> down.push(-count.get()));
  }

  @Test
  void randomChainsGiveWhatStreamsGive() {
    var random = new Random(OperatorSeed.forThisRun());
    for (int chain = 0; chain < CHAINS; chain++) {
      var operators = new ArrayList<Both>();
      for (int count = random.nextInt(7); count > 0; count--) operators.add(operator(random));
      var input = random.ints(random.nextInt(60), 0, 100).boxed().toList();
      var numbers = new Numbers<>(input, random.nextBoolean(), random.nextInt(4) == 0 ? 2 + random.nextInt(5) : 0);
      var ours = Pipeline.from(numbers);
      var theirs = input.stream();
      for (var operator : operators) {
        ours = operator.ours.apply(ours);
        theirs = operator.theirs.apply(theirs);
      }
      var what = "chain " + chain + ": " + operators.stream().map(Both::name).toList() + " of " + input;
      var expected = theirs.toList();
      if (random.nextInt(3) == 0) {
        // A target of another kind: the operators are a step, and each object is handed on by itself.
        var seen = new ArrayList<Integer>();
        ours.to(new Listing<>(seen)).run();
        assertThat(seen).as(what).isEqualTo(expected);
      } else {
        assertThat(ours.toList(10_000).run()).as(what).isEqualTo(expected);
      }
      assertThat(numbers.allIsClosed()).isTrue();
    }
  }

  @Test
  void randomChainsOverLiveStreamsGiveTheSame() {
    var random = new Random(OperatorSeed.forThisRun());
    for (int chain = 0; chain < CHAINS / 10; chain++) {
      var operators = Stream.generate(() -> operator(random)).limit(random.nextInt(1, 5)).toList();
      var input = random.ints(random.nextInt(60), 0, 100).boxed().toList();
      var ours = Pipeline.from(live(input));
      var theirs = input.stream();
      for (var operator : operators) {
        ours = operator.ours.apply(ours);
        theirs = operator.theirs.apply(theirs);
      }
      var what = "chain " + chain + ": " + operators.stream().map(Both::name).toList() + " of " + input;
      var expected = theirs.toList();
      if (random.nextBoolean()) {
        assertThat(ours.toList(10_000).run()).as(what).isEqualTo(expected);
      } else {
        var seen = new ArrayList<Integer>();
        ours.to(
                Target.of(
                    "seen",
                    () ->
                        WritableStream.<Integer>to(
                            (i, done) -> {
                              seen.add(i);
                              done.ok();
                            })))
            .run();
        assertThat(seen).as(what).isEqualTo(expected);
      }
    }
  }

  private static Origin<Integer> live(List<Integer> input) {
    return Origin.of(
        "live",
        () -> {
          var left = input.iterator();
          return ReadableStream.<Integer>from(
              feed -> {
                if (left.hasNext()) feed.push(left.next());
                else feed.end();
              });
        });
  }

  @Test
  void theGatherersOfTheJdkAgree() {
    var input = IntStream.range(0, 100).boxed().toList();
    for (var gatherer :
        List.<Gatherer<Integer, ?, ?>>of(
            Gatherers.fold(() -> "", (text, i) -> text + i),
            Gatherers.scan(() -> 0, Integer::sum),
            Gatherers.windowFixed(7),
            Gatherers.windowSliding(3),
            Gatherers.mapConcurrent(4, i -> i * 3))) {
      assertThat(Pipeline.from(Numbers.of(input)).gather(gatherer).toList(1000).run())
          .isEqualTo(input.stream().gather(gatherer).toList());
      assertThat(Pipeline.from(Numbers.of(input)).gather(gatherer).take(3).toList(1000).run())
          .isEqualTo(input.stream().gather(gatherer).limit(3).toList());
    }
  }

  @Test
  void aGathererThatIsLeftEarlyIsFinishedWithARejectingDownstream() {
    var rejected = new AtomicBoolean();
    Gatherer<Integer, ?, Integer> gatherer =
        Gatherer.ofSequential((_, i, down) -> down.push(i), (_, down) -> rejected.set(down.isRejecting()));
    assertThat(Pipeline.from(Numbers.endless()).gather(gatherer).take(2).toList(5).run()).containsExactly(0, 1);
    assertThat(rejected).isTrue();
  }

  @Test
  void whatTheOperatorBehindThrowsIsThrownOnThoughTheGathererSwallowsIt() {
    for (var failure : List.of(new AssertionError("behind"), new IllegalStateException("behind"), new Bare())) {
      var computation =
          Numbers.from(1, 2, 3)
              .gather(swallowing())
              .tap(
                  i -> {
                    if (i == 2) throw Rethrow.asItIs(failure);
                  })
              .toList(9);
      var error = catchThrowableOfType(PipelineException.class, computation::run);
      assertThat(error.getCause()).isSameAs(failure);
      assertThat(error.stage()).isEqualTo("tap");
    }
  }

  private static Gatherer<Integer, ?, Integer> swallowing() {
    return Gatherer.of(
        (_, i, down) -> {
          try {
            var _ = down.push(i);
          } catch (Throwable swallowed) {
            return true;
          }
          return true;
        });
  }

  @Test
  void terminalsGiveWhatStreamsGive() {
    var random = new Random(OperatorSeed.forThisRun());
    for (int round = 0; round < 300; round++) {
      var input = random.ints(random.nextInt(20), 0, 30).boxed().toList();
      int n = random.nextInt(30);
      var up = Pipeline.from(new Numbers<>(input, random.nextBoolean(), 0));
      assertThat(up.count().run()).isEqualTo(input.size());
      assertThat(up.some(i -> i == n).run()).isEqualTo(input.stream().anyMatch(i -> i == n));
      assertThat(up.every(i -> i < n).run()).isEqualTo(input.stream().allMatch(i -> i < n));
      assertThat(up.find(i -> i > n).run()).isEqualTo(input.stream().filter(i -> i > n).findFirst());
      assertThat(up.reduce(Integer::sum).run()).isEqualTo(input.stream().reduce(Integer::sum));
      assertThat(up.reduce("", (text, i) -> text + i).run())
          .isEqualTo(input.stream().map(String::valueOf).collect(Collectors.joining()));
      assertThat(up.collect(Collectors.groupingBy(i -> i % 3, Collectors.counting())).run())
          .isEqualTo(input.stream().collect(Collectors.groupingBy(i -> i % 3, Collectors.counting())));
      var seen = new ArrayList<Integer>();
      assertThat(up.forEach(seen::add).run()).isEqualTo(input.size());
      assertThat(seen).isEqualTo(input);
    }
  }

  @Test
  void toListFailsBeyondItsLimitAndNotAtIt() {
    assertThat(Numbers.from(1, 2, 3).toList(3).run()).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> Numbers.from(1, 2, 3).toList(2).run())
        .isInstanceOf(PipelineException.class)
        .hasMessageStartingWith("toList failed")
        .hasMessageContaining("more than 2 objects came");
  }

  @Test
  void earlyExitTakesNoMoreThanItNeedsAndClosesTheOrigin() {
    for (boolean many : new boolean[] {true, false}) {
      for (var early :
          List.<java.util.function.Function<Upstream<Integer>, Object>>of(
              up -> up.take(5).toList(9).run(),
              up -> up.takeWhile(i -> i < 4).toList(9).run(),
              up -> up.find(i -> i == 4).run(),
              up -> up.some(i -> i == 4).run(),
              up -> up.every(i -> i < 4).run(),
              up -> up.gather(stopAt(4)).toList(9).run(),
              up -> up.flatMap(i -> List.of(i, i)).take(10).count().run(),
              up -> up.take(5).to(new Listing<>(new ArrayList<>())).run(),
              up -> up.map(i -> i).through(Stage.<Integer, Integer>mapBlocking(1, i -> i)).take(5).count().run())) {
        var numbers = new Numbers<>(() -> IntStream.iterate(0, i -> i + 1).iterator(), many, 0);
        var _ = early.apply(Pipeline.from(numbers));
        assertThat(numbers.given).hasValue(5);
        assertThat(numbers.closed).hasValue(1);
        assertThat(numbers.committed).as("it was left, not used up").hasValue(0);
        assertThat(numbers.aborted).as("and told so").hasValue(1);
      }
    }
  }

  private static Gatherer<Integer, ?, Integer> stopAt(int last) {
    return Gatherer.ofSequential((_, i, down) -> down.push(i) && i < last);
  }

  @Test
  void takeOfNothingTakesNothing() {
    var numbers = Numbers.endless();
    assertThat(Pipeline.from(numbers).take(0).toList(1).run()).isEmpty();
    assertThat(numbers.given).hasValue(0);
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void earlyExitDestroysALiveSourceAndIsASuccess() {
    for (var early :
        List.<java.util.function.Function<Upstream<Integer>, Object>>of(
            up -> up.take(3).toList(9).run(),
            up -> up.find(i -> i == 2).run(),
            up ->
                up.take(3)
                    .to(
                        Target.of(
                            "sink",
                            () ->
                                WritableStream.<Integer>to(
                                    (_, done) -> done.ok(), highwater.StreamOptions.objects().withEmitClose(false))))
                    .run())) {
      var destroyed = new AtomicInteger();
      Origin<Integer> endless =
          Origin.of(
              "endless",
              () ->
                  ReadableStream.from(
                      new Source<>() {
                        private int next;

                        @Override
                        public void read(highwater.Feed<Integer> feed) {
                          feed.push(next++);
                        }

                        @Override
                        public void destroy(Throwable error, highwater.Done done) {
                          destroyed.incrementAndGet();
                          done.ok();
                        }
                      }));
      var _ = early.apply(Pipeline.from(endless));
      assertThat(destroyed).hasValue(1);
    }
  }

  @Test
  void anEndlessFlatMapIsLeftInTheMiddleAndItsStreamClosed() {
    var closed = new AtomicInteger();
    var up =
        Numbers.from(1, 2)
            .flatMapStream(i -> Stream.iterate(i, k -> k + 1).onClose(closed::incrementAndGet))
            .filter(i -> i % 1_000 == 0);
    assertThat(up.take(2).toList(5).run()).containsExactly(1_000, 2_000);
    assertThat(closed).hasValue(1);
  }

  @Test
  void anEndlessFlatMapThatGivesNothingCanBeCancelled() throws Exception {
    var turning = new java.util.concurrent.CountDownLatch(1);
    var run =
        Numbers.from(1)
            .flatMapStream(i -> Stream.iterate(i, k -> k + 1).peek(_ -> turning.countDown()))
            .filter(_ -> false)
            .count()
            .start();
    turning.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessageContaining("enough");
  }

  @Test
  void aFailureNamesTheOperatorAndHasItsVeryCause() {
    var failure = new IllegalStateException("no");
    var numbers = Numbers.of(List.of(1, 2, 3));
    var computation =
        Pipeline.from(numbers)
            .map(i -> i + 1)
            .filter(
                i -> {
                  if (i == 3) throw failure;
                  return true;
                })
            .map(i -> i)
            .toList(5);
    var error = catchThrowableOfType(PipelineException.class, computation::run);
    assertThat(error.stage()).isEqualTo("filter");
    assertThat(error).hasCause(failure);
    assertThat(numbers.aborted).hasValue(1);
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void aBareThrowableIsTheVeryCauseAndNamesItsOperatorToo() {
    var bare = new Bare();
    var atWork = Numbers.from(1, 2).filter(_ -> true).map(_ -> throwing(bare));
    var atItsClose = Numbers.from(1, 2).flatMapStream(i -> Stream.of(i).onClose(() -> throwing(bare))).take(1);
    var joined = Numbers.from(0).concat(atWork);
    for (var up : List.of(atWork, joined, joined.merge(Numbers.from(5)))) {
      var error = catchThrowableOfType(PipelineException.class, up.count()::run);
      assertThat(error.getCause()).isSameAs(bare);
      assertThat(error.stage()).isEqualTo("map");
    }
    var error = catchThrowableOfType(PipelineException.class, atItsClose.count()::run);
    assertThat(error.getCause()).isSameAs(bare);
    assertThat(error.stage()).isEqualTo("flatMap");
  }

  @Test
  void aBareThrowableOfALiveOriginIsTheVeryCause() {
    var bare = new Bare();
    Origin<Integer> failing = Origin.of("failing", () -> ReadableStream.from(feed -> feed.fail(bare)));
    var computation = Pipeline.from(Origin.concat(List.of(Numbers.of(List.of(1)), failing))).count();
    var error = catchThrowableOfType(PipelineException.class, computation::run);
    assertThat(error.getCause()).isSameAs(bare);
    assertThat(error.stage()).isEqualTo("failing");
  }

  private static int throwing(Bare bare) {
    throw bare.thrown();
  }

  @Test
  void ofSeveralOperatorsOfOneNameTheFailureTellsWhich() {
    for (boolean many : new boolean[] {true, false}) {
      var computation = Pipeline.from(new Numbers<>(List.of(1), many, 0)).map(i -> i).map(i -> 1 / (i - 1)).count();
      assertThat(catchThrowableOfType(PipelineException.class, computation::run).stage())
          .isEqualTo("map (operator 2 of 3)");
    }
  }

  @Test
  void overLiveStreamsTooTheFailureNamesTheOperator() {
    var computation =
        Pipeline.from(live(List.of(1)))
            .filter(_ -> true)
            .through(Stage.<Integer, Integer>map("halve", i -> 2 / (i - 1)))
            .count();
    assertThat(catchThrowableOfType(PipelineException.class, computation::run).stage()).isEqualTo("halve");
  }

  @Test
  void anOriginThatFailsWhileItGivesManyIsNamedItself() {
    Iterable<Integer> failing =
        () ->
            Stream.iterate(0, i -> i + 1)
                .peek(
                    i -> {
                      if (i == 3) throw new IllegalStateException("boom");
                    })
                .iterator();
    var computation = Pipeline.from(Numbers.of(failing)).map(i -> i).count();
    assertThat(catchThrowableOfType(PipelineException.class, computation::run).stage()).isEqualTo("numbers");
  }

  @Test
  void anOriginThatGivesMoreThanIsTakenIsFoundOut() {
    PullOrigin<Integer> greedy =
        new PullOrigin<>() {
          @Override
          public String name() {
            return "greedy";
          }

          @Override
          public Footprint footprint(long chunkMaxBytes) {
            return Footprint.unknown("objects of a test");
          }

          @Override
          public Pull<Integer> pull() {
            return new BulkPull<>() {
              @Override
              public Progress poll() {
                return Progress.READY;
              }

              @Override
              public Integer next() {
                return 1;
              }

              @Override
              public void giveTo(Taker<? super Integer> taker) throws Exception {
                var _ = taker.take(1);
                var _ = taker.take(2);
              }
            };
          }
        };
    assertThatThrownBy(() -> Pipeline.from(greedy).map(i -> i).to(new Listing<>(new ArrayList<>())).run())
        .hasMessage("greedy failed at byte 0: a rule was broken: it went on giving after take said false");
  }

  @Test
  void nullIsRefusedAndTheMessageSaysWhatToDo() {
    for (var computation :
        List.of(
            Numbers.from(1).<Integer>map(_ -> null).count(),
            Numbers.from(1).<Integer>flatMap(_ -> null).count(),
            Numbers.from(1).<Integer>flatMap(_ -> Arrays.asList(1, null)).count(),
            Numbers.from(1, 2).reduce((_, _) -> null),
            Numbers.from(1).<Integer>gather(Gatherer.of((_, _, down) -> down.push(null))).count())) {
      assertThatThrownBy(computation::run)
          .hasCauseInstanceOf(NullPointerException.class)
          .hasMessageContaining("made null of")
          .hasMessageContaining("filter before, or wrap it");
    }
  }

  @Test
  void adjacentSynchronousOperatorsAreOneStageOfThePlan() {
    var pipeline = Numbers.from(1).map(i -> i).filter(_ -> true).map(i -> i).to(new Listing<>(new ArrayList<>()));
    assertThat(pipeline.explain())
        .startsWith("numbers ─▶ map · filter · map ─▶ list\n")
        .contains("\n  map · filter · map  3 operators as one, on the run's thread\n");
    assertThat(pipeline.run().stages()).hasSize(3);
    var computation = Numbers.from(1).map(i -> i).through(Stage.<Integer>tap(_ -> {})).toList(1);
    assertThat(computation.explain()).contains("\n  map · tap · toList  3 operators as one, on the run's thread\n");
    var apart = Numbers.from(1).map(i -> i).mapBlocking(1, i -> i).map(i -> i).to(new Listing<>(new ArrayList<>()));
    assertThat(apart.explain()).contains("\n  map          one object for each, on the run's thread\n");
  }

  @Test
  void operatorsThatOnlyLookLeaveTheBoundKnown() {
    var rig = new Rig(3, 100);
    var computation = Pipeline.from(rig.origin()).filter(_ -> true).take(2).batch(4).count();
    assertThat(computation.bound().totalBytes()).isPresent();
    assertThat(computation.bound().toString()).contains("batch 4 × 100");
    assertThat(Pipeline.from(rig.origin()).map(b -> b).count().bound().unknownStage()).isEqualTo("map · count");
  }

  @Test
  void aFunctionThatLooksMayMoveThePositionOfABuffer() {
    var rig = new Rig(20, 50);
    var pipeline =
        Pipeline.from(rig.origin())
            .filter(bytes -> bytes.get() == bytes.get(0))
            .tap(bytes -> bytes.position(bytes.limit()))
            .takeWhile(bytes -> bytes.limit(bytes.position()).remaining() == 0)
            .to(rig.target());
    pipeline.run();
    assertThat(rig.receivedBytes).isEqualTo(rig.totalBytes());
    rig.checkAllClosedOnce();
  }

  @Test
  void whatIsKeptOfLentBuffersIsACopy() {
    // The origin uses one buffer again and again.
    var rig = new Rig(20, 5);
    var expected = IntStream.range(0, 100).mapToObj(Rig::byteAt).toList();
    var up = Pipeline.from(rig.origin());
    assertThat(bytes(up.toList(20).run())).isEqualTo(expected);
    assertThat(bytes(up.collect(Collectors.toList()).run())).isEqualTo(expected);
    assertThat(bytes(up.batch(3).flatMap(list -> list).toList(20).run())).isEqualTo(expected);
    assertThat(bytes(up.gather(Gatherers.windowFixed(4)).flatMap(list -> list).toList(20).run())).isEqualTo(expected);
    assertThat(bytes(up.mapBlocking(3, b -> b).toList(20).run())).isEqualTo(expected);
    assertThat(up.find(b -> b.get(0) == 5).run().map(List::of).map(OperatorsTest::bytes))
        .isEqualTo(Optional.of(expected.subList(5, 10)));
    assertThat(up.reduce((a, b) -> a.get(0) < b.get(0) ? a : b).run().map(List::of).map(OperatorsTest::bytes))
        .isEqualTo(Optional.of(expected.subList(0, 5)));
  }

  private static List<Byte> bytes(List<ByteBuffer> chunks) {
    var bytes = new ArrayList<Byte>();
    for (var chunk : chunks) while (chunk.hasRemaining()) bytes.add(chunk.get());
    return bytes;
  }

  @Test
  void batchesEndAtTheirCountOrTheirWeight() {
    var input = List.of("a", "bb", "ccc", "dddd", "e", "f", "g", "h", "iiiiiiiiii", "j");
    assertThat(Pipeline.from(Numbers.of(input)).batch(Batch.<String>of(3).weighing(5, String::length)).toList(99).run())
        .containsExactly(
            List.of("a", "bb"),
            List.of("ccc"),
            List.of("dddd", "e"),
            List.of("f", "g", "h"),
            List.of("iiiiiiiiii"),
            List.of("j"));
    var seen = new ArrayList<List<String>>();
    Pipeline.from(Numbers.of(input))
        .batch(Batch.<String>of(3).weighing(5, String::length))
        .to(new Listing<>(seen))
        .run();
    assertThat(seen).hasSize(6);
  }

  @Test
  void batchesOfBytesHoldNoMoreThanTheirLimit() {
    var rig = new Rig(20, 30);
    var sizes =
        Pipeline.from(rig.origin())
            .batch(Batch.<ByteBuffer>of(100).bytes(100))
            .map(list -> list.stream().mapToInt(ByteBuffer::remaining).sum())
            .toList(20)
            .run();
    assertThat(sizes).containsExactly(90, 90, 90, 90, 90, 90, 60);
    assertThatThrownBy(() -> Numbers.from(1).batch(Batch.<Integer>of(2).bytes(5)).count().run())
        .hasMessageContaining("was given a Integer: weigh objects with weighing(…)");
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> Batch.of(0)).hasMessageContaining("0 (expected: 1 or more objects)");
    assertThatThrownBy(() -> Batch.of(1).within(java.time.Duration.ZERO)).hasMessageContaining("more than no time");
    assertThatThrownBy(() -> Stage.take(-1)).hasMessageContaining("take: -1");
    assertThatThrownBy(() -> Stage.drop(-1)).hasMessageContaining("drop: -1");
    assertThatThrownBy(() -> Stage.timeout(java.time.Duration.ZERO)).hasMessageContaining("more than no time");
    assertThatThrownBy(() -> Numbers.from(1).toList(-1)).hasMessageContaining("toList: -1");
    assertThatThrownBy(() -> Stage.mapBlocking(0, i -> i)).hasMessageContaining("concurrency 0");
    assertThatThrownBy(() -> Stage.mapBlocking(4, i -> i).mark(3)).hasMessageContaining("mark 3");
  }

  @Test
  void aComputationRunsAnyNumberOfTimesAndTakesItsNameAndBudget() {
    var budget = highwater.memory.Budget.of(1_000);
    var computation = Numbers.from(3, 1, 2).reduce(0, Integer::sum).withBudget(budget).named("sum");
    for (int run = 0; run < 3; run++) assertThat(computation.run()).isEqualTo(6);
    assertThat(computation.name()).isEqualTo("sum");
    assertThat(budget.usedBytes()).isZero();
    var rig = new Rig(3, 100);
    var large = Pipeline.from(rig.origin()).toList(100).withBudget(budget);
    assertThatThrownBy(large::run).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("its budget is");
  }

  @Test
  void aComputationIsStartedWaitedForAndRefusedOnAStrand() throws Exception {
    var computation = Numbers.from(2, 3).collect(Collectors.maxBy(Comparator.naturalOrder()));
    var run = computation.start();
    assertThat(run.join()).contains(3);
    assertThat(run.completion().toCompletableFuture().get()).contains(3);
    assertThat(run.report().stages().getFirst().chunksOut()).isEqualTo(2);
    highwater.strand.Strand.run(
        () ->
            assertThatThrownBy(computation::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start()"));
  }

  @Test
  void anInterruptOfTheThreadThatRunsCancelsAndTheFlagStays() throws Exception {
    var numbers = Numbers.endless();
    var outcome = new java.util.concurrent.CompletableFuture<Throwable>();
    var flag = new AtomicBoolean();
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    var _ = Pipeline.from(numbers).count().run();
                  } catch (Throwable thrown) {
                    flag.set(Thread.currentThread().isInterrupted());
                    outcome.complete(thrown);
                  }
                });
    highwater.contract.Remains.await("the first object", () -> numbers.given.get() > 0);
    thread.interrupt();
    assertThat(outcome.get()).isInstanceOf(CancelledException.class);
    assertThat(flag).isTrue();
    assertThat(numbers.allIsClosed()).isTrue();
  }

  /// A target that is not of this package's making: it is given one object at a time.
  record Listing<T>(List<T> seen) implements PullTarget<T> {
    @Override
    public String name() {
      return "list";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("a list");
    }

    @Override
    public highwater.StreamOptions streamOptions() {
      return highwater.StreamOptions.objects();
    }

    @Override
    public Put<T> put() {
      return new Put<>() {
        private boolean finished;

        @Override
        public Progress poll() {
          return finished ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(T chunk) {
          seen.add(chunk);
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }
}
