package highwater.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// An address at which is listened; the file of a Unix domain socket goes with it.
///
/// Thread rule: any thread.
class Entrance implements AutoCloseable {
  private final ServerSocketChannel channel;
  private final SocketAddress address;
  private final @Nullable Path file;
  private final @Nullable Object fileKey;
  private boolean closed;

  Entrance(ServerSocketChannel channel, SocketAddress address, @Nullable Path file) throws IOException {
    this.channel = channel;
    this.address = address;
    this.file = file;
    fileKey = file == null ? null : key(file);
  }

  /// Listens at `endpoint`, with room for about `backlog` connections that nobody has accepted. May wait for a name to be
  /// looked up.
  static Entrance open(Endpoint endpoint, NetSettings settings, int backlog) throws IOException {
    var at = address(endpoint, settings.tls() != null);
    var channel =
        endpoint.isUnix() ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      if (settings.receiveBufferBytes() > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, settings.receiveBufferBytes());
      }
      channel.bind(at, backlog);
      return new Entrance(
          channel, channel.getLocalAddress(), at instanceof UnixDomainSocketAddress unix ? unix.getPath() : null);
    } catch (IOException e) {
      channel.close();
      throw NetErrors.listening(endpoint, settings.tls() != null, e);
    } catch (UnsupportedOperationException e) {
      channel.close();
      throw NetErrors.listening(endpoint, settings.tls() != null, new IOException(e.getMessage(), e));
    } catch (Throwable thrown) {
      channel.close();
      throw thrown;
    }
  }

  private static SocketAddress address(Endpoint endpoint, boolean tls) throws IOException {
    return switch (endpoint) {
      case Endpoint.Unix(var path) -> UnixDomainSocketAddress.of(path);
      case Endpoint.Inet(var host, var port) -> {
        try {
          yield new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
          throw NetErrors.unknownHost(endpoint.listening(tls), endpoint, e);
        }
      }
    };
  }

  private static @Nullable Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /// Where it listens, with the port that it was given.
  SocketAddress address() {
    return address;
  }

  /// Waits for the next connection; throws when it is closed.
  SocketChannel accept() throws IOException {
    return channel.accept();
  }

  /// Listens no more; whoever waits for a connection throws.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) return;
      closed = true;
    }
    // The file first: whoever finds it finds somebody who listens.
    removeFile();
    try {
      channel.close();
    } catch (IOException e) {
      // It listens no more, whatever the system says of it.
    }
  }

  private void removeFile() {
    if (file == null) return;
    try {
      // Somebody else may have the name by now.
      if (fileKey != null && fileKey.equals(key(file))) Files.delete(file);
    } catch (IOException e) {
      // It is gone, or cannot be removed: the next who listens there is told.
    }
  }
}
