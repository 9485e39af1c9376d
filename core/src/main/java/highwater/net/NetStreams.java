package highwater.net;

import highwater.DuplexStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Makes the recipes of sockets: connections of TCP, of Unix domain sockets and of TLS.
///
/// All have limits on time: 10 s to connect, TLS included, and 5 minutes in which a peer that is waited for moves no byte. A run
/// that fails or is cancelled resets its connection, so that the peer does not take what it has for whole; a Unix domain socket
/// has no reset, and its peer sees an end.
public final class NetStreams {
  private NetStreams() {}

  /// Connections to `port` of `host`, which is looked up for each; throws `IllegalArgumentException` for what can be neither.
  public static Connector connect(String host, int port) {
    return new Connector(new Endpoint.Inet(host, port), NetSettings.DEFAULT, true);
  }

  /// Connections to an `InetSocketAddress` or a `UnixDomainSocketAddress`; throws `IllegalArgumentException` for another.
  public static Connector connect(SocketAddress address) {
    return new Connector(Endpoint.of(address), NetSettings.DEFAULT, true);
  }

  /// Connections to the Unix domain socket at `path`.
  public static Connector connect(Path path) {
    return new Connector(new Endpoint.Unix(path), NetSettings.DEFAULT, true);
  }

  /// What listens at `port` of `host`, an address of this machine (`0.0.0.0` or `::` for all of them); port 0 takes a free one. Throws
  /// `IllegalArgumentException` for what can be neither.
  public static Listener listen(String host, int port) {
    return new Listener(new Endpoint.Inet(host, port));
  }

  /// What listens at an `InetSocketAddress` or a `UnixDomainSocketAddress`; throws `IllegalArgumentException` for another.
  public static Listener listen(SocketAddress address) {
    return new Listener(Endpoint.of(address));
  }

  /// What listens at a Unix domain socket that it makes at `path`, and removes when it listens no more.
  public static Listener listen(Path path) {
    return new Listener(new Endpoint.Unix(path));
  }

  /// Lets two connections go into each other, until both directions have ended; completes when both are closed.
  ///
  /// What one sends is sent to the other, at the pace of the slower, and so is its end; the other direction goes on. A reset, a
  /// failure or a destroy of one resets the other, and is what the stage fails with. Each direction holds one chunk of the
  /// connection that it reads ([Connector#chunk]), and what the two streams held before, which goes first; from now on the streams
  /// emit no data. Keeps the strand until it is over.
  ///
  /// Strand: that of both. Errors: `IllegalArgumentException` where they are on two strands, or one; `IllegalStateException` where
  /// one has ended.
  public static CompletionStage<@Nullable Void> relay(Connection one, Connection other) {
    return Relay.ofConnections(one, other);
  }

  /// Lets two duplexes of any kind go into each other, as [#relay(Connection, Connection)] does for connections, by a pipe each way:
  /// each holds the marks of the streams.
  ///
  /// Both must have `allowHalfOpen`, or the end of one would cut off what comes back; throws `IllegalArgumentException` otherwise.
  public static CompletionStage<@Nullable Void> relay(
      DuplexStream<ByteBuffer, ByteBuffer> one, DuplexStream<ByteBuffer, ByteBuffer> other) {
    return Relay.ofStreams(one, other);
  }
}
