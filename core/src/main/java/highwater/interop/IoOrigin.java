package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/// The recipe that reads an `InputStream` or a `ReadableByteChannel`; made by [JavaIo].
///
/// A read that fails fails the run with an `IOException` that tells the position and has the reader's own as its
/// cause; anything else that is thrown fails it as it is.
public final class IoOrigin implements PullOrigin<ByteBuffer> {
  private static final int CHUNK_BYTES_MAX = 1 << 30;

  private final String name;
  private final Callable<? extends Closeable> opening;
  private final boolean stream;
  private final int chunkBytes;
  private final CallThread thread;

  IoOrigin(String name, Callable<? extends Closeable> opening, boolean stream) {
    this(name, opening, stream, ChunkBuffers.DEFAULT_BYTES, CallThread.PLATFORM);
  }

  private IoOrigin(
      String name, Callable<? extends Closeable> opening, boolean stream, int chunkBytes, CallThread thread) {
    if (chunkBytes < 1 || chunkBytes > CHUNK_BYTES_MAX) {
      throw new IllegalArgumentException("chunk: " + chunkBytes + " (expected: 1 to " + CHUNK_BYTES_MAX + " bytes)");
    }
    this.name = requireNonNull(name, "name");
    this.opening = opening;
    this.stream = stream;
    this.chunkBytes = chunkBytes;
    this.thread = requireNonNull(thread, "thread");
  }

  /// The same under a name for messages and plans.
  public IoOrigin named(String name) {
    return new IoOrigin(name, opening, stream, chunkBytes, thread);
  }

  /// The same with reads of at most `bytes`: 1 to 1 GiB, 64 KiB if nothing is said. Three such buffers go round.
  public IoOrigin chunk(int bytes) {
    return new IoOrigin(name, opening, stream, bytes, thread);
  }

  /// The same on this kind of thread: a virtual one costs less and is right for sockets, but a file or a pipe of the
  /// system's holds its carrier there.
  public IoOrigin on(CallThread thread) {
    return new IoOrigin(name, opening, stream, chunkBytes, thread);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return BlockingPull.footprint("read", chunkBytes);
  }

  @Override
  public Pull<ByteBuffer> pull() {
    var source = new IoSource(name, Lease.ofInput(name, opening), stream);
    return new BlockingPull(name, source, thread, chunkBytes);
  }

  @Override
  public String toString() {
    return name;
  }
}
