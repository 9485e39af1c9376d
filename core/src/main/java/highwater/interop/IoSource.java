package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/// Reads an `InputStream` or a channel.
final class IoSource implements BlockingSource {
  private final String name;
  private final Lease lease;
  private final boolean arrays;
  private @Nullable Closeable input;
  private long positionBytes = IoWords.WHILE_OPENING;
  private volatile boolean opened;

  IoSource(String name, Lease lease, boolean arrays) {
    this.name = name;
    this.lease = lease;
    this.arrays = arrays;
  }

  @Override
  public void open() throws Exception {
    try {
      var fresh = lease.open();
      IoWords.checkUsable(name, fresh);
      input = fresh;
    } catch (IOException e) {
      throw failure(e);
    }
    positionBytes = 0;
    opened = true;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    try {
      int read = arrays ? read((InputStream) opened(), buffer) : read((ReadableByteChannel) opened(), buffer);
      if (read > 0) positionBytes += read;
      return read;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Closeable opened() {
    return requireNonNull(input, "open() comes first");
  }

  private static int read(InputStream stream, ByteBuffer buffer) throws IOException {
    int read = stream.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    if (read == 0) {
      // Against its contract; the call for one byte has no such answer.
      int one = stream.read();
      if (one < 0) return -1;
      buffer.put((byte) one);
      return 1;
    }
    if (read > 0) buffer.position(buffer.position() + read);
    return read;
  }

  private int read(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    for (; ; ) {
      int read = channel.read(buffer);
      if (read != 0) return read;
      IoWords.rest(lease);
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
    return IoWords.reading(name, positionBytes, cause);
  }

  @Override
  public boolean readsIntoArrays() {
    return arrays;
  }

  @Override
  public String waitsFor() {
    return opened ? "the writer of " + name : name + " to open";
  }
}
