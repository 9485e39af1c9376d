package highwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.HandTurned;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One decision to stop, and who is told of it.
@Timeout(60)
class CancelHandleTest {
  private static final int ROUNDS = Integer.getInteger("rounds", 2_000);

  private final CancelHandle handle = new CancelHandle();
  private final List<String> told = new ArrayList<>();

  private Registration listen(CancelHandle to, String name) {
    return to.onCancel(reason -> told.add(name + " " + reason.getMessage()));
  }

  @Test
  void theFirstReasonCounts() {
    assertThat(handle.isCancelled()).isFalse();
    assertThat(handle.reason()).isNull();
    handle.cancel("first");
    handle.cancel("second");
    assertThat(handle.isCancelled()).isTrue();
    assertThat(handle.reason()).isInstanceOf(StreamException.class).hasMessage("first");
  }

  @Test
  void aReasonOfTheUsersIsKeptAsTheSameObject() {
    var reason = new IllegalStateException("shop is closed");
    handle.cancel(reason);
    assertThat(handle.reason()).isSameAs(reason);
    assertThat(handle).hasToString("cancel handle, cancelled: shop is closed");
  }

  @Test
  void listenersAreToldOnceInOrderInsideTheCall() {
    listen(handle, "a");
    listen(handle, "b");
    handle.cancel("enough");
    handle.cancel("again");
    assertThat(told).containsExactly("a enough", "b enough");
    assertThat(handle.listeners()).isZero();
  }

  @Test
  void whoComesLaterIsToldAtOnce() {
    handle.cancel("enough");
    listen(handle, "late").remove();
    assertThat(told).containsExactly("late enough");
  }

  @Test
  void aListenerThatWasTakenOffIsNotTold() {
    var registration = listen(handle, "a");
    registration.remove();
    registration.remove();
    handle.cancel("enough");
    assertThat(told).isEmpty();
  }

  @Test
  void oneListenerGivenTwiceIsToldTwiceAndTakenOffOnce() {
    var count = new AtomicInteger();
    Consumer<Throwable> listener = _ -> count.incrementAndGet();
    var first = handle.onCancel(listener);
    var _ = handle.onCancel(listener);
    var _ = handle.onCancel(listener);
    first.remove();
    handle.cancel("enough");
    assertThat(count).hasValue(2);
  }

  @Test
  void aListenerThatThrowsKeepsNobodyFromBeingToldAndIsThrownFromTheCancel() {
    var first = new IllegalStateException("first");
    var second = new AssertionError("second");
    var _ = handle.onCancel(_ -> raise(first));
    listen(handle, "b");
    var _ = handle.onCancel(_ -> raise(second));
    listen(handle, "d");
    assertThatThrownBy(() -> handle.cancel("enough")).isSameAs(first).hasSuppressedException(second);
    assertThat(told).containsExactly("b enough", "d enough");
    assertThat(handle.isCancelled()).isTrue();
  }

  private static void raise(Throwable thrown) {
    if (thrown instanceof Error error) throw error;
    throw (RuntimeException) thrown;
  }

  @Test
  void aListenerMayListenAndCancelAgain() {
    var _ = handle.onCancel(_ -> listen(handle, "inner"));
    var _ = handle.onCancel(_ -> handle.cancel("again"));
    handle.cancel("enough");
    assertThat(told).containsExactly("inner enough");
  }

  @Test
  void loopsOfTheUsersOwnCanAsk() {
    handle.throwIfCancelled();
    var reason = new IllegalStateException("closed");
    handle.cancel(reason);
    assertThatThrownBy(handle::throwIfCancelled)
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("closed")
        .hasCause(reason);
  }

  // ---------------------------------------------------------------- any

  @Test
  void anyFollowsTheFirstForItsReason() {
    var other = new CancelHandle();
    var any = CancelHandle.any(handle, other);
    listen(any, "any");
    assertThat(any.isCancelled()).isFalse();
    other.cancel("other");
    handle.cancel("late");
    assertThat(told).containsExactly("any other");
    assertThat(any.reason()).hasMessage("other");
  }

  @Test
  void anyOfOneThatIsCancelledIsCancelled() {
    var other = new CancelHandle();
    other.cancel("other");
    assertThat(CancelHandle.any(handle, other).reason()).hasMessage("other");
    listen(CancelHandle.any(handle, other), "late");
    assertThat(told).containsExactly("late other");
    assertThat(handle.listeners()).isZero();
  }

  @Test
  void anyThatNobodyListensToLeavesNothingAtItsHandles() {
    for (int i = 0; i < 100; i++) assertThat(CancelHandle.any(handle, handle).isCancelled()).isFalse();
    assertThat(handle.listeners()).isZero();
    var forgotten = new WeakReference<>(CancelHandle.any(handle));
    while (forgotten.get() != null) System.gc();
  }

  @Test
  void anyListensOnlyWhileSomebodyListensToIt() {
    var other = new CancelHandle();
    var any = CancelHandle.any(handle, other);
    var first = listen(any, "a");
    var second = listen(any, "b");
    assertThat(List.of(handle.listeners(), other.listeners())).containsOnly(1);
    first.remove();
    assertThat(handle.listeners()).isOne();
    second.remove();
    assertThat(List.of(handle.listeners(), other.listeners())).containsOnly(0);
    handle.cancel("seen later");
    assertThat(any.reason()).hasMessage("seen later");
    assertThat(told).isEmpty();
  }

  @Test
  void anyThatIsCancelledLeavesNothingAtTheOthers() {
    var other = new CancelHandle();
    listen(CancelHandle.any(handle, other), "any");
    handle.cancel("enough");
    assertThat(List.of(handle.listeners(), other.listeners())).containsOnly(0);
    var own = CancelHandle.any(other);
    listen(own, "own");
    own.cancel("by itself");
    assertThat(told).containsExactly("any enough", "own by itself");
    assertThat(other.listeners()).isZero();
    assertThat(other.isCancelled()).isFalse();
  }

  @Test
  void anyOfAnyFollowsToo() {
    var any = CancelHandle.any(CancelHandle.any(handle), new CancelHandle());
    listen(any, "far");
    handle.cancel("enough");
    assertThat(told).containsExactly("far enough");
    assertThat(CancelHandle.any().isCancelled()).isFalse();
  }

  // ---------------------------------------------------------------- time

  @Test
  void afterATimeItIsCancelledWithATimeout() throws Exception {
    var reason = new CompletableFuture<Throwable>();
    var _ = CancelHandle.after(Duration.ofMillis(1)).onCancel(reason::complete);
    assertThat(reason.get(30, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("not done within PT0.001S");
  }

  @Test
  void afterByTheClockOfAStrandIsVirtualThereAndKeepsItNot() {
    try (var hand = new HandTurned()) {
      var made = new ArrayList<CancelHandle>();
      hand.turn(
          () -> {
            made.add(CancelHandle.after(Duration.ofSeconds(10), hand.strand()));
            made.add(CancelHandle.after(Duration.ofDays(200_000), hand.strand()));
          });
      var due = made.getFirst();
      listen(due, "due");
      hand.advance(TimeUnit.SECONDS.toNanos(10) - 1);
      assertThat(due.isCancelled()).isFalse();
      hand.advance(1);
      assertThat(told).hasSize(1);
      assertThat(due.reason()).isInstanceOf(TimeoutException.class);
      assertThat(made.getLast().isCancelled()).isFalse();
    }
  }

  @Test
  void afterHasNoThreadOfOurs() throws Exception {
    var long1 = CancelHandle.after(Duration.ofDays(1));
    var done = new CountDownLatch(1);
    var _ = CancelHandle.after(Duration.ZERO).onCancel(_ -> done.countDown());
    done.await();
    long1.cancel("not needed");
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !thread.isDaemon())
        .extracting(Thread::getName)
        .noneMatch(name -> name.contains("highwater") || name.contains("Delay"));
  }

  @Test
  void aTimeBelowZeroIsRefusedAndAVeryLongOneIsNot() {
    assertThatThrownBy(() -> CancelHandle.after(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: zero or more");
    var forEver = CancelHandle.after(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(forEver.isCancelled()).isFalse();
    forEver.cancel("not needed");
  }

  @Test
  void aProcessDoesNotWaitForATimeout() throws Exception {
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Waits.class.getName())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("it ended").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /// A program that ends at once, but for a timeout of an hour.
  static final class Waits {
    public static void main(String[] arguments) {
      var _ = CancelHandle.after(Duration.ofHours(1));
    }
  }

  // ---------------------------------------------------------------- threads

  /// Each round: threads that cancel, listen, and listen and leave, at a handle and at one that follows it.
  @Test
  void everyListenerIsToldOnceWhoeverCancelsWhen() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("CancelHandleTest -Dseed=" + seed);
    var random = new Random(seed);
    int threads = 4;
    var barrier = new CyclicBarrier(threads + 1);
    var round = new Round[1];
    var failures = Collections.synchronizedList(new ArrayList<Throwable>());
    var workers = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int number = t;
      workers.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < ROUNDS; i++) {
                        barrier.await();
                        round[0].work(number);
                        barrier.await();
                      }
                    } catch (Throwable thrown) {
                      failures.add(thrown);
                      barrier.reset();
                    }
                  }));
    }
    for (int i = 0; i < ROUNDS && failures.isEmpty(); i++) {
      var now = new Round(random.nextInt());
      round[0] = now;
      barrier.await();
      barrier.await();
      now.check(i);
    }
    for (var worker : workers) worker.join();
    assertThat(failures).isEmpty();
  }

  private static final class Round {
    final int mix;
    final CancelHandle first = new CancelHandle();
    final CancelHandle second = new CancelHandle();
    final CancelHandle any = CancelHandle.any(first, second);
    final AtomicInteger told = new AtomicInteger();
    final AtomicInteger stayed = new AtomicInteger();
    final List<Throwable> reasons = Collections.synchronizedList(new ArrayList<>());

    Round(int mix) {
      this.mix = mix;
    }

    void work(int number) {
      int choice = (mix >>> (4 * number)) & 15;
      for (int spin = 0; spin < choice * 20; spin++) Thread.onSpinWait();
      if (number == 0) {
        first.cancel("first");
        return;
      }
      if (number == 1 && choice < 8) second.cancel("second");
      for (int i = 0; i < 4; i++) {
        var leaves = any.onCancel(_ -> {});
        stayed.incrementAndGet();
        var _ =
            any.onCancel(
                reason -> {
                  told.incrementAndGet();
                  reasons.add(reason);
                });
        leaves.remove();
      }
    }

    void check(int number) {
      assertThat(told.get()).as("round %s", number).isEqualTo(stayed.get());
      assertThat(reasons).as("round %s", number).allMatch(reason -> reason == any.reason());
      assertThat(List.of(first.listeners(), second.listeners(), any.listeners()))
          .as("round %s", number)
          .containsOnly(0);
    }
  }
}
