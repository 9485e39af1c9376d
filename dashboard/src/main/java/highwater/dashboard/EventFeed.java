package highwater.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One kind of server-sent events, for a bounded number of viewers.
///
/// While there are viewers a thread, the *beat*, makes one document each period and lays it before each of them; what a
/// viewer has not begun to take by then is replaced, so a slow one skips and nobody else notices. A viewer that does not
/// take one document within [#TAKE_NANOS_MAX] is gone for us. Without viewers there is no thread and nothing is made.
///
/// Thread rule: any thread; `lock` guards the viewers and the beat, each viewer's monitor what lies before it.
final class EventFeed {
  /// How long a viewer may take for one document.
  static final long TAKE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private static final byte[] FIRST = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Duration period;
  private final Supplier<String> newest;
  private final int viewersMax;
  private final Object lock = new Object();

  // Guarded by lock.
  private final List<Viewer> viewers = new ArrayList<>();
  private boolean beating;
  private boolean finished;

  EventFeed(Duration period, Supplier<String> newest, int viewersMax) {
    this.period = period;
    this.newest = newest;
    this.viewersMax = viewersMax;
  }

  /// How many viewers there are.
  int viewers() {
    synchronized (lock) {
      return viewers.size();
    }
  }

  /// Takes the exchange over, or returns false where there are enough viewers or the feed is finished.
  boolean admit(HttpExchange exchange) throws IOException {
    var viewer = new Viewer(exchange);
    synchronized (lock) {
      if (finished || viewers.size() >= viewersMax) return false;
      viewers.add(viewer);
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
    } catch (IOException e) {
      remove(viewer);
      throw e;
    }
    viewer.thread.start();
    beginBeat();
    return true;
  }

  private void beginBeat() {
    synchronized (lock) {
      if (beating || finished) {
        // It need not wait for the period.
        lock.notifyAll();
        return;
      }
      beating = true;
    }
    Thread.ofPlatform().daemon().name("highwater-beat").start(this::beat);
  }

  private void beat() {
    while (isWanted()) {
      byte[] event = event("");
      synchronized (lock) {
        for (var viewer : viewers) viewer.lay(event, false);
        if (finished) continue;
        try {
          lock.wait(period.toMillis());
        } catch (InterruptedException e) {
          throw new AssertionError("nobody interrupts the beat", e);
        }
      }
    }
  }

  private boolean isWanted() {
    synchronized (lock) {
      beating = !finished && !viewers.isEmpty();
      return beating;
    }
  }

  /// A document that cannot be made is an event too: the page says so, and the next one may be better.
  private byte[] event(String name) {
    try {
      String text;
      synchronized (newest) {
        text = newest.get();
      }
      assert text.indexOf('\n') < 0 && text.indexOf('\r') < 0 : "one line: " + text;
      return bytes((name.isEmpty() ? "" : "event: " + name + "\n") + "data: " + text + "\n\n");
    } catch (RuntimeException e) {
      return bytes("event: trouble\ndata: " + String.valueOf(e).replaceAll("[\\r\\n]+", " ") + "\n\n");
    }
  }

  private static byte[] bytes(String event) {
    return event.getBytes(StandardCharsets.UTF_8);
  }

  /// Lays the newest document before all viewers as their last one; admits no more.
  void finish() {
    List<Viewer> last;
    synchronized (lock) {
      if (finished) return;
      finished = true;
      last = List.copyOf(viewers);
      lock.notifyAll();
    }
    if (last.isEmpty()) return;
    byte[] event = event("last");
    for (var viewer : last) viewer.lay(event, true);
  }

  /// Waits for the viewers to go, and ends those that are still there at `deadlineNanos`.
  void awaitEnd(long deadlineNanos) {
    synchronized (lock) {
      try {
        for (long left; !viewers.isEmpty() && (left = deadlineNanos - System.nanoTime()) > 0; ) {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        }
      } catch (InterruptedException e) {
        // Whoever closes is in a hurry.
        Thread.currentThread().interrupt();
      }
      for (var viewer : viewers) viewer.thread.interrupt();
    }
  }

  private void remove(Viewer viewer) {
    synchronized (lock) {
      viewers.remove(viewer);
      lock.notifyAll();
    }
  }

  /// One connection, and the thread that writes to it.
  private final class Viewer {
    private final HttpExchange exchange;
    private final Thread thread = Thread.ofPlatform().daemon().name("highwater-viewer").unstarted(this::show);

    // Guarded by this.
    private byte @Nullable [] laid;
    private boolean isLast;
    private long takingSinceNanos;
    private boolean taking;

    Viewer(HttpExchange exchange) {
      this.exchange = exchange;
    }

    /// Replaces what lies here. Whoever has taken too long for the one before is ended.
    synchronized void lay(byte[] event, boolean last) {
      if (isLast) return;
      laid = event;
      isLast = last;
      notifyAll();
      // An interrupt closes the channel that the thread writes to.
      if (taking && System.nanoTime() - takingSinceNanos > TAKE_NANOS_MAX) thread.interrupt();
    }

    private void show() {
      try (exchange) {
        var out = exchange.getResponseBody();
        write(out, FIRST);
        while (write(out, next())) {}
      } catch (IOException | InterruptedException e) {
        // The page was closed, or was too slow.
      } finally {
        remove(this);
      }
    }

    private synchronized byte[] next() throws InterruptedException {
      byte[] event;
      while ((event = laid) == null) wait();
      laid = null;
      return event;
    }

    /// Returns whether more are to come.
    private boolean write(OutputStream out, byte[] event) throws IOException {
      synchronized (this) {
        taking = true;
        takingSinceNanos = System.nanoTime();
      }
      out.write(event);
      out.flush();
      synchronized (this) {
        taking = false;
        return !isLast || laid != null;
      }
    }
  }
}
