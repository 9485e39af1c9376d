package highwater;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// First in, first out: chunks, each with its length and, where somebody gave one, its callback.
///
/// A ring in parallel arrays. An idle stream has none ([#none()]), and a queued chunk costs no object.
final class ChunkQueue<T> {
  private static final int FIRST_CAPACITY = 4;

  /// Above this many places an emptied ring is let go.
  private static final int KEPT_CAPACITY = 64;

  private static final Object[] NONE = {};
  private static final long[] NO_LENGTHS = {};

  private static final ChunkQueue<?> EMPTY = new ChunkQueue<>();

  private @Nullable Object[] chunks = NONE;
  private long[] lengths = NO_LENGTHS;
  private @Nullable Object @Nullable [] callbacks;
  private int head;
  private int size;

  /// What a stream has until its first chunk waits: one empty queue for all, never added to.
  @SuppressWarnings("unchecked")
  static <T> ChunkQueue<T> none() {
    return (ChunkQueue<T>) EMPTY;
  }

  /// This queue, or a new one in the place of [#none()].
  ChunkQueue<T> own() {
    return this == EMPTY ? new ChunkQueue<>() : this;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void add(T chunk, long length, @Nullable Object callback) {
    if (size == chunks.length) grow();
    int at = (head + size) & (chunks.length - 1);
    size++;
    set(at, chunk, length, callback);
  }

  void addFirst(T chunk, long length) {
    if (size == chunks.length) grow();
    head = (head - 1) & (chunks.length - 1);
    size++;
    set(head, chunk, length, null);
  }

  /// The chunk in front; only when not empty.
  @SuppressWarnings("unchecked")
  T first() {
    assert size > 0;
    return (T) chunks[head];
  }

  long firstLength() {
    assert size > 0;
    return lengths[head];
  }

  @Nullable Object firstCallback() {
    return callbacks == null ? null : callbacks[head];
  }

  boolean hasCallbacks() {
    return callbacks != null;
  }

  /// The front chunk became shorter: its beginning was taken.
  void shortenFirst(long length) {
    lengths[head] = length;
  }

  T remove() {
    T chunk = first();
    chunks[head] = null;
    if (callbacks != null) callbacks[head] = null;
    head = (head + 1) & (chunks.length - 1);
    size--;
    if (size == 0 && chunks.length > KEPT_CAPACITY) clear();
    return chunk;
  }

  void clear() {
    if (this == EMPTY) return;
    chunks = NONE;
    lengths = NO_LENGTHS;
    callbacks = null;
    head = 0;
    size = 0;
  }

  private void set(int at, T chunk, long length, @Nullable Object callback) {
    chunks[at] = chunk;
    lengths[at] = length;
    if (callback != null && callbacks == null) callbacks = new @Nullable Object[chunks.length];
    if (callbacks != null) callbacks[at] = callback;
  }

  private void grow() {
    int capacity = Math.max(FIRST_CAPACITY, chunks.length * 2);
    chunks = unrolled(chunks, capacity);
    if (callbacks != null) callbacks = unrolled(callbacks, capacity);
    var longer = new long[capacity];
    System.arraycopy(lengths, head, longer, 0, lengths.length - head);
    System.arraycopy(lengths, 0, longer, lengths.length - head, head);
    lengths = longer;
    head = 0;
  }

  private @Nullable Object[] unrolled(@Nullable Object[] ring, int capacity) {
    var longer = Arrays.copyOfRange(ring, head, head + capacity);
    Arrays.fill(longer, ring.length - head, capacity, null);
    System.arraycopy(ring, 0, longer, ring.length - head, head);
    return longer;
  }
}
