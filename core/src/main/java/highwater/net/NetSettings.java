package highwater.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How connections are made and kept; what a [Connector] and a [Listener] share.
///
/// @param connect how long a connection may take to come about, TLS included
/// @param idle how long a peer that is waited for may keep still
/// @param noDelay whether small pieces are sent at once (`TCP_NODELAY`)
/// @param keepAlive whether the system asks after a peer that has long been silent (`SO_KEEPALIVE`)
/// @param allowHalfOpen whether a duplex stays writable after its peer's end
/// @param chunkBytes the read buffer, and so the largest chunk that is given
/// @param sendBufferBytes the system's buffer for sending, 0 for what the system chooses
/// @param receiveBufferBytes the system's buffer for receiving, 0 for what the system chooses
/// @param tls what encrypts it, or null for nothing
record NetSettings(
    Duration connect,
    Duration idle,
    boolean noDelay,
    boolean keepAlive,
    boolean allowHalfOpen,
    int chunkBytes,
    int sendBufferBytes,
    int receiveBufferBytes,
    @Nullable Tls tls) {
  static final int DEFAULT_CHUNK_BYTES = 64 << 10;

  /// The largest read buffer: 16 MiB.
  static final int CHUNK_BYTES_MAX = 16 << 20;

  /// How many idle limits a peer has that sends on and on where its bytes are dropped.
  private static final int UNSERVED_IDLES = 12;

  private static final int SYSTEM_BUFFER_BYTES_MAX = 1 << 30;
  private static final Duration LONGEST = Duration.ofDays(3650);

  static final NetSettings DEFAULT =
      new NetSettings(
          Duration.ofSeconds(10), Duration.ofMinutes(5), true, true, false, DEFAULT_CHUNK_BYTES, 0, 0, null);

  NetSettings {
    checkTime("connect timeout", connect);
    checkTime("idle timeout", idle);
    check("chunk", chunkBytes, 1, CHUNK_BYTES_MAX);
    check("send buffer", sendBufferBytes, 0, SYSTEM_BUFFER_BYTES_MAX);
    check("receive buffer", receiveBufferBytes, 0, SYSTEM_BUFFER_BYTES_MAX);
  }

  static void checkTime(String name, Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + ": " + time + " (expected: more than 0, at most " + LONGEST.toDays() + " days)");
    }
  }

  private static void check(String name, int bytes, int least, int most) {
    if (bytes < least || bytes > most) {
      throw new IllegalArgumentException(name + ": " + bytes + " (expected: " + least + " to " + most + " bytes)");
    }
  }

  NetSettings withTimeouts(Duration connect, Duration idle) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withNoDelay(boolean noDelay) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withKeepAlive(boolean keepAlive) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withAllowHalfOpen(boolean allowHalfOpen) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withChunk(int chunkBytes) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withSystemBuffers(int sendBufferBytes, int receiveBufferBytes) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  NetSettings withTls(@Nullable Tls tls) {
    return new NetSettings(
        connect, idle, noDelay, keepAlive, allowHalfOpen, chunkBytes, sendBufferBytes, receiveBufferBytes, tls);
  }

  /// How long a peer may go on sending what is dropped, without taking a byte or ending: an hour where nothing is said.
  Duration unserved() {
    return idle.multipliedBy(UNSERVED_IDLES);
  }

  /// Sets up a channel as these say, before it is connected where that matters (the window is agreed on then).
  void prepare(SocketChannel channel) throws IOException {
    if (sendBufferBytes > 0) channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
    if (receiveBufferBytes > 0) channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
    configure(channel);
  }

  /// Sets what may change at any time, where its kind has it.
  void configure(SocketChannel channel) throws IOException {
    if (!channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) return;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, noDelay);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive);
  }
}
