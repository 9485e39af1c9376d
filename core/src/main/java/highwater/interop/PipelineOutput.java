package highwater.interop;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Report;
import highwater.pipeline.Upstream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An `OutputStream` and a `WritableByteChannel` into a started run, for another thread; made by [Views#outputStream].
///
/// **[#finish()] ends it, [#close()] alone does not**: a close without a finish aborts the run, which then undoes what it made,
/// since a `try` is also left by exceptions. A wrapper (`ZipOutputStream`, a writer) is flushed or finished first, then
/// this, then both are closed in any order. Bytes are copied into buffers of 64 KiB, four at most; a full one crosses, and
/// [#flush()] lets a part of one cross. A failure of the run is an `IOException` around what `Pipeline.run()` would throw. An
/// interrupt cancels the run and is an `InterruptedIOException`, with the interrupt flag set. Thread rule: as [Writer].
public final class PipelineOutput extends OutputStream implements WritableByteChannel {
  private final Writer<ByteBuffer> writer;
  private @Nullable ByteBuffer filling;
  private volatile boolean closed;
  private boolean finished;

  private PipelineOutput(Writer<ByteBuffer> writer) {
    this.writer = writer;
  }

  static PipelineOutput start(Function<? super Upstream<ByteBuffer>, Pipeline> rest) {
    return new PipelineOutput(Writer.start(FedOrigin.ofPooledBuffers(), rest));
  }

  @Override
  public void write(int octet) throws IOException {
    buffer().put((byte) octet);
    handFull();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    write(ByteBuffer.wrap(bytes, offset, length));
  }

  /// Writes all of `source`, waiting for room.
  @Override
  public int write(ByteBuffer source) throws IOException {
    int length = source.remaining();
    if (length == 0) buffer();
    while (source.hasRemaining()) {
      var buffer = buffer();
      int part = Math.min(source.remaining(), buffer.remaining());
      buffer.put(buffer.position(), source, source.position(), part);
      buffer.position(buffer.position() + part);
      source.position(source.position() + part);
      handFull();
    }
    return length;
  }

  private ByteBuffer buffer() throws IOException {
    if (closed) throw new ClosedChannelException();
    if (finished) throw new IOException("a write after finish(): write everything before");
    var buffer = filling;
    if (buffer == null) filling = buffer = ChunkBuffers.take(ChunkBuffers.DEFAULT_BYTES);
    return buffer;
  }

  private void handFull() throws IOException {
    var buffer = filling;
    if (buffer != null && !buffer.hasRemaining()) hand();
  }

  private void hand() throws IOException {
    var buffer = filling;
    if (buffer == null) return;
    filling = null;
    boolean taken = false;
    try {
      taken = writer.put(buffer.flip());
    } catch (RuntimeException failure) {
      throw RunFailure.asIOException(failure);
    } finally {
      if (!taken) ChunkBuffers.giveBack(buffer);
    }
    if (!taken) throw new IOException("the pipeline needs no more bytes and is over: stop writing");
  }

  /// Lets what was written cross to the run; it does not wait for the run to use it.
  @Override
  public void flush() throws IOException {
    var buffer = filling;
    if (buffer != null && buffer.position() > 0) hand();
  }

  /// Says that no byte follows, and waits until the run has committed everything.
  public Report finish() throws IOException {
    flush();
    finished = true;
    try {
      return writer.finish();
    } catch (RuntimeException failure) {
      throw RunFailure.asIOException(failure);
    }
  }

  /// Aborts the run unless [#finish()] came first, and waits until it is undone.
  @Override
  public void close() {
    closed = true;
    writer.close();
  }

  /// Aborts the run for `reason`, from any thread; nothing happens once it is over.
  public void abort(String reason) {
    writer.abort(reason);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }
}
