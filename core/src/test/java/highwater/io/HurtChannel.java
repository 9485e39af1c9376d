package highwater.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// A file that takes a few bytes a write and fails for good at the nth.
final class HurtChannel extends FileChannel {
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  boolean forced;
  private final int failingWrite;
  private int writes;

  HurtChannel(int failingWrite) {
    this.failingWrite = failingWrite;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (++writes >= failingWrite) throw new IOException("No space left on device");
    int length = Math.min(source.remaining(), 1 + writes * 997 % 5_000);
    var part = new byte[length];
    source.get(part);
    bytes.writeBytes(part);
    return length;
  }

  @Override
  public void force(boolean metaData) {
    forced = true;
  }

  @Override
  protected void implCloseChannel() {}

  Landing landing() {
    return new Landing() {
      @Override
      public FileChannel channel() {
        return HurtChannel.this;
      }

      @Override
      public boolean hidden() {
        return true;
      }

      @Override
      public String afterFailure() {
        return "out is as it was";
      }

      @Override
      public void commit() {}

      @Override
      public void undo() {}

      @Override
      public void close() throws IOException {
        HurtChannel.this.close();
      }
    };
  }

  @Override
  public int read(ByteBuffer dst) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] dsts, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    return bytes.size();
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() {
    return bytes.size();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel src, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer src, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
