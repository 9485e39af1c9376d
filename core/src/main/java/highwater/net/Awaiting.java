package highwater.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Listens at an endpoint until one connection has come, and takes that one.
final class Awaiting implements Opening {
  private final Endpoint endpoint;
  private final NetSettings settings;
  private final Duration patience;
  private final Consumer<? super SocketAddress> listening;

  // Under the lock of this object, both that follow.
  private boolean stopped;
  private @Nullable Entrance entrance;

  Awaiting(Endpoint endpoint, NetSettings settings, Duration patience, Consumer<? super SocketAddress> listening) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.patience = patience;
    this.listening = listening;
  }

  @Override
  public SocketChannel open() throws IOException {
    try (var opened = Entrance.open(endpoint, settings, 1)) {
      synchronized (this) {
        if (stopped) throw new IOException("stopped");
        entrance = opened;
      }
      listening.accept(opened.address());
      var channel = opened.accept();
      try {
        settings.prepare(channel);
        return channel;
      } catch (IOException e) {
        Dial.close(channel);
        throw e;
      }
    }
  }

  @Override
  public void stop() {
    Entrance open;
    synchronized (this) {
      stopped = true;
      open = entrance;
    }
    if (open != null) open.close();
  }

  @Override
  public String waitsFor() {
    return "a client that connects";
  }

  @Override
  public Duration patience() {
    return patience;
  }

  @Override
  public IOException late() {
    return NetErrors.nobodyCame(endpoint.listening(settings.tls() != null), patience);
  }
}
