package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Writes what may wait: a FIFO, a device, a terminal, stdout before a pipe.
final class ChannelSink implements BlockingSink {
  private final String name;
  private final BlockingChannel channel;
  private final boolean durable;
  private long positionBytes = FileErrors.WHILE_OPENING;
  private @Nullable FileChannel open;
  private volatile boolean opened;

  ChannelSink(String name, BlockingChannel channel, boolean durable) {
    this.name = name;
    this.channel = channel;
    this.durable = durable;
  }

  @Override
  public void open() throws IOException {
    try {
      open = channel.open();
    } catch (IOException e) {
      throw failure(e);
    }
    positionBytes = 0;
    opened = true;
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    try {
      while (chunk.hasRemaining()) {
        int written = requireNonNull(open).write(chunk);
        if (written == 0) BlockingChannel.rest();
        positionBytes += written;
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void finish() throws IOException {
    try {
      if (durable) channel.force();
    } catch (IOException e) {
      throw failure(e);
    }
    // Its reader gets the end now: a name of its own, to be given last, it does not have.
    close();
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
    return FileErrors.writing(name, positionBytes, cause, null);
  }

  @Override
  public String waitsFor() {
    return opened ? "the reader of " + name : name + " to open";
  }
}
