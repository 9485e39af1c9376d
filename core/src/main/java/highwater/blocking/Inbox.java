package highwater.blocking;

import static java.util.Objects.requireNonNull;

import highwater.memory.ChunkBuffers;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// From a thread to a strand: [#BUFFERS] buffers go round, one being filled, one ready, one lent to the run.
///
/// ```
///   thread ── full ──▶ strand          as many buffers as places, so neither handover is ever without room
///      ▲                  │
///      └───── empty ──────┘
/// ```
final class Inbox {
  static final int BUFFERS = 3;

  private final int bufferBytes;
  private final Handover<ByteBuffer> full;
  private final Handover<ByteBuffer> empty;

  /// What is full or lent counts as held there, by its bytes.
  private @Nullable Elsewhere elsewhere;

  private long lentBytes;
  private @Nullable ByteBuffer ready;
  private @Nullable ByteBuffer lent;

  Inbox(int bufferBytes) {
    this.bufferBytes = bufferBytes;
    full = new Handover<>((long) BUFFERS * bufferBytes, _ -> bufferBytes);
    empty = new Handover<>((long) BUFFERS * bufferBytes, _ -> bufferBytes);
  }

  // The strand.

  /// Makes the buffers; `wake` is a turn that follows when there is something to look at.
  void open(Strand strand, boolean arrays, Elsewhere elsewhere, Runnable wake) {
    this.elsewhere = elsewhere;
    for (int i = 0; i < BUFFERS; i++) {
      empty.offer(arrays ? ByteBuffer.allocate(bufferBytes) : ChunkBuffers.take(bufferBytes));
    }
    full.onReady(strand, wake);
  }

  /// Gives back what was lent; true when [#next] has a chunk.
  boolean advance() {
    if (ready != null) return true;
    if (lent != null) {
      empty.offer(lent);
      holds(-lentBytes);
    }
    lent = null;
    ready = full.poll();
    return ready != null;
  }

  /// Takes the chunk, until the next [#advance].
  ByteBuffer next() {
    var next = requireNonNull(ready, "READY comes first");
    lent = next;
    lentBytes = next.remaining();
    ready = null;
    return next;
  }

  /// Whether the thread has said that it was all, and all was taken.
  boolean isAtEnd() {
    return full.phase() == Handover.Phase.ENDED;
  }

  /// What the thread failed with, once what it gave before is taken; else null.
  @Nullable Throwable failure() {
    return full.phase() == Handover.Phase.FAILED ? requireNonNull(full.reason()) : null;
  }

  /// Makes the thread's waits end.
  void cancel(Throwable cause) {
    full.cancel(cause);
    empty.cancel(cause);
  }

  /// Lets the buffers be used again; only when the thread has ended, which might fill one otherwise.
  void rest() {
    rest(lent);
    lent = null;
    rest(ready);
    ready = null;
    for (ByteBuffer buffer; (buffer = empty.poll()) != null; ) rest(buffer);
  }

  private static void rest(@Nullable ByteBuffer buffer) {
    if (buffer != null && buffer.isDirect()) ChunkBuffers.giveBack(buffer);
  }

  // The thread.

  /// An empty buffer, waiting for it; null when nobody reads any more.
  @Nullable ByteBuffer empty() throws InterruptedException {
    try {
      var buffer = empty.take();
      return buffer == null ? null : buffer.clear();
    } catch (ExecutionException e) {
      throw new AssertionError("the strand does not fail it", e);
    }
  }

  /// Hands over a buffer, ready to be read; false when nobody reads any more.
  boolean put(ByteBuffer filled) {
    holds(filled.remaining());
    return full.offer(filled) == Handover.Offer.TAKEN;
  }

  private void holds(long more) {
    if (elsewhere != null) elsewhere.holds(more);
  }

  /// Gives back an empty buffer that was not filled.
  void putBack(ByteBuffer buffer) {
    empty.offer(buffer);
  }

  /// Says that it was all.
  void end() {
    full.end();
  }

  /// Says what went wrong.
  void fail(Throwable failure) {
    full.fail(failure);
  }
}
