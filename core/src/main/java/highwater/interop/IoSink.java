package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/// Writes to an `OutputStream` or a channel; its close is the commit.
final class IoSink implements BlockingSink {
  private final String name;
  private final Lease lease;
  private final boolean arrays;
  private @Nullable Closeable output;
  private long positionBytes = IoWords.WHILE_OPENING;
  private volatile boolean opened;

  IoSink(String name, Lease lease, boolean arrays) {
    this.name = name;
    this.lease = lease;
    this.arrays = arrays;
  }

  @Override
  public void open() throws Exception {
    try {
      var fresh = lease.open();
      IoWords.checkUsable(name, fresh);
      output = fresh;
    } catch (IOException e) {
      throw failure(e);
    }
    positionBytes = 0;
    opened = true;
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    try {
      if (arrays) write((OutputStream) opened(), chunk);
      else write((WritableByteChannel) opened(), chunk);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Closeable opened() {
    return requireNonNull(output, "open() comes first");
  }

  private void write(OutputStream stream, ByteBuffer chunk) throws IOException {
    int length = chunk.remaining();
    stream.write(chunk.array(), chunk.arrayOffset() + chunk.position(), length);
    // Small chunks are gathered while the stream is busy, so this is seldom more than one for 64 KiB.
    stream.flush();
    chunk.position(chunk.limit());
    positionBytes += length;
  }

  private void write(WritableByteChannel channel, ByteBuffer chunk) throws IOException {
    while (chunk.hasRemaining()) {
      int written = channel.write(chunk);
      if (written == 0) IoWords.rest(lease);
      positionBytes += written;
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      lease.settle();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void stop(Throwable cause) {
    lease.stop();
  }

  @Override
  public void close() throws Exception {
    try {
      lease.release();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private IOException failure(IOException cause) {
    return IoWords.writing(name, positionBytes, cause);
  }

  @Override
  public boolean writesFromArrays() {
    return arrays;
  }

  @Override
  public String waitsFor() {
    return opened ? "the reader of " + name : name + " to open";
  }
}
