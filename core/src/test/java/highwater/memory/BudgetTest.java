package highwater.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private final Budget budget = Budget.of(100);
  private final List<String> granted = new ArrayList<>();

  @Test
  void aMinimumIsGrantedAtOnceWhereItIsFree() {
    take("a", 60);
    assertThat(granted).containsExactly("a");
    assertThat(budget.usedBytes()).isEqualTo(60);
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void minimumsAreGrantedInTheOrderTheyWereAskedFor() {
    take("a", 60);
    take("large", 80);
    take("small", 10);
    assertThat(granted).as("small would fit, and would let large wait for ever").containsExactly("a");
    budget.giveBack(60);
    assertThat(granted).containsExactly("a", "large", "small");
    assertThat(budget.usedBytes()).isEqualTo(90);
  }

  @Test
  void aMinimumIsTakenWholeOrNotAtAll() {
    take("a", 60);
    take("b", 60);
    budget.giveBack(10);
    assertThat(budget.usedBytes()).isEqualTo(50);
    budget.giveBack(10);
    assertThat(granted).containsExactly("a", "b");
    assertThat(budget.usedBytes()).isEqualTo(100);
  }

  @Test
  void aMinimumLargerThanTheBudgetIsRefusedWithBothFigures() {
    assertThatThrownBy(() -> take("a", 101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("101 bytes")
        .hasMessageContaining("100 bytes");
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void whoStopsWaitingIsNeverGranted() {
    take("a", 60);
    var waiter = take("b", 60);
    assertThat(waiter.cancel()).isTrue();
    assertThat(waiter.cancel()).isFalse();
    budget.giveBack(60);
    assertThat(granted).containsExactly("a");
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void whoStopsWaitingLetsThoseBehindGoFirst() {
    take("a", 60);
    var large = take("large", 80);
    take("small", 40);
    assertThat(large.cancel()).isTrue();
    assertThat(granted).containsExactly("a", "small");
  }

  @Test
  void whatIsGrantedCannotBeCancelled() {
    var waiter = take("a", 60);
    assertThat(waiter.cancel()).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(60);
  }

  @Test
  void aSurplusIsTriedAndNeverWaits() {
    assertThat(budget.trySurplus(70)).isTrue();
    assertThat(budget.trySurplus(40)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(70);
  }

  @Test
  void aSurplusIsNotGrantedWhileAMinimumIsWaitedFor() {
    take("a", 60);
    take("b", 60);
    assertThat(budget.trySurplus(10)).isFalse();
  }

  @Test
  void moreThanIsChargedCannotBeGivenBack() {
    take("a", 60);
    assertThatThrownBy(() -> budget.giveBack(61)).isInstanceOf(IllegalStateException.class).hasMessageContaining("60");
    assertThatThrownBy(() -> budget.giveBack(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(budget.usedBytes()).isEqualTo(60);
  }

  @Test
  void aShareChargesItsLenderAndCountsItsOwn() {
    var one = budget.share();
    var other = budget.share();
    assertThat(one.trySurplus(60)).isTrue();
    assertThat(other.trySurplus(60)).isFalse();
    assertThat(other.trySurplus(30)).isTrue();
    assertThat(List.of(one.usedBytes(), other.usedBytes(), budget.usedBytes())).containsExactly(60L, 30L, 90L);
    assertThatThrownBy(() -> other.giveBack(31)).isInstanceOf(IllegalStateException.class);
    one.giveBack(60);
    other.giveBack(30);
    assertThat(budget.usedBytes()).isZero();
    assertThatThrownBy(() -> one.takeMinimum(1, () -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anUnlimitedBudgetOnlyCounts() {
    var unlimited = Budget.unlimited();
    assertThat(unlimited.trySurplus(1L << 60)).isTrue();
    assertThat(unlimited.trySurplus(1L << 60)).isTrue();
    assertThat(unlimited.peakBytes()).isEqualTo(1L << 61);
  }

  /// Against a model: who is granted when, step by step, in seeded orders.
  @Test
  void grantsFollowTheModelInSeededOrders() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("BudgetTest -Dseed=" + seed);
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      var tested = Budget.of(100);
      var model = new ArrayDeque<long[]>();
      var held = new ArrayList<Long>();
      var grants = new ArrayList<Long>();
      var waiters = new ArrayList<Budget.Waiter>();
      long used = 0;
      for (long id = 0; id < 100; id++) {
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            long bytes = random.nextInt(101);
            long name = id * 1000 + bytes;
            waiters.add(tested.takeMinimum(bytes, () -> grants.add(name)));
            model.add(new long[] {name, bytes});
          }
          case 2 -> {
            if (!held.isEmpty()) {
              long bytes = held.remove(random.nextInt(held.size())) % 1000;
              used -= bytes;
              tested.giveBack(bytes);
            }
          }
          default -> {
            long bytes = random.nextInt(30);
            boolean free = model.isEmpty() && used + bytes <= 100;
            assertThat(tested.trySurplus(bytes)).isEqualTo(free);
            if (free) {
              used += bytes;
              held.add(bytes);
            }
          }
        }
        while (!model.isEmpty() && used + model.element()[1] <= 100) {
          var first = model.remove();
          used += first[1];
          held.add(first[0]);
          assertThat(grants.removeFirst()).isEqualTo(first[0]);
        }
        assertThat(grants).isEmpty();
        assertThat(tested.usedBytes()).isEqualTo(used);
        assertThat(tested.waiting()).isEqualTo(model.size());
      }
      for (var waiter : waiters) {
        var _ = waiter.cancel();
      }
      for (long name : grants) tested.giveBack(name % 1000);
      for (long name : held) tested.giveBack(name % 1000);
      assertThat(tested.usedBytes()).isZero();
      assertThat(tested.waiting()).isZero();
    }
  }

  /// From several threads: everybody is served, the bound holds at every grant, nothing is left.
  @Test
  void threadsAreAllServedWithinTheBound() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("BudgetTest -Dseed=" + seed);
    var shared = Budget.of(1000);
    var held = new AtomicInteger();
    var wrong = new ConcurrentLinkedQueue<String>();
    var served = new CountDownLatch(4 * 2000);
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      var random = new Random(seed + t);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 2000; i++) {
                      int bytes = random.nextInt(1001);
                      boolean surplus = random.nextBoolean() && shared.trySurplus(bytes);
                      Runnable use =
                          () -> {
                            if (held.addAndGet(bytes) > 1000) wrong.add("over the bound");
                            held.addAndGet(-bytes);
                            shared.giveBack(bytes);
                            served.countDown();
                          };
                      if (surplus) {
                        use.run();
                      } else {
                        var waiter = shared.takeMinimum(bytes, () -> Thread.startVirtualThread(use));
                        if (random.nextInt(4) == 0 && waiter.cancel()) served.countDown();
                      }
                    }
                  }));
    }
    for (var thread : threads) thread.join();
    served.await();
    assertThat(wrong).isEmpty();
    assertThat(shared.usedBytes()).isZero();
    assertThat(shared.waiting()).isZero();
    assertThat(shared.peakBytes()).isLessThanOrEqualTo(1000);
  }

  private Budget.Waiter take(String name, long bytes) {
    return budget.takeMinimum(bytes, () -> granted.add(name));
  }
}
