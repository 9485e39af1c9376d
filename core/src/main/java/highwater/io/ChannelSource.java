package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Reads what may wait: a FIFO, a device, a terminal, stdin behind a pipe.
final class ChannelSource implements BlockingSource {
  private static final int SKIP_BYTES = 8 << 10;

  private final String name;
  private final BlockingChannel channel;
  private final long startBytes;
  private long leftBytes;
  private long positionBytes = FileErrors.WHILE_OPENING;
  private @Nullable FileChannel open;
  private volatile boolean opened;

  /// Drops `startBytes`, then reads at most `leftBytes`.
  ChannelSource(String name, BlockingChannel channel, long startBytes, long leftBytes) {
    this.name = name;
    this.channel = channel;
    this.startBytes = startBytes;
    this.leftBytes = leftBytes;
  }

  @Override
  public void open() throws IOException {
    try {
      open = channel.open();
      opened = true;
      skip(open);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /// Goes to the first byte: by a seek where the file has one, else by reading.
  private void skip(FileChannel open) throws IOException {
    positionBytes = 0;
    if (startBytes == 0) return;
    try {
      open.position(startBytes);
      positionBytes = startBytes;
      return;
    } catch (IOException e) {
      // A pipe.
    }
    var dropped = ByteBuffer.allocate(SKIP_BYTES);
    while (positionBytes < startBytes) {
      dropped.clear().limit((int) Math.min(SKIP_BYTES, startBytes - positionBytes));
      int read = readSome(open, dropped);
      if (read < 0) return;
      positionBytes += read;
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    if (leftBytes == 0) return -1;
    if (leftBytes < buffer.remaining()) buffer.limit(buffer.position() + (int) leftBytes);
    try {
      int read = readSome(requireNonNull(open), buffer);
      if (read < 0) return read;
      leftBytes -= read;
      positionBytes += read;
      return read;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static int readSome(FileChannel open, ByteBuffer buffer) throws IOException {
    for (; ; ) {
      int read = open.read(buffer);
      if (read != 0) return read;
      BlockingChannel.rest();
    }
  }

  @Override
  public void stop(Throwable cause) {
    channel.stop();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private IOException failure(IOException cause) {
    return FileErrors.reading(name, positionBytes, cause);
  }

  @Override
  public String waitsFor() {
    return opened ? "the writer of " + name : name + " to open";
  }
}
