package highwater.net;

import java.net.SocketAddress;
import java.nio.file.Path;

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
}
