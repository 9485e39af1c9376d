package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.contract.Remains;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work off the strand, its results in order.
@Timeout(60)
class InOrderTest {
  private final List<Object> seen = new ArrayList<>();
  private final Set<Integer> dropped = ConcurrentHashMap.newKeySet();

  @Test
  void resultsAreTakenInTheOrderOfSubmissionHoweverTheWorkEnds() {
    assumeTrue(InOrder.workersMax() > 1);
    var secondIsDone = new CountDownLatch(1);
    drive(
        2,
        List.of(0, 1, 2, 3),
        input -> {
          if (input == 0) secondIsDone.await();
          if (input == 1) secondIsDone.countDown();
          return input * 10;
        });
    assertThat(seen).containsExactly(0, 10, 20, 30);
    assertThat(dropped).isEmpty();
  }

  @Test
  void manyPiecesOfRandomLengthKeepTheirOrderAndTheBounds() {
    int workers = InOrder.workersMax();
    var seed = Seed.forThisRun();
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var inputs = IntStream.range(0, 2_000).boxed().toList();
    drive(
        workers,
        inputs,
        input -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          for (int spin = new Random(seed + input).nextInt(2_000); spin > 0; spin--) Thread.onSpinWait();
          running.decrementAndGet();
          return input;
        });
    assertThat(seen).isEqualTo(inputs);
    assertThat(most.get()).isLessThanOrEqualTo(workers);
  }

  @Test
  void workRunsOnDaemonThreadsOfOurs() {
    drive(
        1,
        List.of(0),
        _ -> {
          assertThat(Thread.currentThread()).isInstanceOf(HighwaterThread.class);
          assertThat(Thread.currentThread().isDaemon()).isTrue();
          assertThat(Thread.currentThread().getName()).startsWith("highwater-worker-");
          return 1;
        });
    assertThat(seen).containsExactly(1);
  }

  @Test
  void noMoreThanWorkersAndTwoAreInFlight() {
    var go = new CountDownLatch(1);
    Strand.run(
        () -> {
          var work =
              new InOrder<Integer, Integer>(
                  1,
                  input -> {
                    go.await();
                    return input;
                  },
                  dropped::add,
                  () -> {});
          assertThat(work.inFlightMax()).isEqualTo(3);
          for (int i = 0; i < 3; i++) {
            assertThat(work.hasRoom()).isTrue();
            work.submit(i);
          }
          assertThat(work.hasRoom()).isFalse();
          assertThatThrownBy(() -> work.submit(3))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("3 pieces");
          work.close();
          go.countDown();
        });
  }

  @Test
  void resultsBeforeAFailureAreTakenThenItIsThrownAndNothingBehindBegins() {
    var failure = new IOException("block 1");
    var begun = ConcurrentHashMap.<Integer>newKeySet();
    var thrown =
        catchThrowable(
            () ->
                drive(
                    1,
                    List.of(0, 1, 2, 3, 4),
                    input -> {
                      begun.add(input);
                      if (input == 1) throw failure;
                      return input;
                    }));
    assertThat(thrown).isInstanceOf(UncaughtException.class).hasCause(failure);
    assertThat(seen).containsExactly(0);
    assertThat(begun).containsExactlyInAnyOrder(0, 1);
    assertThat(dropped).contains(1, 2);
  }

  @Test
  void ofTwoFailuresTheFirstInOrderIsThrown() {
    assumeTrue(InOrder.workersMax() > 1);
    var secondFails = new CountDownLatch(1);
    var thrown =
        catchThrowable(
            () ->
                drive(
                    2,
                    List.of(0, 1),
                    input -> {
                      if (input == 0) secondFails.await();
                      else secondFails.countDown();
                      throw new IllegalStateException("piece " + input);
                    }));
    assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("piece 0");
    // The second may be on its way out of its worker still.
    Remains.await("the drop of both", () -> dropped.size() == 2);
    assertThat(dropped).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void closeDropsWhatWaitsAtOnceAndWhatRunsWhenItHasEnded() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var droppedAll = new CountDownLatch(3);
    Strand.run(
        () -> {
          var work =
              new InOrder<Integer, Integer>(
                  1,
                  input -> {
                    begun.countDown();
                    go.await();
                    return input;
                  },
                  input -> {
                    dropped.add(input);
                    droppedAll.countDown();
                  },
                  () -> seen.add("called back"));
          for (int i = 0; i < 3; i++) work.submit(i);
          assertThat(work.take()).isNull();
          begun.await();
          work.close();
          work.close();
          assertThat(dropped).containsExactlyInAnyOrder(1, 2);
          assertThatThrownBy(() -> work.submit(3)).hasMessageContaining("after close()");
          assertThat(work.take()).isNull();
        });
    assertThat(seen).isEmpty(); // and the strand did not wait for the piece that runs
    go.countDown();
    droppedAll.await();
    assertThat(dropped).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void everyInputIsTakenOrDroppedOnceWhereverItFailsOrCloses() throws InterruptedException {
    var random = new Random(Seed.forThisRun());
    for (int run = 0; run < 100; run++) {
      int pieces = 1 + random.nextInt(30);
      int failAt = random.nextInt(2 * pieces);
      int closeAt = random.nextInt(2 * pieces);
      var accounts = new AtomicInteger[pieces];
      for (int i = 0; i < pieces; i++) accounts[i] = new AtomicInteger();
      var ended = new CountDownLatch(pieces);
      Strand.run(
          () ->
              new Driver<Integer, Integer>(
                  1 + random.nextInt(3),
                  IntStream.range(0, pieces).boxed().toList(),
                  input -> {
                    if (input == failAt) throw new IllegalStateException("fails");
                    return input;
                  }) {
                @Override
                void drop(Integer input) {
                  accounts[input].incrementAndGet();
                  ended.countDown();
                }

                @Override
                void taken(Integer result) {
                  accounts[result].incrementAndGet();
                  ended.countDown();
                  if (result == closeAt) stop();
                }

                @Override
                void failed(Exception failure) {
                  stop();
                }
              }.step());
      ended.await();
      assertThat(accounts).allMatch(account -> account.get() == 1);
    }
  }

  @Test
  void nothingIsHeldWhenAllIsTakenThoughNobodyCloses() {
    drive(1, List.of(), input -> input);
    drive(1, List.of(1), input -> input);
    assertThat(seen).containsExactly(1);
  }

  private void drive(int workers, List<Integer> inputs, InOrder.Work<Integer, Integer> work) {
    Strand.run(
        () ->
            new Driver<Integer, Integer>(workers, inputs, work) {
              @Override
              void drop(Integer input) {
                assertThat(dropped.add(input)).isTrue();
              }

              @Override
              void taken(Integer result) {
                seen.add(result);
              }

              @Override
              void failed(Exception failure) {
                Strand.current().uncaught(failure);
              }
            }.step());
  }

  /// Submits while there is room and takes while there are results, as a stage does.
  private abstract static class Driver<I, O> {
    private final InOrder<I, O> inOrder;
    private final ArrayList<I> left;
    private boolean stopped;

    Driver(int workers, List<I> inputs, InOrder.Work<I, O> work) {
      left = new ArrayList<>(inputs.reversed());
      inOrder = new InOrder<>(workers, work, this::drop, this::step);
    }

    abstract void drop(I input);

    abstract void taken(O result);

    abstract void failed(Exception failure);

    void stop() {
      stopped = true;
      inOrder.close();
      left.forEach(this::drop);
      left.clear();
    }

    void step() {
      try {
        for (; ; ) {
          while (!left.isEmpty() && inOrder.hasRoom()) inOrder.submit(left.removeLast());
          var result = inOrder.take();
          if (result == null) return;
          taken(result);
          if (stopped) return;
        }
      } catch (Exception failure) {
        failed(failure);
      }
    }
  }
}
