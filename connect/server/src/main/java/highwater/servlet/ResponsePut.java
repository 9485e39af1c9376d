package highwater.servlet;

import highwater.Diagnosis.Cause;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Writes a response as the container is ready for it: one write for each `isReady()` that is true, never a loop.
///
/// Two buffers: `filling`, and the one that the container may still hold. A buffer that ends a body of known length stays
/// here until the commit.
final class ResponsePut implements Put<ByteBuffer>, WorksElsewhere.Counted {
  static final int BUFFERS = 2;
  private static final int BUFFER_BYTES = ChunkBuffers.DEFAULT_BYTES;
  private static final long UNKNOWN = -1;

  private final String name;
  private final ResponseSide side;
  private final IdleLimit idle;
  private long lengthBytes;
  private byte[] filling = new byte[BUFFER_BYTES];
  private byte[] spare = new byte[BUFFER_BYTES];
  private int filled;
  private long sentBytes;
  private @Nullable ByteBuffer rest;
  private @Nullable Runnable wake;
  private volatile @Nullable Elsewhere elsewhere;

  /// Whether something was offered since the last poll: then more may follow at once.
  private boolean offered;

  private boolean begun;
  private boolean unflushed;
  private boolean finishing;
  private boolean committing;
  private boolean waiting;

  ResponsePut(String name, ResponseSide side, long lengthBytes, IdleLimit idle) {
    this.name = name;
    this.side = side;
    this.lengthBytes = lengthBytes;
    this.idle = idle;
  }

  @Override
  public void open(PartContext context) {
    InServlet.refuseToWait();
    var work = Elsewhere.of(context.strand(), 1);
    elsewhere = work;
    wake = context::wake;
    idle.open(context.strand(), context::wake);
    side.attach(context::wake, work);
  }

  @Override
  public Progress poll() throws IOException {
    boolean paused = !offered;
    offered = false;
    // So that a poll comes when nothing follows.
    if (!paused && wake != null) wake.run();
    check();
    send(paused);
    if (finishing) return hasOnlyTheEnd() && ready() ? gone(Progress.DONE) : waits();
    return rest == null ? gone(Progress.HUNGRY) : waits();
  }

  private Progress gone(Progress progress) {
    waiting = false;
    var _ = idle.waits(false);
    return progress;
  }

  private Progress waits() throws IOException {
    waiting = true;
    if (idle.waits(true)) throw failure("the client did not take " + heldWords() + " within " + idle, null);
    return Progress.WAITING;
  }

  private String heldWords() {
    return filled == 0 ? "what was written" : "a buffer of " + ByteSizes.grouped(BUFFER_BYTES) + " bytes";
  }

  private void check() throws IOException {
    var failure = side.failure();
    if (failure != null) throw failure(side.reason(failure), failure);
    if (!side.isCompleting() && side.turn() == ContainerSide.Turn.OVER)
      throw failure("the container has completed the request", null);
  }

  private boolean ready() throws IOException {
    try {
      return side.ready();
    } catch (IOException | RuntimeException e) {
      throw failure(side.reason(e), e);
    }
  }

  /// Moves on what can be moved: full buffers always, others where nothing follows at once.
  private void send(boolean paused) throws IOException {
    copy();
    while (filled > 0 && (filled == BUFFER_BYTES || paused || finishing) && !holdsTheEnd() && ready()) {
      write();
      copy();
    }
    if (unflushed && paused && filled == 0 && !finishing && ready()) {
      unflushed = false;
      call(side::flush);
    }
  }

  private void copy() {
    var chunk = rest;
    if (chunk == null) return;
    int length = Math.min(chunk.remaining(), BUFFER_BYTES - filled);
    chunk.get(filling, filled, length);
    filled += length;
    if (elsewhere != null) elsewhere.holds(length);
    if (!chunk.hasRemaining()) rest = null;
  }

  private void write() throws IOException {
    begin();
    if (holdsTheEnd() && !committing) return;
    int length = filled;
    var given = filling;
    filling = spare;
    spare = given;
    filled = 0;
    call(() -> side.write(given, length));
    sentBytes += length;
    unflushed = true;
    if (elsewhere != null) elsewhere.holds(-length);
  }

  /// Before the first byte: what the servlet announced by itself counts as if the recipe had said it.
  private void begin() throws IOException {
    if (begun) return;
    begun = true;
    if (side.hasNoBody()) {
      if (filled == 0) return;
      throw new IOException(
          "cannot write "
              + name
              + ": a status of "
              + side.status()
              + " has no body (expected: another status, or no data)");
    }
    if (lengthBytes == UNKNOWN) lengthBytes = side.announcedBytes();
    if (lengthBytes == UNKNOWN) {
      side.announceChunks();
      return;
    }
    checkNotMore(filled + (rest == null ? 0 : rest.remaining()));
    side.announce(lengthBytes);
  }

  private void checkNotMore(long bytes) throws IOException {
    if (lengthBytes == UNKNOWN || bytes <= lengthBytes) return;
    throw failure("there is more data than announced, " + ByteSizes.grouped(lengthBytes) + " bytes", null);
  }

  private void checkNotLess(long bytes) throws IOException {
    if (lengthBytes == UNKNOWN || bytes == lengthBytes) return;
    throw failure(
        "there is less data than announced: " + bytes + " of " + ByteSizes.grouped(lengthBytes) + " bytes", null);
  }

  private boolean holdsTheEnd() {
    return lengthBytes != UNKNOWN && sentBytes + filled == lengthBytes;
  }

  private boolean hasOnlyTheEnd() {
    return rest == null && (filled == 0 || holdsTheEnd());
  }

  @Override
  public void offer(ByteBuffer chunk) throws IOException {
    checkNotMore(sentBytes + filled + chunk.remaining());
    offered = true;
    rest = chunk.hasRemaining() ? chunk : null;
    copy();
  }

  @Override
  public void finish() throws IOException {
    checkNotLess(sentBytes + filled);
    finishing = true;
  }

  @Override
  public void commit() {
    committing = true;
  }

  @Override
  public boolean settled() throws IOException {
    if (elsewhere == null) return true; // It was not opened, and perhaps the servlet's own thread asks.
    if (!committing) {
      var unbroken = side.unbroken();
      if (unbroken == null) return side.turn() == ContainerSide.Turn.OVER;
      throw new IOException(
          "cannot break off the "
              + name
              + ": "
              + side.reason(unbroken)
              + " (expected: a container that does; it is left"
              + " without an end until the container's own limit on time)",
          unbroken);
    }
    check();
    if (side.turn() == ContainerSide.Turn.OVER) return true;
    if (!side.isCompleting()) sendTheEnd();
    var _ = waits();
    return false;
  }

  private void sendTheEnd() throws IOException {
    if (filled > 0 && ready()) write();
    if (filled > 0 || !ready()) return;
    begin();
    checkNotLess(sentBytes);
    call(side::complete);
  }

  @Override
  public void abort(Throwable cause) {
    committing = false;
    side.breakOff();
  }

  @Override
  public void close() {
    idle.close();
    // Nothing may stay open: without an end it is broken off.
    side.breakOff();
  }

  /// One call of the response.
  private interface Call {
    void make() throws IOException;
  }

  private void call(Call call) throws IOException {
    try {
      call.make();
    } catch (IOException | RuntimeException e) {
      throw failure(side.reason(e), e);
    }
  }

  private IOException failure(String what, @Nullable Throwable cause) {
    return new IOException(
        "cannot write "
            + name
            + " at byte "
            + sentBytes
            + ": "
            + what
            + " (expected: a client that takes all of it; what it has shows that it is incomplete)",
        cause);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? side.client + " to take data" : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }
}
