package highwater.s3;

import highwater.pipeline.PartContext;
import highwater.strand.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/// The client of one run and its requests under way: makes the client with the first of them, ends those that stand still,
/// and closes the client with the last.
///
/// The client's own timeouts do not cover a body that nobody reads: `HttpURLConnection` writes without any. So a timer of the
/// run looks at every request, and interrupts the thread of one that is overdue. These threads are virtual, ours, and make
/// one request each.
///
/// Thread rule: [#watch] and [#close()] on the strand, the rest from any thread.
final class Connection {
  interface Request<T> {
    T send(S3Client client, Call call) throws Exception;
  }

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Access access;
  private final ReentrantLock making = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition noneUnderWay = lock.newCondition();

  // Under `making`.
  private @Nullable S3Client client;

  // Under `lock`.
  private final HashSet<Call> underWay = new HashSet<>();
  private boolean closed;

  private @Nullable Timer timer;

  Connection(Access access) {
    this.access = access;
  }

  /// Makes the client ahead of the first request, which takes its time.
  void warmUp() throws Exception {
    request((_, _) -> "");
  }

  /// Sends a request on the current thread. Throws [Overdue] for one that stood still.
  <T> T request(Request<T> request) throws Exception {
    var call = new Call(Thread.currentThread());
    lock.lock();
    try {
      underWay.add(call);
    } finally {
      lock.unlock();
    }
    try {
      return request.send(client(), call);
    } catch (Throwable thrown) {
      var overdue = call.overdue;
      throw overdue == null ? Errand.thrown(thrown) : new Overdue(overdue, thrown);
    } finally {
      end(call);
    }
  }

  private S3Client client() throws InterruptedException {
    making.lockInterruptibly();
    try {
      var made = client;
      if (made == null) client = made = access.newClient();
      return made;
    } finally {
      making.unlock();
    }
  }

  private void end(Call call) {
    boolean last;
    lock.lock();
    try {
      underWay.remove(call);
      if (underWay.isEmpty()) noneUnderWay.signalAll();
      last = closed && underWay.isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) closeClient();
  }

  /// Waits until none is under way; false when that takes longer.
  boolean awaitNone(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (!underWay.isEmpty()) {
        if (left <= 0) return false;
        left = noneUnderWay.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Looks after the requests until [#close()].
  void watch(PartContext context) {
    timer =
        context
            .strand()
            .after(Math.min(LOOK_NANOS, Math.max(1, access.idleTimeout().toNanos() / 4)), () -> look(context));
  }

  private void look(PartContext context) {
    long now = System.nanoTime();
    lock.lock();
    try {
      for (var call : underWay) call.check(now, access.idleTimeout(), access.totalTimeout());
    } finally {
      lock.unlock();
    }
    watch(context);
  }

  /// Closes the client, once no request is under way.
  void close() {
    if (timer != null) timer.cancel();
    boolean idle;
    lock.lock();
    try {
      idle = !closed && underWay.isEmpty();
      closed = true;
    } finally {
      lock.unlock();
    }
    if (idle) closeClient();
  }

  private void closeClient() {
    making.lock();
    try {
      if (client != null && access.ownsClient()) client.close();
      client = null;
    } finally {
      making.unlock();
    }
  }

  /// One request under way.
  static final class Call {
    private final Thread thread;
    private final long beganNanos = System.nanoTime();
    private volatile long movedNanos;
    private volatile boolean moving;
    private volatile @Nullable String overdue;

    private Call(Thread thread) {
      this.thread = thread;
    }

    /// Says that bytes of its body have moved, and that more are to.
    void moved() {
      movedNanos = System.nanoTime();
      moving = true;
    }

    /// Says that its body is through; what it waits for now is an answer, which the client's own timeout covers.
    void bodyEnded() {
      moving = false;
    }

    private void check(long now, Duration idle, Duration total) {
      if (overdue != null) return;
      if (now - beganNanos >= total.toNanos()) overdue = "no end after " + inWords(total);
      else if (moving && now - movedNanos >= idle.toNanos()) overdue = "not a byte moved for " + inWords(idle);
      if (overdue != null) thread.interrupt();
    }

    private static String inWords(Duration time) {
      return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
  }

  /// A request that stood still.
  static final class Overdue extends Exception {
    private static final long serialVersionUID = 1L;

    Overdue(String what, Throwable cause) {
      super(what, cause);
    }
  }
}
