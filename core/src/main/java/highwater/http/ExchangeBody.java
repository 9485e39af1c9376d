package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One body of an exchange, and the calls of the thread that moves it: each can be stopped, by an interrupt that closes the
/// connection's channel, and none may take longer than the limit.
///
/// A call that a limit or a stop has ended has closed the connection, whatever the server thinks of it.
final class ExchangeBody {
  static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofDays(3650);

  final HttpExchange exchange;
  private final AtomicBoolean taken = new AtomicBoolean();

  ExchangeBody(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /// `GET /huge.log`, without the query, which may hold secrets.
  String asked() {
    return exchange.getRequestMethod() + " " + Words.oneLine(exchange.getRequestURI().getRawPath());
  }

  boolean isHead() {
    return exchange.getRequestMethod().equals("HEAD");
  }

  String client() {
    return "the client of " + asked() + " at " + exchange.getRemoteAddress().getAddress().getHostAddress();
  }

  /// What a call failed with, in one line.
  String reason(IOException failure) {
    var message = String.valueOf(failure.getMessage());
    boolean gone =
        failure instanceof ClosedChannelException || message.contains("Broken pipe") || message.contains("reset");
    if (gone) return client() + " has gone";
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : Words.oneLine(message);
  }

  /// Takes the body for the one run that it has.
  void take() {
    if (!taken.getAndSet(true)) return;
    throw new IllegalStateException(
        "the body of " + asked() + " has had its run (expected: one; make the recipe once for each exchange)");
  }

  static Duration checked(Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "idle timeout: " + time + " (expected: more than 0, at most " + LONGEST.toDays() + " days)");
    }
    return time;
  }

  /// The calls of one run.
  ///
  /// Thread rule: `stop` from any thread; the rest on the run's own, which is interrupted only while a call goes on.
  static final class Calls {
    private static final long NONE = Long.MIN_VALUE;

    private final Duration idle;
    private final Thread watcher;

    // Under the lock of this object, all that follow.
    private @Nullable Thread caller;
    private long sinceNanos = NONE;
    private boolean stopped;
    private boolean late;
    private boolean closed;

    Calls(Duration idle) {
      this.idle = idle;
      watcher = Thread.ofVirtual().name("highwater-watcher").unstarted(this::watch);
    }

    void open() {
      watcher.start();
    }

    /// A call that may wait.
    interface Call<R> {
      R make() throws IOException;
    }

    <R> R make(Call<R> call) throws IOException {
      synchronized (this) {
        if (stopped) throw new IOException("the run was ended");
        // The last call ended by itself while it was given up, and nobody watches any more.
        if (late) throw late();
        caller = Thread.currentThread();
        sinceNanos = System.nanoTime();
      }
      try {
        var made = call.make();
        // The server swallows some failures, and with them what the interrupt has done.
        if (isLate()) throw late();
        return made;
      } catch (Late e) {
        throw e;
      } catch (IOException e) {
        if (isLate()) throw late();
        throw e;
      } finally {
        synchronized (this) {
          caller = null;
          sinceNanos = NONE;
          // The interrupt was for this call, and nothing that follows may see it.
          if (stopped || late) Thread.interrupted();
        }
      }
    }

    private Late late() {
      return new Late("nothing moved for " + Words.seconds(idle), false);
    }

    private synchronized boolean isLate() {
      return late;
    }

    synchronized void stop() {
      stopped = true;
      if (caller != null) caller.interrupt();
    }

    void close() {
      synchronized (this) {
        closed = true;
      }
      LockSupport.unpark(watcher);
    }

    private void watch() {
      for (long nanos = idle.toNanos(); nanos > 0; nanos = look()) LockSupport.parkNanos(this, nanos);
    }

    /// How long to look away; 0 when there is nothing to look at any more.
    private synchronized long look() {
      if (closed) return 0;
      if (sinceNanos == NONE) return idle.toNanos();
      long left = idle.toNanos() - (System.nanoTime() - sinceNanos);
      if (left > 0) return left;
      late = true;
      if (caller != null) caller.interrupt();
      return 0;
    }
  }
}
