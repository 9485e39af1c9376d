package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The few threads that are ours.
@Timeout(60)
class PoolTest {
  @Test
  void neverMoreThreadsThanItsMost() throws InterruptedException {
    var pool = new Pool("pool-test", 2);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    var done = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      pool.execute(
          () -> {
            threads.add(Thread.currentThread());
            done.countDown();
          });
    }
    done.await();
    assertThat(threads).hasSizeBetween(1, 2);
  }

  @Test
  void anIdleThreadIsTakenBeforeANewOneIsStarted() throws InterruptedException {
    var pool = new Pool("idle-test", 2);
    var threads = ConcurrentHashMap.<Thread>newKeySet();
    for (int i = 0; i < 20; i++) {
      var done = new CountDownLatch(1);
      pool.execute(
          () -> {
            threads.add(Thread.currentThread());
            done.countDown();
          });
      done.await();
      for (var thread : threads) while (thread.getState() != Thread.State.TIMED_WAITING) Thread.yield();
    }
    assertThat(threads).hasSize(1);
  }

  @Test
  void aTaskThatWaitsForAThreadIsSeen() throws InterruptedException {
    var pool = new Pool("wait-test", 1);
    var go = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    pool.execute(
        () -> {
          begun.countDown();
          awaitQuietly(go);
        });
    begun.await();
    assertThat(pool.isWaitedFor()).isFalse();
    pool.execute(done::countDown);
    assertThat(pool.isWaitedFor()).isTrue();
    go.countDown();
    done.await();
    assertThat(pool.isWaitedFor()).isFalse();
  }

  @Test
  void aTaskIsTakenNowOrNotAtAll() throws InterruptedException {
    var pool = new Pool("now-test", 1);
    var go = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    assertThat(
            pool.executeNow(
                () -> {
                  begun.countDown();
                  awaitQuietly(go);
                }))
        .isTrue();
    begun.await();
    assertThat(pool.executeNow(() -> {})).isFalse();
    assertThat(pool.isWaitedFor()).isFalse();
    go.countDown();
    var done = new CountDownLatch(1);
    while (!pool.executeNow(done::countDown)) Thread.yield();
    done.await();
  }

  @Test
  void aThreadThatBreaksIsReplaced() throws InterruptedException {
    var pool = new Pool("break-test", 1);
    var reported = new CountDownLatch(1);
    pool.execute(
        () -> {
          Thread.currentThread().setUncaughtExceptionHandler((_, _) -> reported.countDown());
          throw new StackOverflowError("on purpose");
        });
    var done = new CountDownLatch(1);
    pool.execute(done::countDown);
    reported.await();
    done.await();
  }

  @Test
  void aPoolOfNoThreadsIsRefused() {
    assertThatThrownBy(() -> new Pool("none", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
