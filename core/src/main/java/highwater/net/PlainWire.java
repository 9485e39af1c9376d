package highwater.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/// A socket as it is.
final class PlainWire implements Wire {
  /// What the JDK copies of a buffer on the heap at a time: it keeps a direct buffer of the largest size for each thread.
  private static final int COPY_BYTES_MAX = 64 << 10;

  private final SocketChannel channel;
  private int blockedOps;

  PlainWire(SocketChannel channel) {
    this.channel = channel;
  }

  /// Which operations would have blocked since this was asked last.
  int takeBlockedOps() {
    int ops = blockedOps;
    blockedOps = 0;
    return ops;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int read = channel.read(to);
    if (read == 0) blockedOps |= SelectionKey.OP_READ;
    return read;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (!from.isDirect() && from.remaining() > COPY_BYTES_MAX) return writeInPieces(from);
    int length = from.remaining();
    int written = channel.write(from);
    if (written < length) blockedOps |= SelectionKey.OP_WRITE;
    return written;
  }

  private int writeInPieces(ByteBuffer from) throws IOException {
    int limit = from.limit();
    int total = 0;
    try {
      while (from.position() < limit) {
        from.limit(Math.min(limit, from.position() + COPY_BYTES_MAX));
        total += channel.write(from);
        if (from.hasRemaining()) {
          blockedOps |= SelectionKey.OP_WRITE;
          break;
        }
      }
      return total;
    } finally {
      from.limit(limit);
    }
  }

  @Override
  public boolean endOutput() throws IOException {
    channel.shutdownOutput();
    return true;
  }
}
