package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.strand.Strand;
import highwater.strand.Timer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// One connection on one strand, from the wish for it to its close.
///
/// ```
/// begin() ─▶ OPENING ──connected──▶ SHAKING ──(TLS)──▶ OPEN ──close(), reset()──▶ CLOSED
///               │        begin(channel) ─▲
///               └────── failed, too late, its peer too still ──────▶ every call throws the failure
/// ```
///
/// Reads and writes are tried at once, on the strand. What would have blocked is noted; [#await] then has the socket watched for
/// it, and `wake` is run on the strand when it is worth trying again. Time that the peer needs counts from then, not the
/// time that this side does.
///
/// Thread rule: its strand.
final class Link implements Readiness.Watcher, Runnable {
  private enum Phase {
    NEW,
    OPENING,
    SHAKING,
    OPEN,
    CLOSED
  }

  private final Strand strand;

  /// Null where the connection is there already.
  private final @Nullable Opening opening;

  private NetSettings settings;
  private final @Nullable Function<Tls, SSLEngine> engines;

  /// What messages call it; who was waited for is named once it is there.
  private String name;

  private final Runnable wake;

  private Phase phase = Phase.NEW;
  private @Nullable IOException failure;
  private @Nullable SocketChannel channel;
  private @Nullable PlainWire socket;
  private @Nullable Wire wire;
  private Readiness.@Nullable Watch watch;

  /// What the selector was asked for and has not told.
  private int armedOps;

  /// What the selector has told and the strand has not seen; from both threads.
  private final AtomicInteger readyOps = new AtomicInteger();

  private @Nullable Timer connectTimer;
  private @Nullable Timer idleTimer;
  private long quietSinceNanos;

  /// Whether its peer is waited for, and the time that it may keep still counts.
  private boolean waits;

  /// When the peer took a byte last, or was told the end, or began to be waited for.
  private long unservedSinceNanos;

  /// Whether what the peer sends is only dropped.
  private boolean drops;

  private long readBytes;
  private long writtenBytes;
  private boolean outputEnded;

  /// Whether the settings have changed since it was begun.
  private boolean configured;

  private long timeoutNanos;
  private @Nullable Runnable timeout;
  private @Nullable Timer timeoutTimer;

  /// `engines` makes what encrypts this side, where the settings say that it is; `wake` is run on the strand.
  Link(
      Strand strand,
      @Nullable Opening opening,
      NetSettings settings,
      @Nullable Function<Tls, SSLEngine> engines,
      String name,
      Runnable wake) {
    this.strand = strand;
    this.opening = opening;
    this.settings = settings;
    this.engines = engines;
    this.name = name;
    this.wake = wake;
  }

  String name() {
    return name;
  }

  long readBytes() {
    return readBytes;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  private @Nullable SocketAddress address(Address of) {
    var open = channel;
    if (open == null) return null;
    try {
      return of.of(open);
    } catch (IOException e) {
      // It is closed.
      return null;
    }
  }

  private interface Address {
    @Nullable SocketAddress of(SocketChannel channel) throws IOException;
  }

  @Nullable SocketAddress localAddress() {
    return address(SocketChannel::getLocalAddress);
  }

  @Nullable SocketAddress remoteAddress() {
    return address(SocketChannel::getRemoteAddress);
  }

  boolean isOpening() {
    return phase == Phase.OPENING || phase == Phase.SHAKING;
  }

  // How it comes about.

  /// Begins to connect.
  void begin() {
    assert phase == Phase.NEW : phase;
    phase = Phase.OPENING;
    var begun = opening();
    connectTimer = strand.after(begun.patience().toNanos(), this::openingIsLate).unref();
    Thread.ofVirtual().name("highwater-connects " + name).start(() -> connect(begun));
  }

  private Opening opening() {
    return requireNonNull(opening, "it was there already");
  }

  private void connect(Opening opening) {
    SocketChannel connected;
    try {
      connected = opening.open();
    } catch (Throwable e) {
      strand.post(
          () -> failed(e instanceof IOException io ? io : NetErrors.moving(name, "sent", 0, new IOException(e))));
      return;
    }
    boolean posted =
        strand.post(
            () -> {
              if (phase == Phase.CLOSED || failure != null) {
                Dial.close(connected);
                return;
              }
              try {
                connected(connected);
                wake.run();
              } catch (IOException e) {
                failed(e);
              }
            });
    if (!posted) Dial.close(connected);
  }

  /// Begins with a connection that is there.
  void begin(SocketChannel accepted) throws IOException {
    assert phase == Phase.NEW : phase;
    connected(accepted);
  }

  private void connected(SocketChannel connected) throws IOException {
    channel = connected;
    connected.configureBlocking(false);
    if (opening instanceof Awaiting) name += from(connected);
    if (configured) settings.configure(connected);
    var plain = new PlainWire(connected);
    socket = plain;
    var tls = settings.tls();
    if (tls == null || engines == null) {
      wire = plain;
      opened();
      return;
    }
    wire = new TlsWire(plain, engines.apply(tls), name, this::runTasks);
    phase = Phase.SHAKING;
    // Whoever makes a connection has one limit for all; whoever waits for one counts from when it has come.
    if (!(opening instanceof Dial)) shakeWithin(settings.connect());
  }

  /// A Unix domain socket's client has no address.
  private static String from(SocketChannel connected) throws IOException {
    return connected.getRemoteAddress() instanceof InetSocketAddress client
        ? " (from " + new Endpoint.Inet(client.getHostString(), client.getPort()).at() + ")"
        : "";
  }

  private void shakeWithin(Duration time) {
    if (connectTimer != null) connectTimer.cancel();
    connectTimer = strand.after(time.toNanos(), this::openingIsLate).unref();
  }

  private void opened() {
    phase = Phase.OPEN;
    if (connectTimer != null) connectTimer.cancel();
    connectTimer = null;
  }

  private void runTasks(List<Runnable> tasks) {
    var hold = strand.offload();
    Thread.ofVirtual()
        .name("highwater-tls " + name)
        .start(
            () -> {
              try {
                // A task keeps what it throws for the engine's next call.
                for (var task : tasks) task.run();
              } finally {
                hold.release(this::tasksAreDone);
              }
            });
  }

  private void tasksAreDone() {
    if (wire instanceof TlsWire tls) tls.tasksAreDone();
    if (phase != Phase.CLOSED) wake.run();
  }

  private void openingIsLate() {
    connectTimer = null;
    if (phase != Phase.OPENING && phase != Phase.SHAKING) return;
    failed(phase == Phase.SHAKING ? NetErrors.late(name, "TLS", settings.connect()) : opening().late());
    if (opening != null) opening.stop();
  }

  private void failed(IOException e) {
    if (failure != null || phase == Phase.CLOSED) return;
    failure = e;
    wake.run();
  }

  // Moving bytes.

  /// Goes on with opening it; whether it is open. Throws what it failed with.
  boolean isOpen() throws IOException {
    throwFailure();
    if (phase == Phase.SHAKING && wire != null && isShaken(wire)) opened();
    return phase == Phase.OPEN;
  }

  private boolean isShaken(Wire shaking) throws IOException {
    try {
      return shaking.open();
    } catch (IOException e) {
      throw e instanceof NetErrors.Said ? e : NetErrors.noHandshake(name, e);
    }
  }

  private void throwFailure() throws IOException {
    if (failure != null) throw failure;
  }

  private Wire wire() throws IOException {
    throwFailure();
    if (wire == null || phase != Phase.OPEN) throw new AssertionError(name + " is not open: " + phase);
    return wire;
  }

  /// Reads: how many bytes came, 0 where none are there, -1 at the peer's end.
  int read(ByteBuffer to) throws IOException {
    var open = wire();
    try {
      int read = open.read(to);
      if (read > 0) {
        readBytes += read;
        moved();
      }
      return read;
    } catch (IOException e) {
      throw NetErrors.moving(name, "received", readBytes, e);
    }
  }

  /// Reads into `scratch` what nobody wants, as [#read] does.
  ///
  /// It is a sign of life, but no more: a peer that neither takes a byte nor ends is given up all the same, after
  /// [NetSettings#unserved].
  int drop(ByteBuffer scratch) throws IOException {
    var open = wire();
    drops = true;
    try {
      int read = open.read(scratch);
      if (read > 0) {
        readBytes += read;
        moved();
      }
      return read;
    } catch (IOException e) {
      // What matters of this connection is what was sent.
      throw NetErrors.moving(name, "sent", writtenBytes, e);
    }
  }

  /// Whether the selector tells when there is something to read, so that trying before is in vain.
  boolean isInputWatched() {
    return (armedOps & SelectionKey.OP_READ) != 0;
  }

  /// Writes: how many bytes were taken, 0 where there is no room.
  int write(ByteBuffer from) throws IOException {
    var open = wire();
    try {
      int written = open.write(from);
      if (written > 0) {
        writtenBytes += written;
        moved();
        unservedSinceNanos = quietSinceNanos;
      }
      return written;
    } catch (IOException e) {
      throw NetErrors.moving(name, "sent", writtenBytes, e);
    }
  }

  /// Whether the system has all that was taken.
  boolean flush() throws IOException {
    var open = wire();
    try {
      return open.flush();
    } catch (IOException e) {
      throw NetErrors.moving(name, "sent", writtenBytes, e);
    }
  }

  /// Says that no byte follows, once; true when that is said.
  boolean endOutput() throws IOException {
    if (outputEnded) return true;
    var open = wire();
    try {
      outputEnded = open.endOutput();
      if (outputEnded) unservedSinceNanos = strand.nanoTime();
      return outputEnded;
    } catch (IOException e) {
      throw NetErrors.moving(name, "sent", writtenBytes, e);
    }
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  boolean isOutputEnded() {
    return outputEnded;
  }

  private void moved() {
    if (idleTimer == null && timeout == null) return;
    quietSinceNanos = strand.nanoTime();
    if (timeout != null && timeoutTimer == null) watchTimeout(timeoutNanos);
  }

  /// Has `told` run when no byte has moved for `time`, once for each such pause; nothing where `time` is zero.
  void timeout(Duration time, Runnable told) {
    if (timeoutTimer != null) timeoutTimer.cancel();
    timeoutTimer = null;
    timeout = time.isZero() || phase == Phase.CLOSED ? null : told;
    timeoutNanos = time.toNanos();
    if (timeout == null) return;
    quietSinceNanos = strand.nanoTime();
    watchTimeout(timeoutNanos);
  }

  private void watchTimeout(long nanos) {
    timeoutTimer = strand.after(nanos, this::lookTimeout).unref();
  }

  private void lookTimeout() {
    timeoutTimer = null;
    var told = timeout;
    if (told == null || phase == Phase.CLOSED) return;
    long left = quietSinceNanos + timeoutNanos - strand.nanoTime();
    if (left > 0) watchTimeout(left);
    else told.run();
  }

  /// Changes how it is kept, now or as soon as it is there.
  void configure(UnaryOperator<NetSettings> change) throws IOException {
    settings = change.apply(settings);
    configured = true;
    if (channel != null && channel.isOpen()) settings.configure(channel);
  }

  /// Has `wake` run once what would have blocked since the last call is worth trying again. It is the peer's turn, whose time counts
  /// from the first of such calls.
  void await() throws IOException {
    watchBlocked();
    if (waits || phase != Phase.OPEN) return;
    waits = true;
    quietSinceNanos = strand.nanoTime();
    unservedSinceNanos = quietSinceNanos;
    if (idleTimer == null) watchIdle(settings.idle().toNanos());
  }

  /// The same, but it is this side's turn: the peer may keep still as long as it likes.
  void rest() throws IOException {
    watchBlocked();
    waits = false;
  }

  /// The one or the other: it is the peer's turn where something would have blocked.
  void awaitWhereBlocked() throws IOException {
    watchBlocked();
    if (armedOps == 0) waits = false;
    else await();
  }

  private void watchBlocked() throws IOException {
    if (socket == null || channel == null || phase == Phase.CLOSED) return;
    int ops = socket.takeBlockedOps() & ~armedOps;
    if (ops == 0) return;
    if (watch == null) watch = Readiness.watch(channel, this);
    armedOps |= ops;
    watch.arm(ops);
  }

  private void watchIdle(long nanos) {
    idleTimer = strand.after(nanos, this::lookIdle).unref();
  }

  private void lookIdle() {
    idleTimer = null;
    // The next wait counts from its beginning.
    if (!waits || phase != Phase.OPEN) return;
    long now = strand.nanoTime();
    long left = quietSinceNanos + settings.idle().toNanos() - now;
    long unservedLeft = drops ? unservedSinceNanos + settings.unserved().toNanos() - now : left;
    if (left > 0 && unservedLeft > 0) watchIdle(Math.min(left, unservedLeft));
    else if (left <= 0) failed(NetErrors.idle(name, settings.idle()));
    else failed(NetErrors.unserved(name, outputEnded, settings.unserved()));
  }

  /// On the selector's thread.
  @Override
  public void ready(int ops) {
    int all = ops == 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : ops;
    if (readyOps.getAndUpdate(before -> before | all) == 0) strand.post(this);
  }

  /// The socket is worth trying again.
  @Override
  public void run() {
    armedOps &= ~readyOps.getAndSet(0);
    if (phase == Phase.CLOSED) return;
    if (idleTimer != null) quietSinceNanos = strand.nanoTime();
    wake.run();
  }

  /// What it waits for now, or null.
  @Nullable String waitsFor() {
    return switch (phase) {
      case OPENING -> opening().waitsFor();
      case SHAKING -> "TLS with " + name;
      case OPEN -> armedOps == 0 ? null : ((armedOps & SelectionKey.OP_WRITE) != 0 ? "room at " : "bytes of ") + name;
      case NEW, CLOSED -> null;
    };
  }

  // Its end.

  /// Closes it: the peer sees an end, where it was not told one already; with TLS if that goes without waiting.
  void close() {
    if (phase == Phase.OPEN && !outputEnded && failure == null && wire instanceof TlsWire tls) sayEnd(tls);
    end();
  }

  private static void sayEnd(TlsWire tls) {
    try {
      tls.endOutput();
    } catch (IOException e) {
      // The peer is gone, or sees for itself that it is not the end.
    }
  }

  /// Closes it so that the peer sees a reset, where its kind has one; the peer of a handshake that is not over sees it end
  /// early, behind the reason that TLS tells.
  void reset() {
    if (phase == Phase.OPEN) setLinger();
    end();
  }

  private void setLinger() {
    var open = channel;
    if (open == null) return;
    try {
      SocketOption<Integer> linger = StandardSocketOptions.SO_LINGER;
      if (open.supportedOptions().contains(linger)) open.setOption(linger, 0);
    } catch (IOException e) {
      // It is closed already, or broken: no end can be seen any more.
    }
  }

  private void end() {
    if (phase == Phase.CLOSED) return;
    if (phase == Phase.OPENING) opening().stop();
    phase = Phase.CLOSED;
    if (connectTimer != null) connectTimer.cancel();
    if (idleTimer != null) idleTimer.cancel();
    if (timeoutTimer != null) timeoutTimer.cancel();
    if (channel != null) Dial.close(channel);
    if (watch != null) watch.letGo();
  }
}
