package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.DuplexStream;
import highwater.StreamOptions;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A live connection: its duplex stream, and what a socket can do that a stream cannot.
///
/// Made by [Connector#openConnection()], or given to the handler of a [Server]. Source: Node 26, `net.Socket`; what that inherits
/// from its stream is at [#stream()] here. Thread rule: the strand of the stream.
public final class Connection {
  private final SocketEnds ends;
  private final DuplexStream<ByteBuffer, ByteBuffer> stream;

  private Connection(String name, NetSettings settings, SocketEnds ends) {
    this.ends = ends;
    var options = StreamOptions.bytes().withAllowHalfOpen(settings.allowHalfOpen()).named(name);
    stream = DuplexStream.of(ends, ends, options);
  }

  /// One that is connected now.
  static Connection made(String name, NetSettings settings, Strand strand, Links links) {
    return new Connection(name, settings, new SocketEnds(strand, settings.chunkBytes(), links, null));
  }

  /// One that has come.
  static Connection accepted(String name, NetSettings settings, Strand strand, Links links, SocketChannel channel) {
    return new Connection(name, settings, new SocketEnds(strand, settings.chunkBytes(), links, channel));
  }

  /// Its stream: what is written to it is sent, what its peer sends is read from it.
  ///
  /// `end` ends this side alone. A destroy before that, or with an error, resets the connection.
  public DuplexStream<ByteBuffer, ByteBuffer> stream() {
    return stream;
  }

  SocketEnds ends() {
    return ends;
  }

  /// Destroys the stream and resets the connection, also where its end was said already. Source: Node 26, `resetAndDestroy`.
  ///
  /// A Unix domain socket has no reset: its peer sees an end.
  public void resetAndDestroy() {
    ends.resetsAlways();
    stream.destroy();
  }

  /// The same with `error`, which the stream emits.
  public void resetAndDestroy(Throwable error) {
    ends.resetsAlways();
    stream.destroy(requireNonNull(error, "error"));
  }

  /// Has `told` run when no byte has moved either way for `time`, once for each such pause; `Duration.ZERO` takes it back.
  ///
  /// Nothing is closed by it, and it keeps no strand. It is no limit: that is `idleTimeout`. Source: Node 26, `setTimeout`.
  public void setTimeout(Duration time, Runnable told) {
    if (!time.isZero()) NetSettings.checkTime("timeout", time);
    ends.link().timeout(time, requireNonNull(told, "told"));
  }

  /// Turns `TCP_NODELAY` on or off, now or as soon as it is connected. Source: Node 26, `setNoDelay`.
  ///
  /// Does nothing for a Unix domain socket. Errors: `IOException` where the system refuses.
  public void setNoDelay(boolean on) throws IOException {
    ends.link().configure(settings -> settings.withNoDelay(on));
  }

  /// Turns `SO_KEEPALIVE` on or off, as [#setNoDelay] does. Source: Node 26, `setKeepAlive`.
  public void setKeepAlive(boolean on) throws IOException {
    ends.link().configure(settings -> settings.withKeepAlive(on));
  }

  /// How many bytes were received so far, of the data alone where it is encrypted. Source: Node 26, `bytesRead`.
  public long bytesRead() {
    return ends.link().readBytes();
  }

  /// How many bytes were sent so far, of the data alone where it is encrypted; without what still waits in the stream, which
  /// Node's `bytesWritten` counts.
  public long bytesWritten() {
    return ends.link().writtenBytes();
  }

  /// Whether it is not connected yet, TLS included. Source: Node 26, `connecting`.
  public boolean isConnecting() {
    return ends.link().isOpening();
  }

  /// The address of this side, or null where it is not connected.
  public @Nullable SocketAddress localAddress() {
    return ends.link().localAddress();
  }

  /// The address of its peer, or null where it is not connected.
  public @Nullable SocketAddress remoteAddress() {
    return ends.link().remoteAddress();
  }

  @Override
  public String toString() {
    return stream.toString();
  }
}
