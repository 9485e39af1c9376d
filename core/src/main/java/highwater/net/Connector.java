package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.DuplexStream;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Makes connections to one place: what is read from one, what is written to one, or a live duplex; made by
/// [NetStreams#connect(String, int)].
///
/// Immutable, and serves any number of connections. Thread rule: any thread, but for [#open()] and [#openConnection()].
public final class Connector {
  private final Endpoint endpoint;
  private final NetSettings settings;
  private final boolean awaitsPeerEnd;

  Connector(Endpoint endpoint, NetSettings settings, boolean awaitsPeerEnd) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.awaitsPeerEnd = awaitsPeerEnd;
  }

  private Connector with(NetSettings settings) {
    return new Connector(endpoint, settings, awaitsPeerEnd);
  }

  /// The same, given up when a connection does not come about in `time` (default 10 s), TLS included.
  public Connector connectTimeout(Duration time) {
    return with(settings.withTimeouts(time, settings.idle()));
  }

  /// The same, given up when a peer that is waited for moves no byte for `time` (default 5 minutes).
  public Connector idleTimeout(Duration time) {
    return with(settings.withTimeouts(settings.connect(), time));
  }

  /// The same with `TCP_NODELAY` on (default) or off.
  public Connector noDelay(boolean on) {
    return with(settings.withNoDelay(on));
  }

  /// The same with `SO_KEEPALIVE` on (default) or off.
  public Connector keepAlive(boolean on) {
    return with(settings.withKeepAlive(on));
  }

  /// The same whose duplex stays writable after its peer's end, or is ended then (default). Source: Node's `net.Socket`.
  public Connector allowHalfOpen(boolean on) {
    return with(settings.withAllowHalfOpen(on));
  }

  /// The same that gives chunks of at most `bytes` (default 64 KiB): 1 to 16 MiB.
  public Connector chunk(int bytes) {
    return with(settings.withChunk(bytes));
  }

  /// The same with buffers of the system of about these sizes, in bytes; 0 (default) leaves them to the system.
  public Connector systemBuffers(int sendBytes, int receiveBytes) {
    return with(settings.withSystemBuffers(sendBytes, receiveBytes));
  }

  /// The same, encrypted; throws `IllegalArgumentException` where nobody says which name the certificate must have.
  public Connector tls(Tls tls) {
    requireNonNull(tls, "tls").checkClient(endpoint);
    return with(settings.withTls(tls));
  }

  /// The same whose [#target()] waits for the peer's end after its own (default), or does not: then it is done when the peer has
  /// been quiet for a second, or has sent for an idle limit, for a close while it sends takes from it what it has not read.
  public Connector awaitPeerEnd(boolean on) {
    return new Connector(endpoint, settings, on);
  }

  /// What messages call it, such as `tcp://HOST:PORT`.
  public String name() {
    return endpoint.name(settings.tls() != null);
  }

  /// The recipe that reads a connection of its own to its end, and sends nothing.
  ///
  /// Whole when the peer has ended; a peer that only died looks the same without TLS, unless it reset the connection.
  public PullOrigin<ByteBuffer> origin() {
    return new SocketOrigin(name(), settings, this::link);
  }

  /// The recipe that writes to a connection of its own.
  ///
  /// It ends its side when all has succeeded, and is done when the peer has ended the other: then that has read everything, or its
  /// system resets the connection, but for a peer that shuts its side down before it closes with bytes unread, which nobody can tell.
  /// What the peer sends is read and dropped; one that sends on and on is given up after twelve idle limits.
  public PullTarget<ByteBuffer> target() {
    return new SocketTarget(name(), settings, awaitsPeerEnd, this::link);
  }

  /// Makes a live duplex on the current strand: the stream of [#openConnection()].
  public DuplexStream<ByteBuffer, ByteBuffer> open() {
    return openConnection().stream();
  }

  /// Makes a connection on the current strand, which is connected at once; what is written before waits.
  ///
  /// `end` ends this side alone; a destroy before that, or with an error, resets the connection (where Node ends it: that would
  /// look whole). Marks of 64 KiB. Source: Node 26, `net.connect`.
  public Connection openConnection() {
    return Connection.made(name(), settings, Strand.current(), this::link);
  }

  private Link link(Strand strand, Runnable wake) {
    var opening = new Dial(endpoint, settings);
    return new Link(strand, opening, settings, tls -> tls.clientEngine(endpoint), name(), wake);
  }

  @Override
  public String toString() {
    return name();
  }
}
