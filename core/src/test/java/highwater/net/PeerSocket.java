package highwater.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// The peer's end of one connection, by the JDK's own blocking sockets: plain, with TLS, or of a Unix domain.
///
/// @param in what comes
/// @param out what goes
/// @param socket what is reset, or null where its kind has no reset
/// @param end what ends it as its protocol ends
/// @param release what lets go of it
record PeerSocket(InputStream in, OutputStream out, @Nullable Socket socket, End end, End release)
    implements AutoCloseable {
  interface End {
    void run() throws IOException;
  }

  static PeerSocket plain(Socket socket) throws IOException {
    return new PeerSocket(
        socket.getInputStream(), socket.getOutputStream(), socket, socket::shutdownOutput, socket::close);
  }

  /// With TLS over `raw`, which is closed alone.
  static PeerSocket encrypted(SSLSocket tls, Socket raw) throws IOException {
    return new PeerSocket(
        tls.getInputStream(),
        tls.getOutputStream(),
        raw,
        () -> {
          // Where nothing was said before; one that is over cannot be begun again.
          if (!tls.isInputShutdown()) tls.startHandshake();
          tls.shutdownOutput();
        },
        raw::close);
  }

  static PeerSocket unix(SocketChannel channel) {
    return new PeerSocket(
        Channels.newInputStream(channel),
        Channels.newOutputStream(channel),
        null,
        channel::shutdownOutput,
        channel::close);
  }

  /// Goes away without an end.
  void die() throws IOException {
    if (socket != null) socket.setSoLinger(true, 0);
    release.run();
  }

  @Override
  public void close() throws IOException {
    release.run();
  }
}
