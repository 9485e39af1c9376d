package highwater.s3;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.InOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of an upload: chunks are copied into parts, parts sent by several threads, the object made in `commit`.
///
/// ```
/// filling the first part ──more bytes──▶ parts are sent ──finish()──▶ DONE ──commit()──▶ CompleteMultipartUpload
///        └───finish()──▶ DONE ──commit()──▶ one PUT                         any ──abort()──▶ AbortMultipartUpload
/// ```
/// A buffer goes round: resting, in the part being filled, in a part being sent, resting. The first is in the pipeline's
/// minimum; further ones are tried as surplus and given up early when somebody waits for a minimum.
final class UploadPut implements Put<ByteBuffer>, WorksElsewhere.Counted {
  /// How long an abort waits for the answer that names the upload, before it interrupts the call.
  private static final long CREATE_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /// How long it waits for calls that were interrupted.
  private static final long INTERRUPT_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final S3Location location;
  private final PartSizes sizes;
  private final Connection connection;
  private final Upload upload;
  private final PartBuffers buffers;
  private @Nullable PartContext context;
  private @Nullable InOrder<UploadPart, UploadPart> order;
  private @Nullable Errand warmingUp;
  private @Nullable Errand creating;
  private @Nullable Errand committing;
  private @Nullable Errand undoing;
  private ByteBuffer chunk = NOTHING;
  private @Nullable UploadPart filling;
  private int made;
  private int lastNumber;
  private long position;
  private boolean finished;
  private boolean waiting;

  UploadPut(S3Target recipe, PartSizes sizes) {
    location = recipe.location();
    this.sizes = sizes;
    connection = new Connection(recipe.access());
    upload = new Upload(connection, location, recipe.contentType(), recipe.metadata());
    buffers = new PartBuffers(sizes.partBytes());
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    order = InOrder.waiting(sizes.buffers(), this::send, part -> part.releaseTo(buffers), context::wake);
    connection.watch(context);
    warmingUp = Errand.start("s3-client", connection::warmUp, context::wake);
  }

  /// On a thread of its own.
  private UploadPart send(UploadPart part) throws Exception {
    upload.send(part);
    return part;
  }

  @Override
  public void offer(ByteBuffer chunk) {
    assert !this.chunk.hasRemaining() && !finished : this;
    this.chunk = chunk;
  }

  @Override
  public void finish() {
    assert !chunk.hasRemaining() && !finished : this;
    finished = true;
  }

  @Override
  public Progress poll() throws Exception {
    checkWarmUp();
    boolean got;
    do {
      waiting = false;
      takeBackSent();
      var progress = advance();
      if (progress != Progress.WAITING) return progress;
      waiting = true;
      // Once more, now that all is submitted: whoever finds nothing here is called back.
      got = takeBackSent();
    } while (got);
    return Progress.WAITING;
  }

  private Progress advance() throws IOException {
    fill();
    if (chunk.hasRemaining()) return Progress.WAITING;
    chunk = NOTHING;
    if (!finished) return Progress.HUNGRY;
    if (isOnePut()) return Progress.DONE;
    if (filling != null) submit(filling);
    return running().inFlight() == 0 ? Progress.DONE : Progress.WAITING;
  }

  private void checkWarmUp() throws IOException {
    if (warmingUp == null || !warmingUp.isOver()) return;
    var failure = warmingUp.failure();
    if (failure instanceof Exception e) throw S3Errors.writing(location, 0, e);
    warmingUp = null;
  }

  private boolean isOnePut() {
    return creating == null;
  }

  private boolean takeBackSent() throws Exception {
    boolean any = false;
    for (UploadPart part; (part = running().take()) != null; any = true) {
      part.releaseTo(buffers);
      while (made > 1 && opened().budget().waiting() > 0 && giveUpOne()) {}
    }
    return any;
  }

  private boolean giveUpOne() {
    var buffer = buffers.poll();
    if (buffer == null) return false;
    buffer.free();
    made--;
    opened().budget().giveBack(S3Target.placeBytes(sizes.partBytes()));
    return true;
  }

  private void fill() throws IOException {
    while (chunk.hasRemaining()) {
      var part = filling;
      if (part == null) {
        filling = nextPart();
      } else if (part.isFull()) {
        submit(part);
      } else if (part.wantsBuffer()) {
        var buffer = freshBuffer();
        if (buffer != null) {
          part.add(buffer);
        } else if (!part.isEmpty() && running().inFlight() == 0) {
          // All there are lie in this part, and no more are granted: it stays smaller.
          submit(part);
        } else {
          return;
        }
      } else {
        int before = chunk.position();
        part.fill(chunk);
        position += chunk.position() - before;
      }
    }
    // The first waits for one byte more: without it, one PUT does.
    if (filling != null && filling.isFull() && !isOnePut()) submit(filling);
  }

  private UploadPart nextPart() throws IOException {
    if (lastNumber == sizes.partsMax()) throw S3Errors.tooLarge(location, position, sizes);
    lastNumber++;
    return new UploadPart(lastNumber, position, sizes.buffersOf(lastNumber));
  }

  private void submit(UploadPart part) {
    if (creating == null) creating = Errand.start("s3-create", upload::create, opened()::wake);
    filling = null;
    running().submit(part);
  }

  /// An empty buffer, or null when none is free and none more is granted.
  private @Nullable NativeBuffer freshBuffer() {
    var buffer = buffers.poll();
    if (buffer != null) return buffer;
    if (made == sizes.buffers()) return null;
    if (made > 0 && !opened().budget().trySurplus(S3Target.placeBytes(sizes.partBytes()))) return null;
    made++;
    return buffers.make();
  }

  // ---------------------------------------------------------------- the end

  @Override
  public void commit() {
    var whole = filling == null ? new UploadPart(1, 0, 1) : filling;
    filling = null;
    int parts = lastNumber;
    committing =
        Errand.start("s3-commit", isOnePut() ? () -> put(whole) : () -> upload.complete(parts), opened()::wake);
  }

  /// On a thread of its own.
  private void put(UploadPart whole) throws Exception {
    try {
      upload.put(whole);
    } finally {
      whole.releaseTo(buffers);
    }
  }

  @Override
  public void abort(Throwable cause) {
    if (context == null) return;
    if (warmingUp != null) warmingUp.interrupt();
    if (order != null) order.close();
    if (committing != null) committing.interrupt();
    if (creating == null && committing == null) return;
    undoing = Errand.start("s3-abort", this::undo, opened()::wake);
  }

  /// On a thread of its own: waits for the calls that were interrupted, then removes what they left.
  private void undo() throws Exception {
    if (creating != null && !creating.awaitEnd(CREATE_GRACE_NANOS)) creating.interrupt();
    var _ = connection.awaitNone(INTERRUPT_GRACE_NANOS);
    if (committing != null && committing.isOver() && committing.failure() == null) {
      throw S3Errors.tooLateToAbort(location);
    }
    if (creating == null) {
      // One PUT: what was cut off is no object. One whose answer alone was missed is.
      return;
    }
    if (upload.isKnown()) upload.abort();
    else if (upload.mayBeUnknown()) throw S3Errors.unknownUpload(location);
  }

  @Override
  public boolean settled() throws Exception {
    var last = undoing != null ? undoing : committing;
    if (last == null) return true;
    if (!last.isOver()) {
      waiting = true;
      return false;
    }
    waiting = false;
    last.check();
    return true;
  }

  @Override
  public void close() {
    if (order != null) order.close();
    if (filling != null) filling.releaseTo(buffers);
    filling = null;
    chunk = NOTHING;
    buffers.close();
    while (made > 1) {
      made--;
      opened().budget().giveBack(S3Target.placeBytes(sizes.partBytes()));
    }
    connection.close();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return order == null ? null : order.elsewhere();
  }

  @Override
  public long held() {
    return -1;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? "the server of " + location : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }

  private PartContext opened() {
    return requireNonNull(context, "not open");
  }

  private InOrder<UploadPart, UploadPart> running() {
    return requireNonNull(order, "not open");
  }

  @Override
  public String toString() {
    return "UploadPut(" + location + ", " + ByteSizes.inWords(position) + " in, " + lastNumber + " parts)";
  }
}
