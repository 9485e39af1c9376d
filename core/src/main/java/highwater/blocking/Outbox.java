package highwater.blocking;

import highwater.memory.ChunkBuffers;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// From a strand to a thread: chunks are copied into [#BUFFERS] buffers that go round.
///
/// ```
///   strand ── full ──▶ thread          as many buffers as places, so neither handover is ever without room
///      ▲                  │
///      └───── empty ──────┘
/// ```
/// A buffer goes to the thread when it is full, and with whatever it has when the thread has nothing: small chunks are
/// gathered only while they would wait anyway.
final class Outbox {
  static final int BUFFERS = 3;

  private final int bufferBytes;
  private final Handover<ByteBuffer> full;
  private final Handover<ByteBuffer> empty;
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>(BUFFERS);

  /// What is in buffers counts as held there, by its bytes.
  private @Nullable Elsewhere elsewhere;

  private @Nullable ByteBuffer filling;
  private @Nullable ByteBuffer rest;
  private int withThread;
  private boolean ended;

  Outbox(int bufferBytes) {
    this.bufferBytes = bufferBytes;
    full = new Handover<>((long) BUFFERS * bufferBytes, _ -> bufferBytes);
    empty = new Handover<>((long) BUFFERS * bufferBytes, _ -> bufferBytes);
  }

  // The strand.

  /// Makes the buffers; `wake` is a turn that follows when the thread gives one back.
  void open(Strand strand, boolean arrays, Elsewhere elsewhere, Runnable wake) {
    this.elsewhere = elsewhere;
    for (int i = 0; i < BUFFERS; i++) {
      spare.add(arrays ? ByteBuffer.allocate(bufferBytes) : ChunkBuffers.take(bufferBytes));
    }
    empty.onReady(strand, wake);
  }

  /// Moves on what can be moved; true when the next chunk may be offered.
  boolean advance() {
    for (ByteBuffer buffer; (buffer = empty.poll()) != null; ) {
      withThread--;
      holds(-buffer.limit());
      spare.add(buffer.clear());
    }
    if (rest != null) copy(rest);
    if (withThread == 0) send();
    return rest == null;
  }

  /// Copies what there is room for and keeps the rest of `chunk` for [#advance].
  void offer(ByteBuffer chunk) {
    assert rest == null && !ended : "HUNGRY comes first";
    copy(chunk);
    if (withThread == 0) send();
  }

  private void copy(ByteBuffer chunk) {
    while (chunk.hasRemaining()) {
      if (filling == null) filling = spare.poll();
      if (filling == null) break;
      int length = Math.min(chunk.remaining(), filling.remaining());
      filling.put(filling.position(), chunk, chunk.position(), length);
      holds(length);
      filling.position(filling.position() + length);
      chunk.position(chunk.position() + length);
      if (!filling.hasRemaining()) send();
    }
    rest = chunk.hasRemaining() ? chunk : null;
  }

  private void send() {
    if (filling == null || filling.position() == 0) return;
    full.offer(filling.flip());
    filling = null;
    withThread++;
  }

  private void holds(long more) {
    if (elsewhere != null) elsewhere.holds(more);
  }

  /// Says that no chunk follows.
  void end() {
    assert rest == null && !ended : "HUNGRY comes first";
    ended = true;
    send();
    full.end();
  }

  /// Whether the thread has had everything, the end too.
  boolean allTaken() {
    return ended && withThread == 0;
  }

  /// Makes the thread's waits end; what it was not given is dropped.
  void cancel(Throwable cause) {
    full.cancel(cause);
    empty.cancel(cause);
    rest = null;
  }

  /// Lets the buffers be used again; only when the thread has ended.
  void rest() {
    advanceNothing();
    for (var buffer : spare) if (buffer.isDirect()) ChunkBuffers.giveBack(buffer);
    spare.clear();
  }

  private void advanceNothing() {
    for (ByteBuffer buffer; (buffer = empty.poll()) != null; ) spare.add(buffer);
  }

  // The thread.

  /// The next full buffer, waiting for it; null at the end, and when cancelled.
  @Nullable ByteBuffer take() throws InterruptedException {
    try {
      return full.take();
    } catch (ExecutionException e) {
      throw new AssertionError("the strand does not fail it", e);
    }
  }

  /// Gives a buffer back.
  void giveBack(ByteBuffer buffer) {
    empty.offer(buffer);
  }

  /// Whether [#take] gave null because nobody wants it to go on.
  boolean isCancelled() {
    return full.phase() == Handover.Phase.CANCELLED;
  }
}
