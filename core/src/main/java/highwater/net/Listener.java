package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.strand.Hosting;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/// Waits for connections at one place: a server of many, or one that is read or written; made by
/// [NetStreams#listen(String, int)].
///
/// Immutable, and serves any number of servers and runs; a port that is not 0, and a path, one at a time. Thread rule: any thread.
public final class Listener {
  /// How many connections of a server are open at once, where nothing else is said.
  public static final int DEFAULT_MAX_CONNECTIONS = 1000;

  private final Endpoint endpoint;
  private final NetSettings settings;
  private final Manner manner;

  Listener(Endpoint endpoint) {
    this(endpoint, NetSettings.DEFAULT, Manner.DEFAULT);
  }

  private Listener(Endpoint endpoint, NetSettings settings, Manner manner) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.manner = manner;
  }

  private Listener with(NetSettings settings) {
    return new Listener(endpoint, settings, manner);
  }

  private Listener with(Consumer<Manner.Draft> change) {
    return new Listener(endpoint, settings, manner.with(change));
  }

  /// The same that lets a server have at most `count` connections at once (default 1000): 1 to 1,000,000.
  ///
  /// One more is reset at once, and counted in [Server#droppedConnections()]. Source: Node 26, `server.maxConnections`, which is
  /// not limited by default and closes the others politely: that would look like an empty answer.
  public Listener maxConnections(int count) {
    return with(draft -> draft.connectionsMax = count);
  }

  /// The same whose server, when it has all its connections, leaves further ones waiting in the system until one is over, or resets
  /// them (default).
  public Listener waitWhenFull(boolean on) {
    return with(draft -> draft.waitsWhenFull = on);
  }

  /// The same with room for about `count` connections that wait in the system to be accepted (default 511, as in Node): 1 to 65,535;
  /// the system may give less.
  public Listener backlog(int count) {
    return with(draft -> draft.backlog = count);
  }

  /// The same whose server has the strands of its connections driven by `hosting` (default file hosts).
  public Listener hosting(Hosting hosting) {
    requireNonNull(hosting, "hosting");
    return with(draft -> draft.hosting = hosting);
  }

  /// The same whose server tells `told` what the strand of a connection failed with, on any thread; it must be short.
  ///
  /// By default what the network did is counted alone ([Server#failedConnections()]), and what a handler throws goes to the
  /// thread's uncaught exception handler, as the cause of an `IllegalStateException` that names the connection.
  public Listener onFailure(Consumer<? super Throwable> told) {
    requireNonNull(told, "told");
    return with(draft -> draft.failures = told);
  }

  /// The same that tells `told` the address, with its real port, as soon as it listens; on any thread.
  public Listener onListening(Consumer<? super SocketAddress> told) {
    requireNonNull(told, "told");
    return with(draft -> draft.listening = told);
  }

  /// The same whose [#origin()] and [#target()] give up when nobody has connected after `time` (default 24 h).
  public Listener acceptTimeout(Duration time) {
    return with(draft -> draft.patience = time);
  }

  /// The same that gives up a connection whose TLS is not there after `time` (default 10 s).
  public Listener handshakeTimeout(Duration time) {
    return with(settings.withTimeouts(time, settings.idle()));
  }

  /// The same that gives up a connection whose peer is waited for and moves no byte for `time` (default 5 minutes).
  public Listener idleTimeout(Duration time) {
    return with(settings.withTimeouts(settings.connect(), time));
  }

  /// The same with `TCP_NODELAY` on (default) or off.
  public Listener noDelay(boolean on) {
    return with(settings.withNoDelay(on));
  }

  /// The same with `SO_KEEPALIVE` on (default) or off.
  public Listener keepAlive(boolean on) {
    return with(settings.withKeepAlive(on));
  }

  /// The same whose duplexes stay writable after their peer's end, or are ended then (default). Source: Node's `net.Server`.
  public Listener allowHalfOpen(boolean on) {
    return with(settings.withAllowHalfOpen(on));
  }

  /// The same that gives chunks of at most `bytes` (default 64 KiB): 1 to 16 MiB.
  public Listener chunk(int bytes) {
    return with(settings.withChunk(bytes));
  }

  /// The same with buffers of the system of about these sizes, in bytes; 0 (default) leaves them to the system.
  public Listener systemBuffers(int sendBytes, int receiveBytes) {
    return with(settings.withSystemBuffers(sendBytes, receiveBytes));
  }

  /// The same, encrypted; throws `IllegalArgumentException` for TLS without a certificate, which is a client's.
  public Listener tls(Tls tls) {
    requireNonNull(tls, "tls").checkServer(endpoint);
    return with(settings.withTls(tls));
  }

  /// The same whose [#target()] waits for the peer's end after its own (default), or does not, as [Connector#awaitPeerEnd].
  public Listener awaitPeerEnd(boolean on) {
    return with(draft -> draft.awaitsPeerEnd = on);
  }

  /// What messages call it, such as `tcp-listen://HOST:PORT`; one connection that has come is named by its peer too.
  public String name() {
    return endpoint.listening(settings.tls() != null);
  }

  /// Starts a server whose connections `handler` serves, each on a strand of its own, until it is shut down or closed.
  ///
  /// Errors: `IOException` where the address is in use or cannot be listened at; what [#onListening] throws, and nobody listens then.
  /// May wait for a name to be looked up.
  public Server start(ConnectionHandler handler) throws IOException {
    requireNonNull(handler, "handler");
    var entrance = Entrance.open(endpoint, settings, manner.backlog());
    try {
      manner.listening().accept(entrance.address());
      var name = Endpoint.of(entrance.address()).listening(settings.tls() != null);
      return Server.start(name, entrance, settings, manner, handler);
    } catch (Throwable thrown) {
      // The caller has no server that it could close.
      entrance.close();
      throw thrown;
    }
  }

  /// The recipe that waits for one connection, and reads it to its end; it sends nothing, and nobody else is let in.
  ///
  /// Whole when the peer has ended, as [Connector#origin()].
  public PullOrigin<ByteBuffer> origin() {
    return new SocketOrigin(name(), settings, this::link);
  }

  /// The recipe that waits for one connection, and writes to it; nobody else is let in.
  ///
  /// It ends as [Connector#target()] does.
  public PullTarget<ByteBuffer> target() {
    return new SocketTarget(name(), settings, manner.awaitsPeerEnd(), this::link);
  }

  private Link link(Strand strand, Runnable wake) {
    var opening = new Awaiting(endpoint, settings, manner.patience(), manner.listening());
    return new Link(strand, opening, settings, Tls::serverEngine, name(), wake);
  }

  @Override
  public String toString() {
    return name();
  }
}
