package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.memory.Budget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// [Upstream#async]: two runs with a bounded number of objects between them.
@Timeout(60)
class AsyncBoundaryTest {
  private static Iterable<Integer> range(int to) {
    return () -> IntStream.range(0, to).iterator();
  }

  private static Numbers<Integer> numbers(int to, int waitEvery) {
    return new Numbers<>(() -> IntStream.range(0, to).iterator(), true, waitEvery);
  }

  @Test
  void whatIsBeforeItRunsOnAnotherThread() {
    var before = ConcurrentHashMap.<Thread>newKeySet();
    var behind = ConcurrentHashMap.<Thread>newKeySet();
    long count =
        Pipeline.from(Origin.fromIterable(range(10_000)))
            .tap(_ -> before.add(Thread.currentThread()))
            .async(16)
            .forEach(_ -> behind.add(Thread.currentThread()))
            .run();
    assertThat(count).isEqualTo(10_000);
    assertThat(behind).containsExactly(Thread.currentThread());
    assertThat(before).doesNotContain(Thread.currentThread());
  }

  @RepeatedTest(20)
  void everythingCrossesInOrderWhateverTheBoundAndThePace() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int bound = 1 + random.nextInt(9) * random.nextInt(40);
    int count = random.nextInt(20_000);
    int slowBefore = 1 + random.nextInt(3_000);
    int slowBehind = 1 + random.nextInt(3_000);
    var list =
        Pipeline.from(Origin.fromIterable(range(count)))
            .tap(i -> pauseAt(i, slowBefore))
            .async(bound)
            .tap(i -> pauseAt(i, slowBehind))
            .toList(count)
            .run();
    assertThat(list).as("seed %d, bound %d", seed, bound).isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  /// Long enough for the other side to give up looking and wait.
  private static void pauseAt(int i, int every) {
    if (i % every != 0) return;
    long began = System.nanoTime();
    while (System.nanoTime() - began < 200_000) Thread.onSpinWait();
  }

  @Test
  void noMoreThanTheBoundIsAhead() {
    for (int bound : new int[] {1, 2, 3, 7, 256}) {
      var made = new AtomicInteger();
      var taken = new AtomicInteger();
      var most = new AtomicInteger();
      long count =
          Pipeline.from(Origin.fromIterable(range(20_000)))
              .tap(
                  _ -> {
                    // One is in the hands of each side.
                    int ahead = made.incrementAndGet() - taken.get();
                    most.accumulateAndGet(ahead, Math::max);
                  })
              .async(bound)
              .forEach(_ -> taken.incrementAndGet())
              .run();
      assertThat(count).isEqualTo(20_000);
      assertThat(most.get()).isLessThanOrEqualTo(bound + 2);
    }
  }

  @Test
  void aFullBoundaryStopsWhatIsBeforeItUntilHalfIsTaken() throws Exception {
    var made = new AtomicInteger();
    var full = new CountDownLatch(4);
    var goOn = new CountDownLatch(1);
    var run =
        Pipeline.from(Origin.fromIterable(range(100)))
            .tap(
                _ -> {
                  made.incrementAndGet();
                  full.countDown();
                })
            .async(4)
            .forEach(
                _ -> {
                  try {
                    goOn.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                })
            .start();
    full.await();
    assertThat(made.get()).isLessThanOrEqualTo(5);
    goOn.countDown();
    assertThat(run.join()).isEqualTo(100);
  }

  @Test
  void eachObjectIsSeenWhileTheNextOneIsBeingMade() {
    // The function before waits until the object before was seen behind.
    var seen = new Phaser(1);
    long count =
        Pipeline.from(Origin.fromIterable(range(500)))
            .tap(i -> assertThat(i == 0 || seen.awaitAdvance(i - 1) >= 0).isTrue())
            .async(256)
            .forEach(_ -> seen.arrive())
            .run();
    assertThat(count).isEqualTo(500);
  }

  @Test
  void aFailureBeforeItComesBehindWhatWasGivenAndNamesItsOperator() {
    var got = new ArrayList<Integer>();
    var work =
        Pipeline.from(Origin.fromIterable(range(1_000)))
            .map(
                i -> {
                  if (i == 700) throw new IllegalStateException("seven hundred");
                  return i;
                })
            .async(16)
            .forEach(got::add);
    var thrown = catchThrowableOfType(PipelineException.class, work::run);
    assertThat(thrown.stage()).isEqualTo("map");
    assertThat(thrown).cause().isInstanceOf(IllegalStateException.class).hasMessage("seven hundred");
    assertThat(got).hasSize(700);
  }

  @Test
  void aFailureBehindItEndsAndUndoesWhatIsBeforeIt() {
    var numbers = numbers(1_000_000, 0);
    var work =
        Pipeline.from(numbers)
            .async(16)
            .map(
                i -> {
                  if (i == 700) throw new IllegalStateException("seven hundred");
                  return i;
                })
            .count();
    var thrown = catchThrowableOfType(PipelineException.class, work::run);
    assertThat(thrown.stage()).isEqualTo("map");
    assertThat(numbers.closed).hasValue(1);
    assertThat(numbers.committed).hasValue(0);
  }

  @Test
  void whatIsBeforeItIsFinalOnlyWhenAllBehindIsDone() {
    var committed = new AtomicInteger();
    var numbers = numbers(1_000, 7);
    long count =
        Pipeline.from(numbers)
            .async(2_000)
            .forEach(_ -> committed.accumulateAndGet(numbers.committed.get(), Math::max))
            .run();
    assertThat(count).isEqualTo(1_000);
    assertThat(committed).hasValue(0);
    assertThat(numbers.committed).hasValue(1);
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void anEndBehindItEndsWhatIsBeforeIt() {
    var numbers = numbers(Integer.MAX_VALUE, 0);
    assertThat(Pipeline.from(numbers).async(8).take(100).count().run()).isEqualTo(100);
    assertThat(numbers.closed).hasValue(1);
    assertThat(numbers.committed).hasValue(0);
  }

  @Test
  void aCancelEndsBothSides() throws Exception {
    var numbers = numbers(Integer.MAX_VALUE, 0);
    var begun = new CountDownLatch(1);
    var run = Pipeline.from(numbers).async(8).forEach(_ -> begun.countDown()).start();
    begun.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class).hasMessageContaining("enough");
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void aBoundaryMayFollowAnother() {
    var list =
        Pipeline.from(Origin.fromIterable(range(5_000)))
            .map(i -> i + 1)
            .async(3)
            .filter(i -> i % 2 == 0)
            .flatMap(i -> List.of(i, i))
            .async(5)
            .map(i -> i * 10)
            .toList(10_000)
            .run();
    assertThat(list).hasSize(5_000).startsWith(20, 20, 40, 40).endsWith(50_000, 50_000);
  }

  @Test
  void aLiveStreamOfTheUsersMayBeBeforeIt() {
    var upstream =
        Pipeline.from(Origin.fromIterable(range(300)))
            .through(Stage.of("pass", () -> TransformStream.<Integer>passThrough(StreamOptions.objects())));
    assertThat(upstream.async(4).count().run()).isEqualTo(300);
  }

  @Test
  void buffersAreCopied() {
    var buffer = ByteBuffer.allocate(4);
    var numbers = new AtomicInteger();
    var got =
        Pipeline.from(Origin.fromIterable(range(50)))
            .map(_ -> buffer.clear().putInt(0, numbers.incrementAndGet()))
            .async(10)
            .map(b -> b.getInt(0))
            .toList(50)
            .run();
    assertThat(got).isEqualTo(IntStream.rangeClosed(1, 50).boxed().toList());
  }

  @Test
  void itsBoundIsPartOfThePlanAndItsBudgetIsGivenBack() {
    var budget = Budget.of(1 << 20);
    var upstream = Pipeline.from(Origin.values(ByteBuffer.allocate(1000), ByteBuffer.allocate(1000)));
    var work = upstream.async(3).count();
    assertThat(work.bound().toString()).contains("async 4 × 1,000");
    assertThat(work.withBudget(budget).run()).isEqualTo(2);
    assertThat(budget.usedBytes()).isZero();
    assertThat(work.explain()).contains("at most 3 objects ahead, on a thread of its own");
  }

  @Test
  void reportsTellWhatRestsThere() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var pipeline =
        Pipeline.from(Origin.fromIterable(range(100)))
            .async(4)
            .to(
                Target.forEach(
                    _ -> {
                      begun.countDown();
                      try {
                        goOn.await();
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }));
    var run = pipeline.start();
    begun.await();
    var buffer = run.report().stages().getFirst().buffer();
    assertThat(buffer.inObjects()).isTrue();
    assertThat(buffer.mark()).isEqualTo(4);
    assertThat(buffer.held()).isBetween(0L, 4L);
    goOn.countDown();
    var last = run.join();
    assertThat(last.stages().getFirst().buffer().held()).isZero();
    assertThat(last.stages().getFirst().buffer().peak()).isBetween(1L, 4L);
  }

  @Test
  void refusesABoundOfNothing() {
    assertThatThrownBy(() -> Pipeline.from(Origin.fromIterable(range(1))).async(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("async: 0 (expected: 1 or more objects ahead)");
  }
}
