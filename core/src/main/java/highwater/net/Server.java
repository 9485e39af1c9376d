package highwater.net;

import highwater.strand.Running;
import highwater.strand.Strand;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server that listens; made by [Listener#start].
///
/// ```
///   LISTENING ──shutdown(time), close()──▶ CLOSING ──every connection is over──▶ CLOSED
///                                             └── time is up: the others are reset ──▲
/// ```
/// Each connection has a strand of its own. It counts until that has ended, and keeps it while it is open. An open server keeps no
/// process alive: its threads are daemons.
///
/// Thread rule: any thread.
public final class Server implements AutoCloseable {
  /// How long the system is left alone when it cannot give a connection, as when no descriptor is left.
  private static final long PAUSE_NANOS = 100_000_000;

  private final String name;
  private final Entrance entrance;
  private final NetSettings settings;
  private final Manner manner;
  private final ConnectionHandler handler;
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

  // Under the lock of this object, all that follow.
  private final Set<Served> open = new LinkedHashSet<>();
  private boolean closing;
  private boolean listens = true;
  private long deadlineNanos;
  private long accepted;
  private long dropped;
  private long failed;

  /// What it stopped listening for of its own accord.
  private @Nullable Throwable broken;

  private Server(String name, Entrance entrance, NetSettings settings, Manner manner, ConnectionHandler handler) {
    this.name = name;
    this.entrance = entrance;
    this.settings = settings;
    this.manner = manner;
    this.handler = handler;
  }

  static Server start(String name, Entrance entrance, NetSettings settings, Manner manner, ConnectionHandler handler) {
    loadClasses();
    var server = new Server(name, entrance, settings, manner, handler);
    Thread.ofVirtual().name("highwater-accepts " + name).start(server::acceptAll);
    return server;
  }

  /// Loads what is needed when no descriptor is left: a class that cannot be loaded then is missing for ever.
  private static void loadClasses() {
    try {
      var lookup = MethodHandles.lookup();
      for (var needed :
          List.of(
              NetErrors.class,
              NetErrors.Said.class,
              Served.class,
              Connection.class,
              SocketEnds.class,
              Link.class,
              PlainWire.class,
              Readiness.class,
              Readiness.Watch.class)) {
        lookup.ensureInitialized(needed);
      }
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /// Where it listens, with the port that it was given.
  public SocketAddress address() {
    return entrance.address();
  }

  /// The port at which it listens; throws `IllegalStateException` for a Unix domain socket.
  public int port() {
    if (entrance.address() instanceof InetSocketAddress inet) return inet.getPort();
    throw new IllegalStateException(name + " has no port (expected: a server of TCP; use address())");
  }

  /// How many connections are open now.
  public synchronized int connections() {
    return open.size();
  }

  /// How many connections were served so far, the open ones too.
  public synchronized long acceptedConnections() {
    return accepted;
  }

  /// How many connections were reset because there were too many.
  public synchronized long droppedConnections() {
    return dropped;
  }

  /// How many connections ended with a failure that nobody handled.
  public synchronized long failedConnections() {
    return failed;
  }

  /// Whether it still accepts connections.
  public synchronized boolean isListening() {
    return !closing;
  }

  /// Accepts nobody any more, and resets the connections that are not over after `time` (0 or more); completes when all are.
  ///
  /// The address is free, and the file of a Unix domain socket gone, when it completes. A second call with less time shortens it.
  /// Source: Node 26, `server.close`, which waits for ever.
  public CompletionStage<@Nullable Void> shutdown(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time: " + time + " (expected: 0 or more)");
    }
    long nanos = time.compareTo(Duration.ofDays(3650)) > 0 ? Duration.ofDays(3650).toNanos() : time.toNanos();
    long deadline = System.nanoTime() + nanos;
    boolean first;
    synchronized (this) {
      first = !closing;
      closing = true;
      if (first || deadline - deadlineNanos < 0) deadlineNanos = deadline;
      notifyAll();
    }
    entrance.close();
    if (first) Thread.ofVirtual().name("highwater-shuts " + name).start(this::awaitAll);
    return closed.minimalCompletionStage();
  }

  /// Accepts nobody any more, resets what is open, and returns at once; [#whenClosed()] tells when all is over.
  @Override
  public void close() {
    var _ = shutdown(Duration.ZERO);
  }

  /// Completes when it has been shut down and the last connection is over; with a failure where the server had to give up listening.
  public CompletionStage<@Nullable Void> whenClosed() {
    return closed.minimalCompletionStage();
  }

  // Accepting, on a virtual thread.

  private void acceptAll() {
    try {
      while (hasRoom()) acceptOne();
    } catch (Throwable thrown) {
      giveUp(thrown);
    } finally {
      synchronized (this) {
        listens = false;
        notifyAll();
      }
    }
  }

  /// Whatever it meets is told and tried again: memory and descriptors come back.
  private void acceptOne() throws InterruptedException {
    try {
      admit(entrance.accept());
    } catch (Throwable thrown) {
      if (!isListening()) return;
      tell(thrown instanceof IOException e ? NetErrors.accepting(name, e) : thrown);
      pause();
    }
  }

  /// Listens no more, as not even telling goes any more; the connections go on to their ends.
  private void giveUp(Throwable thrown) {
    synchronized (this) {
      broken = thrown;
    }
    var _ = shutdown(Duration.ofDays(3650));
  }

  /// Waits until another connection may be accepted; false when none may any more.
  private synchronized boolean hasRoom() throws InterruptedException {
    while (!closing && manner.waitsWhenFull() && open.size() >= manner.connectionsMax()) wait();
    return !closing;
  }

  private synchronized void pause() throws InterruptedException {
    long until = System.nanoTime() + PAUSE_NANOS;
    for (long left; !closing && (left = until - System.nanoTime()) > 0; ) TimeUnit.NANOSECONDS.timedWait(this, left);
  }

  private void admit(SocketChannel channel) {
    var served = new Served(channel);
    synchronized (this) {
      if (!closing && open.size() < manner.connectionsMax()) {
        open.add(served);
        accepted++;
      } else {
        served.dropped = true;
        if (!closing) dropped++;
      }
    }
    if (served.dropped) {
      served.reset();
      return;
    }
    try {
      served.begin();
    } catch (Throwable thrown) {
      served.reset();
      over(served, thrown);
    }
  }

  private void over(Served served, @Nullable Throwable error) {
    // Before it counts as over: whoever waits for that has been told everything then.
    if (error != null) tell(error, served.peer);
    synchronized (this) {
      open.remove(served);
      if (error != null) failed++;
      notifyAll();
    }
  }

  private void tell(Throwable error) {
    tell(error, name);
  }

  private void tell(Throwable error, String who) {
    var told = manner.failures();
    var thread = Thread.currentThread();
    try {
      if (told != null) told.accept(error);
      else if (!(error instanceof NetErrors.Said)) throw NetErrors.handler(who, error);
    } catch (Throwable thrown) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
  }

  // Closing, on a virtual thread.

  private void awaitAll() {
    try {
      if (!awaitOver()) resetAll();
    } catch (InterruptedException e) {
      throw neverInterrupted(e);
    }
    Throwable thrown;
    synchronized (this) {
      thrown = broken;
    }
    if (thrown == null) closed.complete(null);
    else closed.completeExceptionally(thrown);
  }

  private void resetAll() throws InterruptedException {
    for (var each : stillOpen()) each.destroy();
    synchronized (this) {
      deadlineNanos = System.nanoTime() + 2 * Strand.LEFT_BEHIND_AFTER_NANOS;
    }
    // A strand whose handler does not return takes no turn: its connection goes all the same.
    if (!awaitOver()) for (var each : stillOpen()) each.reset();
  }

  /// Waits until nothing is open, or the time is up; whether nothing is.
  private synchronized boolean awaitOver() throws InterruptedException {
    while (listens || !open.isEmpty()) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0 && !listens) return false;
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
    }
    return true;
  }

  /// Its threads are virtual ones of its own, which nobody knows.
  private static AssertionError neverInterrupted(InterruptedException e) {
    return new AssertionError("interrupted", e);
  }

  private synchronized List<Served> stillOpen() {
    return new ArrayList<>(open);
  }

  /// One connection that was accepted.
  private final class Served {
    private final SocketChannel channel;
    private boolean dropped;

    /// Set before anybody else may see this.
    private @Nullable Running running;

    /// Its strand's.
    private @Nullable Connection connection;

    /// What messages call it: its strand's, and read when that has ended.
    private String peer = name;

    Served(SocketChannel channel) {
      this.channel = channel;
    }

    void begin() {
      var started = Strand.start(manner.hosting(), this::serve);
      synchronized (Server.this) {
        running = started;
      }
      started
          .whenEnded()
          .whenComplete(
              (_, error) -> {
                Dial.close(channel);
                over(this, error instanceof CompletionException wrapped ? wrapped.getCause() : error);
              });
    }

    private void serve() throws Exception {
      var strand = Strand.current();
      // Before it is served: the peer's address is no longer known when it is gone.
      peer = peerName();
      settings.prepare(channel);
      var made =
          Connection.accepted(
              peer,
              settings,
              strand,
              (on, wake) -> new Link(on, null, settings, Tls::serverEngine, peer, wake),
              channel);
      connection = made;
      // An open connection is work, as in Node, also while its handler waits for something else.
      if (!made.ends().isClosed()) {
        strand.hold();
        made.ends().onDestroy(strand::release);
      }
      handler.serve(made);
    }

    private String peerName() throws IOException {
      var address = channel.getRemoteAddress();
      if (!(address instanceof InetSocketAddress)) return name;
      return Endpoint.of(address).name(settings.tls() != null);
    }

    /// The time is up.
    void destroy() {
      Running started;
      synchronized (Server.this) {
        started = running;
      }
      if (started == null) return;
      started
          .strand()
          .post(
              () -> {
                if (connection != null) connection.stream().destroy(NetErrors.shutDown(name));
              });
    }

    void reset() {
      try {
        if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
          channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
      } catch (IOException e) {
        // It is closed or broken already.
      }
      Dial.close(channel);
      Readiness.letGoOfClosed();
    }
  }
}
