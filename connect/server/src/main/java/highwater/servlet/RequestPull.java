package highwater.servlet;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads a request's body into one buffer, when it is asked and the container is ready.
final class RequestPull implements Pull<ByteBuffer>, WorksElsewhere.Counted {
  private final String name;
  private final RequestSide side;
  private final IdleLimit idle;
  private final byte[] bytes = new byte[RequestOrigin.CHUNK_BYTES];
  private int length;
  private long positionBytes;
  private boolean ended;
  private boolean waiting;
  private volatile @Nullable Elsewhere elsewhere;

  RequestPull(String name, RequestSide side, IdleLimit idle) {
    this.name = name;
    this.side = side;
    this.idle = idle;
  }

  @Override
  public void open(PartContext context) {
    InServlet.refuseToWait();
    var work = Elsewhere.of(context.strand(), 1);
    elsewhere = work;
    idle.open(context.strand(), context::wake);
    side.attach(context::wake, work);
  }

  @Override
  public Progress poll() throws IOException {
    waiting = false;
    if (ended) return Progress.DONE;
    if (length > 0) return Progress.READY;
    try {
      read();
    } catch (IOException | RuntimeException e) {
      throw failure(side.reason(e), e);
    }
    if (ended) return end();
    waiting = length == 0;
    if (idle.waits(waiting)) throw failure("no byte came for " + idle, null);
    return waiting ? Progress.WAITING : Progress.READY;
  }

  private void read() throws IOException {
    // All that was read before is told first.
    if (side.isAllRead()) {
      ended = true;
      return;
    }
    var failure = side.failure();
    if (failure != null) throw failure instanceof IOException io ? io : new IOException(failure);
    if (!side.ready()) return;
    length = side.read(bytes);
    ended = length < 0;
  }

  private Progress end() throws IOException {
    long announced = side.lengthBytes();
    if (announced >= 0 && announced != positionBytes) {
      throw failure("the body ended after " + positionBytes + " of " + announced + " bytes", null);
    }
    return Progress.DONE;
  }

  @Override
  public ByteBuffer next() {
    positionBytes += length;
    var chunk = ByteBuffer.wrap(bytes, 0, length);
    length = 0;
    return chunk;
  }

  @Override
  public void close() {
    idle.close();
  }

  private IOException failure(String what, @Nullable Throwable cause) {
    return new IOException(
        "cannot read " + name + " at byte " + positionBytes + ": " + what + " (expected: all of the body, and its end)",
        cause);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? side.client + " to send data" : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }
}
