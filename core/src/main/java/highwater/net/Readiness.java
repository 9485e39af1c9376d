package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.strand.HighwaterThread;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells when sockets that would have blocked are ready: one selector, and its daemon thread while any socket is watched.
///
/// What is armed is told once: the interest is taken back before the watcher hears of it, so a socket that nobody uses costs
/// nothing, and one that stays ready does not spin. It is looked at after it was armed, so what became ready before is not
/// missed. Thread rule: any thread.
final class Readiness {
  /// Who waits for a socket.
  interface Watcher {
    /// The socket is ready for `ops` (of [SelectionKey]), 0 where nobody will look any more: try it and see. On the
    /// selector's thread: must be a few instructions.
    void ready(int ops);
  }

  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(10);
  private static @Nullable Readiness shared;

  private final Selector selector;
  private final HighwaterThread thread;

  private Readiness(Selector selector) {
    this.selector = selector;
    thread = HighwaterThread.start("selector", this::run);
  }

  /// Watches `channel`, which is non-blocking, for `watcher`; nothing is armed yet. Closing the channel ends it, after
  /// [Watch#letGo].
  static synchronized Watch watch(SelectableChannel channel, Watcher watcher) throws IOException {
    var readiness = shared;
    if (readiness == null) shared = readiness = new Readiness(Selector.open());
    return new Watch(readiness, channel.register(readiness.selector, 0, watcher));
  }

  /// One socket that is watched.
  ///
  /// @param readiness who watches it
  /// @param key the selector's key
  record Watch(Readiness readiness, SelectionKey key) {
    /// Has the watcher told once when the socket is ready for one of `ops`.
    void arm(int ops) {
      try {
        key.interestOpsOr(ops);
      } catch (CancelledKeyException e) {
        // Closed meanwhile: whoever closed it knows.
        return;
      }
      readiness.wakeUp();
    }

    /// The channel was closed: the descriptor goes when the selector has let go of it, which is when the peer sees a reset.
    void letGo() {
      readiness.selector.wakeup();
    }
  }

  /// A channel that may be watched was closed by somebody else than its strand.
  static synchronized void letGoOfClosed() {
    if (shared != null) shared.selector.wakeup();
  }

  private void wakeUp() {
    if (Thread.currentThread() != thread) selector.wakeup();
  }

  private void run() {
    try {
      while (!isOver()) selector.select(Readiness::tell, IDLE_MILLIS);
    } catch (IOException | RuntimeException | Error broken) {
      stop();
      throw new IllegalStateException("the selector of the sockets failed: " + broken, broken);
    }
  }

  private static void tell(SelectionKey key) {
    int ready;
    try {
      ready = key.readyOps();
      key.interestOpsAnd(~ready);
    } catch (CancelledKeyException e) {
      return;
    }
    ((Watcher) requireNonNull(key.attachment())).ready(ready);
  }

  /// Ends it where nobody has been watched for a while; the next socket makes a new one.
  private boolean isOver() throws IOException {
    synchronized (Readiness.class) {
      if (!selector.keys().isEmpty() || idleSelects++ == 0) {
        if (!selector.keys().isEmpty()) idleSelects = 0;
        return false;
      }
      shared = null;
      selector.close();
      return true;
    }
  }

  /// How many looks in a row found nobody to watch; under the lock of the class.
  private int idleSelects;

  private void stop() {
    synchronized (Readiness.class) {
      if (shared == this) shared = null;
    }
    for (var key : selector.keys()) ((Watcher) requireNonNull(key.attachment())).ready(0);
  }
}
