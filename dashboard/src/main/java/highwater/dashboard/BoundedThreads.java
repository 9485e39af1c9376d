package highwater.dashboard;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Daemon threads for exchanges, few, and no longer for each than its time when others wait: a client that sends half a
/// request and falls silent would keep its thread for ever.
///
/// Platform threads, because pipelines keep the carriers of virtual ones busy, and then somebody wants to look.
final class BoundedThreads extends ThreadPoolExecutor {
  private static final long IDLE_SECONDS = 10;

  private final long timeMaxNanos;

  /// Since when each thread works on its exchange; its own monitor guards it, and that a thread is interrupted for no
  /// other exchange than the one it was looked up for.
  private final Map<Thread, Long> working = new HashMap<>();

  /// At most `threads`, and as many tasks again that wait; further ones are rejected.
  BoundedThreads(int threads, Duration timeMax) {
    super(
        threads,
        threads,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(threads),
        Thread.ofPlatform().daemon().name("highwater-exchange-", 1).factory());
    allowCoreThreadTimeOut(true);
    timeMaxNanos = timeMax.toNanos();
  }

  @Override
  public void execute(Runnable exchange) {
    if (getActiveCount() == getMaximumPoolSize()) endOverdue();
    super.execute(exchange);
  }

  /// Interrupts those that are past their time, which closes the channel they read or write.
  private void endOverdue() {
    long now = System.nanoTime();
    synchronized (working) {
      working
          .entrySet()
          .removeIf(
              entry -> {
                boolean overdue = now - entry.getValue() > timeMaxNanos;
                if (overdue) entry.getKey().interrupt();
                return overdue;
              });
    }
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable exchange) {
    synchronized (working) {
      working.put(thread, System.nanoTime());
    }
    super.beforeExecute(thread, exchange);
  }

  @Override
  protected void afterExecute(Runnable exchange, @Nullable Throwable failure) {
    super.afterExecute(exchange, failure);
    synchronized (working) {
      working.remove(Thread.currentThread());
      var _ = Thread.interrupted();
    }
  }
}
