package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.KernelSink;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Writes a regular file inline. Small chunks are gathered in one direct buffer, large direct ones are written as they are;
/// heap chunks go through the buffer too, or the JDK would keep a direct copy of their size for the thread.
final class FilePut implements Put<ByteBuffer>, KernelSink {
  /// A chunk this large is written at once; below it a copy costs less than a call of the system.
  static final int GATHERED_BELOW_BYTES = 16 << 10;

  private final String name;
  private final Opening opening;
  private final boolean durable;

  private @Nullable Landing landing;
  private @Nullable ByteBuffer gathered;
  private long positionBytes;
  private boolean begun;
  private boolean finished;

  FilePut(String name, Opening opening, boolean durable) {
    this.name = name;
    this.opening = opening;
    this.durable = durable;
  }

  @Override
  public void open(PartContext context) throws Exception {
    try {
      var opened = opening.open(context.strand());
      landing = opened;
      positionBytes = opened.startBytes();
    } catch (IOException e) {
      throw FileErrors.writing(name, FileErrors.WHILE_OPENING, e, null);
    }
    gathered = ChunkBuffers.take(FileTarget.BUFFER_BYTES);
  }

  @Override
  public Progress poll() {
    return finished ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public void offer(ByteBuffer chunk) throws Exception {
    assert !finished : "an offer after finish()";
    var landing = begun();
    var gathered = requireNonNull(this.gathered);
    boolean gather = landing.hidden() && chunk.remaining() < GATHERED_BELOW_BYTES;
    if (chunk.isDirect() && !gather) {
      writeGathered(landing);
      write(landing, chunk);
      return;
    }
    while (chunk.hasRemaining()) {
      int length = Math.min(chunk.remaining(), gathered.remaining());
      gathered.put(gathered.position(), chunk, chunk.position(), length);
      gathered.position(gathered.position() + length);
      chunk.position(chunk.position() + length);
      if (!gathered.hasRemaining()) writeGathered(landing);
    }
    if (!landing.hidden()) writeGathered(landing);
  }

  /// The channel of a file that is written as a whole, where nothing waits to be written before.
  @Override
  public @Nullable FileChannel transferTarget() {
    if (landing == null || gathered == null) return null;
    return landing.hidden() && gathered.position() == 0 ? landing.channel() : null;
  }

  @Override
  public void transferred(long bytes) {
    positionBytes += bytes;
  }

  @Override
  public boolean isReadable() {
    return landing != null && landing.hidden();
  }

  @Override
  public void finish() throws Exception {
    assert !finished : "a second finish()";
    var landing = begun();
    writeGathered(landing);
    try {
      landing.seal();
      if (durable) landing.channel().force(true);
    } catch (IOException e) {
      throw failure(landing, e);
    }
    finished = true;
  }

  /// The landing, ready for the first write.
  private Landing begun() throws IOException {
    var landing = requireNonNull(this.landing, "open() comes first");
    if (begun) return landing;
    begun = true;
    try {
      landing.begin();
    } catch (IOException e) {
      throw failure(landing, e);
    }
    return landing;
  }

  private void writeGathered(Landing landing) throws IOException {
    var gathered = requireNonNull(this.gathered);
    write(landing, gathered.flip());
    gathered.clear();
  }

  /// Writes all of `bytes`, in as many calls as it takes; the position is exact even where the last one fails.
  private void write(Landing landing, ByteBuffer bytes) throws IOException {
    var channel = landing.channel();
    while (bytes.hasRemaining()) {
      try {
        int written = channel.write(bytes);
        if (written == 0) throw new IOException("the file system took 0 of " + bytes.remaining() + " bytes");
        positionBytes += written;
      } catch (IOException e) {
        throw failure(landing, e);
      }
    }
  }

  private IOException failure(Landing landing, IOException cause) {
    return FileErrors.writing(name, positionBytes, cause, landing.afterFailure());
  }

  @Override
  public void commit() throws Exception {
    assert finished : "a commit() before DONE";
    var landing = requireNonNull(this.landing, "open() comes first");
    try {
      landing.commit();
    } catch (IOException e) {
      throw failure(landing, e);
    }
  }

  @Override
  public void abort(Throwable cause) {
    if (landing != null) landing.undo();
  }

  @Override
  public void close() throws Exception {
    if (gathered != null) ChunkBuffers.giveBack(gathered);
    gathered = null;
    if (landing != null) landing.close();
  }

  /// Opens the landing for a run on `strand`.
  @FunctionalInterface
  interface Opening {
    Landing open(Strand strand) throws IOException;
  }
}
