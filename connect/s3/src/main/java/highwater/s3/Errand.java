package highwater.s3;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One call that waits, on a virtual thread of its own: to begin an upload, to end it, to undo it.
///
/// Thread rule: any thread.
final class Errand {
  interface Body {
    void run() throws Exception;
  }

  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private final Thread thread;

  private Errand(String what, Body body, Runnable wake) {
    thread = Thread.ofVirtual().name("highwater-" + what).unstarted(() -> run(body, wake));
  }

  static Errand start(String what, Body body, Runnable wake) {
    var errand = new Errand(what, body, wake);
    errand.thread.start();
    return errand;
  }

  private void run(Body body, Runnable wake) {
    try {
      body.run();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    over.countDown();
    wake.run();
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /// Waits until it is over; false when that takes longer.
  boolean awaitEnd(long nanos) throws InterruptedException {
    return over.await(nanos, TimeUnit.NANOSECONDS);
  }

  /// What it failed with, once it is over.
  @Nullable Throwable failure() {
    return failure;
  }

  void interrupt() {
    thread.interrupt();
  }

  /// Throws what it failed with, if it did.
  void check() throws Exception {
    var thrown = failure;
    if (thrown != null) throw thrown(thrown);
  }

  static Exception thrown(Throwable failure) {
    if (failure instanceof Exception e) return e;
    if (failure instanceof Error e) throw e;
    return new IllegalStateException(failure);
  }
}
