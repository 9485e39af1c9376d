package highwater.net;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// Where something listens: a host and a port, or the path of a Unix domain socket.
sealed interface Endpoint {
  /// What messages call it, such as `tcp://HOST:PORT` or `unix:PATH`.
  String name(boolean tls);

  /// What messages of somebody who waits for connections there call it, such as `tcp-listen://HOST:PORT` or `unix-listen:PATH`.
  String listening(boolean tls);

  /// Whether it is a path.
  default boolean isUnix() {
    return this instanceof Unix;
  }

  /// A host and a port; the host is looked up when a connection is made. An address of IPv6 may come in brackets, and is kept
  /// without.
  record Inet(String host, int port) implements Endpoint {
    public Inet {
      if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
      if (host.isBlank()) throw new IllegalArgumentException("host: none (expected: a name or an address)");
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
    }

    @Override
    public String name(boolean tls) {
      return (tls ? "tls://" : "tcp://") + at();
    }

    @Override
    public String listening(boolean tls) {
      return (tls ? "tls-listen://" : "tcp-listen://") + at();
    }

    /// The two together; an address of IPv6 stands in brackets.
    String at() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// The path of a Unix domain socket.
  record Unix(Path path) implements Endpoint {
    @Override
    public String name(boolean tls) {
      return (tls ? "tls+unix:" : "unix:") + printable(path.toString());
    }

    @Override
    public String listening(boolean tls) {
      return (tls ? "tls+unix-listen:" : "unix-listen:") + printable(path.toString());
    }

    private static String printable(String path) {
      return path.chars().anyMatch(Character::isISOControl) ? path.replaceAll("\\p{Cntrl}", "?") : path;
    }
  }

  /// That of an address of the JDK's; throws `IllegalArgumentException` for one of another kind.
  static Endpoint of(SocketAddress address) {
    return switch (address) {
      case InetSocketAddress inet -> new Inet(inet.getHostString(), inet.getPort());
      case UnixDomainSocketAddress unix -> new Unix(unix.getPath());
      default ->
          throw new IllegalArgumentException(
              "address: " + address + " (expected: an InetSocketAddress or a UnixDomainSocketAddress)");
    };
  }
}
