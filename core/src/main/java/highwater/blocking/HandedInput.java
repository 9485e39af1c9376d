package highwater.blocking;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A put whose chunks another thread reads as an `InputStream`: the way in for decoders that pull.
///
/// It is busy while that thread has something of it and does not wait for more. Together with a [BlockingPull] over the decoder it makes a stage: see [JoinedStep].
public final class HandedInput implements Put<ByteBuffer>, WorksElsewhere.Counted {
  private final Outbox outbox = new Outbox(ChunkBuffers.DEFAULT_BYTES);
  private final Stream stream = new Stream();
  private volatile @Nullable Elsewhere elsewhere;
  private boolean finishing;

  /// Makes one for one run.
  public HandedInput() {}

  /// The term `label` for the buffers of one run.
  public static Term term(String label) {
    return Term.of(label, Outbox.BUFFERS, ChunkBuffers.DEFAULT_BYTES);
  }

  /// What was put, for one other thread: it waits for more, ends with what was put, and throws once the run was aborted.
  public InputStream stream() {
    return stream;
  }

  @Override
  public void open(PartContext context) {
    open(context, Elsewhere.of(context.strand(), 1));
  }

  /// Opens it as the input of several that work together, and counts there.
  void open(PartContext context, Elsewhere elsewhere) {
    this.elsewhere = elsewhere;
    outbox.open(context.strand(), true, elsewhere, context::wake);
  }

  @Override
  public Progress poll() {
    boolean room = outbox.advance();
    if (finishing) return outbox.allTaken() ? Progress.DONE : Progress.WAITING;
    return room ? Progress.HUNGRY : Progress.WAITING;
  }

  @Override
  public void offer(ByteBuffer chunk) {
    outbox.offer(chunk);
  }

  @Override
  public void finish() {
    finishing = true;
    outbox.end();
  }

  @Override
  public void abort(Throwable cause) {
    outbox.cancel(cause);
  }

  @Override
  public void close() {
    outbox.cancel(new IllegalStateException("closed"));
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  /// The other thread's side.
  private final class Stream extends InputStream {
    private @Nullable ByteBuffer current;
    private boolean atEnd;
    private boolean isWorking;

    @Override
    public int read() throws IOException {
      return advance() ? current().get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) return 0;
      if (!advance()) return -1;
      int read = Math.min(length, current().remaining());
      current().get(bytes, offset, read);
      return read;
    }

    @Override
    public int available() {
      return current == null ? 0 : current.remaining();
    }

    private void works(boolean works) {
      var counts = elsewhere;
      if (counts == null || works == isWorking) return;
      isWorking = works;
      if (works) counts.begins();
      else counts.ends();
    }

    private ByteBuffer current() {
      return Objects.requireNonNull(current);
    }

    /// Makes sure that there is a byte; false at the end.
    private boolean advance() throws IOException {
      while (current == null || !current.hasRemaining()) {
        if (current != null) outbox.giveBack(current);
        current = null;
        if (atEnd) return false;
        works(false);
        try {
          current = outbox.take();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while it waited for input");
        }
        // What it makes of the end is work too.
        works(true);
        if (current == null) {
          if (outbox.isCancelled()) throw new IOException("the run was ended");
          atEnd = true;
        }
      }
      return true;
    }
  }
}
