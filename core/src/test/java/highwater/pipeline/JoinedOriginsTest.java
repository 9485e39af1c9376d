package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.CancelHandle;
import highwater.ReadableStream;
import highwater.strand.HandTurned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several origins as one: after one another, or in turn.
@Timeout(60)
class JoinedOriginsTest {
  private static Numbers<Integer> numbers(int from, int to, int waitEvery) {
    return new Numbers<>(() -> IntStream.range(from, to).iterator(), true, waitEvery);
  }

  private static Origin<Integer> live(int from, int to, AtomicInteger destroyed) {
    return Origin.of(
        "live",
        () -> {
          var stream =
              ReadableStream.<Integer>from(
                  new highwater.Source<>() {
                    private int next = from;

                    @Override
                    public void read(highwater.Feed<Integer> feed) {
                      if (next < to) feed.push(next++);
                      else feed.end();
                    }
                  });
          var _ = stream.onClose(destroyed::incrementAndGet);
          return stream;
        });
  }

  @Test
  void concatReadsOneAfterAnotherAndOpensEachWhenItsTurnHasCome() {
    var first = numbers(0, 5, 3);
    var second = numbers(5, 5, 0);
    var third = numbers(5, 9, 2);
    var destroyed = new AtomicInteger();
    var up =
        Pipeline.from(first)
            .tap(_ -> assertThat(third.opened).hasValue(0))
            .concat(Pipeline.from(second))
            .concat(Pipeline.from(live(100, 103, destroyed)))
            .concat(Pipeline.from(third).map(i -> i * 10));
    assertThat(up.toList(99).run()).containsExactly(0, 1, 2, 3, 4, 100, 101, 102, 50, 60, 70, 80);
    for (var numbers : List.of(first, second, third)) {
      assertThat(numbers.committed).hasValue(1);
      assertThat(numbers.closed).hasValue(1);
    }
    assertThat(destroyed).hasValue(1);
  }

  @Test
  void manyEmptyOriginsDoNotKeepACancelOrTheDeadlineWaiting() {
    try (var hand = new HandTurned()) {
      var empties = Origin.<Integer>concat(Collections.nCopies(1_000, Origin.<Integer>empty()));
      var context = new HandContext(hand);
      hand.turn(
          () -> {
            try {
              var pull = ((PullOrigin<Integer>) empties).pull();
              pull.open(context);
              int waits = 0;
              while (pull.poll() == Progress.WAITING) assertThat(context.wakes).hasValue(++waits);
              assertThat(waits).isBetween(10, 1_000);
              assertThat(pull.poll()).isEqualTo(Progress.DONE);
              pull.close();
            } catch (Exception impossible) {
              throw new AssertionError(impossible);
            }
          });
    }
    var opened = new AtomicInteger();
    var handle = new CancelHandle();
    var stops =
        Origin.<Integer>fromIterable(
            () -> {
              if (opened.incrementAndGet() == 100) handle.cancel("enough");
              return Collections.emptyIterator();
            });
    var all = Pipeline.from(Origin.concat(Collections.nCopies(100_000, stops))).count().cancelledBy(handle);
    assertThatThrownBy(all::run).isInstanceOf(CancelledException.class);
    assertThat(opened.get()).isLessThan(10_000);
  }

  @Test
  void aConcatMayBeMadeLongerAnyNumberOfTimes() throws Exception {
    var atTheEnd = Numbers.from(0);
    var inFront = Numbers.from(0);
    for (int i = 1; i < 5_000; i++) {
      atTheEnd = atTheEnd.concat(Numbers.from(i));
      inFront = Numbers.from(i).concat(inFront);
    }
    var numbers = IntStream.range(0, 5_000).boxed().toList();
    assertThat(atTheEnd.toList(5_000).run()).isEqualTo(numbers);
    assertThat(inFront.toList(5_000).run()).isEqualTo(numbers.reversed());
    assertThat(atTheEnd.count().start().join()).isEqualTo(5_000);
    assertThat(atTheEnd.count().explain()).contains("numbers and 4999 more");
  }

  @Test
  void concatOfNothingEndsAtOnce() {
    assertThat(Pipeline.from(Origin.<Integer>concat(List.of())).toList(1).run()).isEmpty();
    assertThat(Pipeline.from(Origin.<Integer>merge(List.of())).toList(1).run()).isEmpty();
  }

  @Test
  void mergeGivesEverythingAndKeepsTheOrderOfEach() {
    var random = new Random(OperatorSeed.forThisRun());
    for (int round = 0; round < 200; round++) {
      var origins = new ArrayList<Origin<Integer>>();
      int count = 1 + random.nextInt(5);
      int total = 0;
      for (int i = 0; i < count; i++) {
        int length = random.nextInt(30);
        total += length;
        origins.add(
            random.nextInt(4) == 0
                ? live(1000 * i, 1000 * i + length, new AtomicInteger())
                : numbers(1000 * i, 1000 * i + length, random.nextBoolean() ? 0 : 2 + random.nextInt(4)));
      }
      var all = Pipeline.from(Origin.merge(origins)).toList(1000).run();
      assertThat(all).hasSize(total);
      for (int i = 0; i < count; i++) {
        int origin = i;
        assertThat(all.stream().filter(n -> n / 1000 == origin)).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void mergeAsksInTurnSoThatNoneStarves() {
    var list =
        Pipeline.from(numbers(0, 1_000_000, 0))
            .merge(Pipeline.from(numbers(-3, 0, 0)), Pipeline.from(numbers(-6, -3, 0)))
            .take(9)
            .toList(9)
            .run();
    assertThat(list).containsExactly(0, -3, -6, 1, -2, -5, 2, -1, -4);
  }

  @Test
  void anOriginThatWaitsDoesNotHoldUpTheOthers() {
    var go = new CountDownLatch(1);
    var slow =
        Numbers.from(1)
            .mapBlocking(
                1,
                i -> {
                  go.await();
                  return i;
                });
    var list =
        slow.merge(Pipeline.from(numbers(10, 13, 2)))
            .tap(
                i -> {
                  if (i == 12) go.countDown();
                })
            .toList(9)
            .run();
    assertThat(list).containsExactly(10, 11, 12, 1);
  }

  @Test
  void theFailureOfOneNamesItAndStopsTheOthers() {
    var other = numbers(0, 1_000_000_000, 3);
    var failing = Numbers.of(List.of(1, 0, 2));
    var computation = Pipeline.from(other).merge(Pipeline.from(failing).map(i -> 1 / i)).count();
    var error = catchThrowableOfType(PipelineException.class, computation::run);
    assertThat(error).hasCauseInstanceOf(ArithmeticException.class);
    assertThat(error.stage()).isEqualTo("map");
    for (var numbers : List.of(other, failing)) {
      assertThat(numbers.aborted).hasValue(1);
      assertThat(numbers.closed).hasValue(1);
      assertThat(numbers.committed).hasValue(0);
    }
  }

  @Test
  void theFailureOfALiveOriginFailsTheWhole() {
    var failure = new IllegalStateException("gone");
    Origin<Integer> failing = Origin.of("failing", () -> ReadableStream.from(feed -> feed.fail(failure)));
    var other = numbers(0, 1_000_000_000, 0);
    for (var origin : List.of(Origin.merge(List.of(other, failing)), Origin.concat(List.of(failing, other)))) {
      var error = catchThrowableOfType(PipelineException.class, Pipeline.from(origin).count()::run);
      assertThat(error.stage()).isEqualTo("failing");
      assertThat(error).hasCause(failure);
    }
    assertThat(other.allIsClosed()).isTrue();
  }

  @Test
  void earlyExitClosesAllOfThem() {
    var destroyed = new AtomicInteger();
    var one = numbers(0, 1_000_000_000, 0);
    var two = Numbers.of(() -> Stream.iterate(0, i -> i - 1).iterator());
    var endless = live(0, Integer.MAX_VALUE, destroyed);
    var found =
        Pipeline.from(one).merge(Pipeline.from(two).filter(i -> i % 2 == 0), Pipeline.from(endless)).find(i -> i < -50);
    assertThat(found.run()).contains(-52);
    assertThat(one.closed).hasValue(1);
    assertThat(two.closed).hasValue(1);
    assertThat(destroyed).hasValue(1);
  }

  @Test
  void anUpstreamThatDropsEverythingCanBeCancelled() throws Exception {
    var numbers = Numbers.endless();
    var run =
        Pipeline.from(numbers)
            .filter(_ -> false)
            .merge(Pipeline.from(Numbers.endless()).filter(_ -> false))
            .count()
            .start();
    highwater.contract.Remains.await("some objects", () -> numbers.given.get() > 1_000);
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
  }

  @Test
  void theBoundIsTheSumForMergeAndTheLargestForConcat() {
    var small = new Rig(1, 100).origin();
    var large = new Rig(1, 300).origin();
    assertThat(Pipeline.from(Origin.merge(List.of(small, large))).count().bound().knownBytes()).isEqualTo(400);
    assertThat(Pipeline.from(Origin.concat(List.of(small, large))).count().bound().knownBytes()).isEqualTo(300);
  }

  @Test
  void lentBuffersOfSeveralOriginsArriveWhole() {
    var rig = new Rig(40, 30);
    var target = rig.target();
    Pipeline.from(Origin.concat(List.of(rig.origin()))).to(target).run();
    assertThat(rig.receivedBytes).isEqualTo(rig.totalBytes());
    rig.checkAllClosedOnce();
  }

  @Test
  void whereverOneFailsThereIsOneErrorAndEverythingIsClosedOnce() {
    for (boolean merged : new boolean[] {true, false}) {
      for (int call = 1; ; call++) {
        var rig = new Rig(3, 20);
        rig.failAt = call;
        var one = Pipeline.from(rig.origin()).through(rig.cut()).through(rig.look()).asOrigin();
        var origins = List.of(one, Origin.<java.nio.ByteBuffer>concat(List.of()));
        var pipeline = Pipeline.from(merged ? Origin.merge(origins) : Origin.concat(origins)).to(rig.target());
        var error = catchThrowable(pipeline::run);
        rig.checkAllClosedOnce();
        if (rig.thrown == null) {
          assertThat(error).isNull();
          assertThat(rig.receivedBytes).isEqualTo(rig.totalBytes());
          assertThat(call).as("calls that can fail").isGreaterThan(50);
          break;
        }
        assertThat(error).as("call %d", call).isInstanceOf(PipelineException.class).hasCause(rig.thrown);
        assertThat(((PipelineException) error).stage())
            .as(rig.thrown.getMessage())
            .isEqualTo(rig.thrown.getMessage().replaceAll("boom in (\\w+)\\..*", "$1"));
      }
    }
  }

  @Test
  void liveStreamsForOneRunAreRefused() {
    highwater.strand.Strand.run(
        () -> {
          var stream = ReadableStream.<Integer>from(feed -> feed.end());
          var once = Origin.once(stream);
          assertThatThrownBy(() -> Origin.merge(List.of(once))).hasMessageContaining("is a live stream for one run");
          stream.destroy();
        });
  }
}
