package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.KernelSource;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Reads a regular file inline, into one direct buffer that is lent again and again.
final class FilePull implements Pull<ByteBuffer>, KernelSource {
  private final String name;
  private final Object identity;
  private final Opening opening;
  private final int chunkBytes;

  private @Nullable FileChannel channel;
  private @Nullable ByteBuffer buffer;
  private Runnable letGo = () -> {};
  private long positionBytes;
  private long leftBytes;

  /// Whether the buffer holds a chunk that READY announced and nobody took.
  private boolean filled;

  /// `positionBytes` is where `opening` leaves the channel, `leftBytes` how much to read at most.
  FilePull(String name, Object identity, Opening opening, long positionBytes, long leftBytes, int chunkBytes) {
    this.name = name;
    this.identity = identity;
    this.opening = opening;
    this.positionBytes = positionBytes;
    this.leftBytes = leftBytes;
    this.chunkBytes = chunkBytes;
  }

  static FilePull ofPath(FileOrigin origin, Place place) throws IOException {
    long left = leftBytes(origin.start(), origin.end());
    Opening opening =
        () -> {
          var channel = FileChannel.open(place.path(), StandardOpenOption.READ);
          return origin.start() == 0 ? channel : channel.position(origin.start());
        };
    return new FilePull(origin.name(), place.identity(), opening, origin.start(), left, origin.chunkBytes());
  }

  /// The bytes from `start` to `end` inclusive.
  static long leftBytes(long start, long end) {
    return end == FileOrigin.TO_THE_END ? Long.MAX_VALUE : end - start + 1;
  }

  @Override
  public void open(PartContext context) throws Exception {
    try {
      letGo = SameFile.reads(context.strand(), identity);
      channel = opening.open();
    } catch (IOException e) {
      throw FileErrors.reading(name, FileErrors.WHILE_OPENING, e);
    }
  }

  @Override
  public Progress poll() throws Exception {
    if (filled) return Progress.READY;
    if (leftBytes == 0) return Progress.DONE;
    var buffer = taken().clear();
    if (leftBytes < buffer.capacity()) buffer.limit((int) leftBytes);
    int read;
    try {
      read = requireNonNull(channel).read(buffer);
    } catch (IOException e) {
      throw FileErrors.reading(name, positionBytes, e);
    }
    if (read <= 0) {
      leftBytes = 0;
      return Progress.DONE;
    }
    buffer.flip();
    positionBytes += read;
    leftBytes -= read;
    filled = true;
    return Progress.READY;
  }

  /// Its buffer, not taken before it is needed: where the kernel copies, what was written may be read back into another one.
  private ByteBuffer taken() {
    if (buffer == null) buffer = ChunkBuffers.take(chunkBytes);
    return buffer;
  }

  @Override
  public ByteBuffer next() {
    assert filled : "READY comes first";
    filled = false;
    return requireNonNull(buffer);
  }

  /// An error is left for the read or the write that follows to find: here it could be of either file.
  @Override
  public long transferTo(FileChannel target, long bytesMax) {
    if (filled || leftBytes == 0) return 0;
    var channel = requireNonNull(this.channel, "open() comes first");
    try {
      // Not by transferTo: to find out what it writes to it links a type switch, which takes 12 ms, once a process.
      long to = target.position();
      long moved = target.transferFrom(channel, to, Math.min(bytesMax, leftBytes));
      target.position(to + moved);
      positionBytes += moved;
      leftBytes -= moved;
      return moved;
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public long leftBytes() throws IOException {
    var channel = requireNonNull(this.channel, "open() comes first");
    return Math.min(leftBytes, Math.max(0, channel.size() - positionBytes));
  }

  /// Drops the buffer: who was lent it may be reading it still, on a thread that is left behind.
  @Override
  public void abort(Throwable cause) {
    buffer = null;
  }

  @Override
  public void close() throws Exception {
    letGo.run();
    letGo = () -> {};
    if (buffer != null) ChunkBuffers.giveBack(buffer);
    buffer = null;
    if (channel != null) channel.close();
  }

  /// Opens the channel, at the first byte to read.
  @FunctionalInterface
  interface Opening {
    FileChannel open() throws IOException;
  }
}
