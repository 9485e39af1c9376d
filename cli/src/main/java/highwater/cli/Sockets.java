package highwater.cli;

import static java.util.Objects.requireNonNull;

import highwater.net.Connector;
import highwater.net.Listener;
import highwater.net.NetStreams;
import highwater.net.Tls;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Makes recipes of sockets: connections that are made, and places where one is waited for.
final class Sockets {
  private final Settings settings;
  private final Consumer<String> remark;

  /// Makes one; `remark` is told where a connection is waited for.
  Sockets(Settings settings, Consumer<String> remark) {
    this.settings = settings;
    this.remark = remark;
  }

  /// The recipe that reads `end`.
  PullOrigin<ByteBuffer> origin(End.Connection end) throws CommandException {
    int mark = settings.markBytes();
    return switch (end) {
      case End.Socket socket -> chunked(connector(socket), mark).origin();
      case End.UnixSocket socket -> chunked(connector(socket), mark).origin();
      case End.Listening place -> chunked(listener(place), mark).origin();
      case End.UnixListening place -> chunked(listener(place), mark).origin();
    };
  }

  private static Connector chunked(Connector connector, int mark) {
    return mark == 0 ? connector : connector.chunk(mark);
  }

  private static Listener chunked(Listener listener, int mark) {
    return mark == 0 ? listener : listener.chunk(mark);
  }

  /// The recipe that writes `end`.
  PullTarget<ByteBuffer> target(End.Connection end) throws CommandException {
    boolean awaitsEnd = !peers().sendOnly();
    return switch (end) {
      case End.Socket socket -> connector(socket).awaitPeerEnd(awaitsEnd).target();
      case End.UnixSocket socket -> connector(socket).awaitPeerEnd(awaitsEnd).target();
      case End.Listening place -> listener(place).awaitPeerEnd(awaitsEnd).target();
      case End.UnixListening place -> listener(place).awaitPeerEnd(awaitsEnd).target();
    };
  }

  private Peers peers() {
    return settings.peers();
  }

  // Connections that are made.

  private Connector connector(End.Socket socket) throws CommandException {
    var connector = timed(NetStreams.connect(socket.host(), socket.port()));
    return socket.tls() ? connector.tls(client()) : connector;
  }

  private Connector connector(End.UnixSocket socket) {
    return timed(NetStreams.connect(socket.path()));
  }

  private Connector timed(Connector connector) {
    var timed = Ends.set(connector, peers().connect(), connector::connectTimeout);
    return Ends.set(timed, peers().idle(), timed::idleTimeout);
  }

  // One connection that is waited for, and nobody else is let in; who waits for it is told where.

  private Listener listener(End.Listening place) throws CommandException {
    var listener = timed(NetStreams.listen(place.host(), place.port()));
    return place.tls() ? listener.tls(server(place)) : listener;
  }

  private Listener listener(End.UnixListening place) {
    return timed(NetStreams.listen(place.path()));
  }

  private Listener timed(Listener listener) {
    var timed = listener.onListening(address -> remark.accept("waits for a connection at " + shown(address)));
    timed = Ends.set(timed, peers().connect(), timed::acceptTimeout);
    return Ends.set(timed, peers().idle(), timed::idleTimeout);
  }

  private static String shown(SocketAddress address) {
    return address instanceof InetSocketAddress at
        ? "port "
            + at.getPort()
            + " of "
            + (at.getAddress().isAnyLocalAddress() ? "all addresses" : at.getAddress().getHostAddress())
        : address.toString();
  }

  // TLS.

  private Tls client() throws CommandException {
    String ca = peers().tlsCa();
    var trusting = ca == null ? Tls.client() : read(Flag.TLS_CA, () -> Tls.trusting(path(ca)));
    var tls = Ends.set(trusting, peers().tlsName(), trusting::peerName);
    String certificate = peers().tlsCert();
    return certificate == null ? tls : read(Flag.TLS_CERT, () -> tls.showing(path(certificate), key()));
  }

  private Path key() throws CommandException {
    return path(requireNonNull(peers().tlsKey(), "checked before"));
  }

  /// With the certificate of the options, or of the JDK's own settings.
  private Tls server(End.Listening place) throws CommandException {
    String certificate = peers().tlsCert();
    if (certificate != null) {
      var tls = read(Flag.TLS_CERT, () -> Tls.serving(path(certificate), key()));
      String ca = peers().tlsClientCa();
      return ca == null ? tls : read(Flag.TLS_CLIENT_CA, () -> tls.requiringClients(path(ca)));
    }
    String store = System.getProperty(KEY_STORE);
    if (store == null) {
      throw CommandException.usage(
          place.name()
              + ": no certificate for it (expected: --tls-cert FILE and --tls-key FILE, or HIGHWATER_OPTS=-D"
              + KEY_STORE
              + "=FILE)");
    }
    try {
      return Tls.of(SSLContext.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw CommandException.usage(
          KEY_STORE + ": cannot use " + store + ": " + root(e) + " (expected: keys, and their keyStorePassword)");
    }
  }

  /// Where the JDK is told of keys.
  private static final String KEY_STORE = "javax.net.ssl.keyStore";

  private static @Nullable String root(Throwable error) {
    var root = error;
    for (var cause = root.getCause(); cause != null; cause = cause.getCause()) root = cause;
    return root.getMessage();
  }

  private static Path path(String file) throws CommandException {
    return End.File.of(file).path();
  }

  private interface Reading {
    Tls read() throws IOException, CommandException;
  }

  /// What `reading` makes of the files that `flag` names.
  private static Tls read(Flag flag, Reading reading) throws CommandException {
    try {
      return reading.read();
    } catch (FileSystemException e) {
      throw CommandException.usage(
          "--" + flag.word + ": cannot read " + e.getFile() + " (expected: a PEM file; check its name)");
    } catch (IOException e) {
      throw CommandException.usage("--" + flag.word + ": " + e.getMessage());
    }
  }
}
