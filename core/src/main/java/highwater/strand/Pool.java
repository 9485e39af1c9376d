package highwater.strand;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A few daemon threads that run tasks in the order they came: the file hosts, the platform hosts, the CPU workers.
///
/// A thread is started only when none is idle and fewer than `most` live, so the second run starts no more than the first;
/// one that was idle for ten seconds ends. (A `ThreadPoolExecutor` starts threads up to its size while others idle.)
/// Tasks throw nothing but `VirtualMachineError`s, which end their thread and reach its handler. Thread rule: any thread.
final class Pool {
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String name;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int started;
  private int live;
  private int idle;
  private volatile boolean waitedFor;

  Pool(String name, int most) {
    if (most < 1) throw new IllegalArgumentException("threads: " + most + " (expected: 1 or more)");
    this.name = name;
    this.most = most;
  }

  /// The most threads of this pool.
  int most() {
    return most;
  }

  /// Whether a task waits for a thread; a hint, read without the lock.
  boolean isWaitedFor() {
    return waitedFor;
  }

  /// Queues `task`; throws the error of starting a thread only where no other thread would ever run it.
  void execute(Runnable task) {
    lock.lock();
    try {
      waiting.add(task);
      waitedFor = true;
      if (waiting.size() <= idle) {
        came.signal();
      } else if (live < most) {
        live++;
        try {
          startThread();
        } catch (OutOfMemoryError noThread) {
          if (live == 0) {
            waiting.removeLastOccurrence(task);
            throw noThread;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Has an idle or a new thread run `task`; false where all are at work, and nothing has been done.
  boolean executeNow(Runnable task) {
    lock.lock();
    try {
      if (waiting.size() >= idle && live >= most) return false;
      execute(task);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void startThread() {
    boolean running = false;
    try {
      HighwaterThread.start(name + "-" + ++started, this::work);
      running = true;
    } finally {
      if (!running) live--;
    }
  }

  private void work() {
    try {
      for (Runnable task; (task = next()) != null; ) task.run();
    } catch (Throwable broken) {
      lock.lock();
      try {
        live--;
        if (!waiting.isEmpty() && live < most) {
          live++;
          startThread();
        }
      } finally {
        lock.unlock();
      }
      throw broken;
    }
  }

  /// The next task, or null when this thread was idle for long enough to end; it then counts as gone.
  private @Nullable Runnable next() {
    lock.lock();
    try {
      long left = IDLE_NANOS;
      while (waiting.isEmpty()) {
        if (left <= 0) {
          live--;
          return null;
        }
        idle++;
        try {
          left = came.awaitNanos(left);
        } catch (InterruptedException _) {
          // Nobody interrupts our threads on purpose; a stray interrupt must not end one.
        } finally {
          idle--;
        }
      }
      var task = waiting.poll();
      waitedFor = !waiting.isEmpty();
      return task;
    } finally {
      lock.unlock();
    }
  }
}
