package highwater.net;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes one connection to an endpoint: tries all addresses of its host in turn.
final class Dial implements Opening {
  private final Endpoint endpoint;
  private final NetSettings settings;

  // Under the lock of this object, both that follow.
  private boolean stopped;
  private @Nullable SocketChannel stoppable;

  Dial(Endpoint endpoint, NetSettings settings) {
    this.endpoint = endpoint;
    this.settings = settings;
  }

  @Override
  public void stop() {
    SocketChannel open;
    synchronized (this) {
      stopped = true;
      open = stoppable;
    }
    if (open != null) close(open);
  }

  /// From now on a stop closes `channel`.
  private synchronized void stopsBy(@Nullable SocketChannel channel) throws IOException {
    stoppable = channel;
    if (!stopped) return;
    if (channel != null) close(channel);
    throw new IOException("stopped");
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is given up, whatever the system says of it.
    }
  }

  @Override
  public SocketChannel open() throws IOException {
    @Nullable IOException first = null;
    for (var address : addresses()) {
      try {
        return connect(address);
      } catch (IOException | UnsupportedOperationException e) {
        if (first == null) first = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        stopsBy(null);
      }
    }
    throw failure(requireNonNull(first));
  }

  private List<? extends SocketAddress> addresses() throws IOException {
    return switch (endpoint) {
      case Endpoint.Unix(var path) -> List.of(UnixDomainSocketAddress.of(path));
      case Endpoint.Inet(var host, var port) -> {
        try {
          yield Arrays.stream(InetAddress.getAllByName(host)).map(each -> new InetSocketAddress(each, port)).toList();
        } catch (UnknownHostException e) {
          throw failure(e);
        }
      }
    };
  }

  private IOException failure(IOException cause) {
    return NetErrors.connecting(endpoint, settings.tls() != null, cause);
  }

  private SocketChannel connect(SocketAddress address) throws IOException {
    var channel = endpoint.isUnix() ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    try {
      stopsBy(channel);
      settings.prepare(channel);
      channel.connect(address);
      stopsBy(null);
      return channel;
    } catch (Throwable thrown) {
      close(channel);
      throw thrown;
    }
  }

  @Override
  public String waitsFor() {
    return "a connection to " + endpoint.name(settings.tls() != null);
  }

  @Override
  public Duration patience() {
    return settings.connect();
  }

  @Override
  public IOException late() {
    return NetErrors.late(endpoint.name(settings.tls() != null), waitsFor(), settings.connect());
  }
}
