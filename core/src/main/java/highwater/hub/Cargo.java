package highwater.hub;

import highwater.StreamOptions;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;

/// What a hub carries: bytes in buffers, or objects that are weighed.
record Cargo<T>(boolean isBytes, ToLongFunction<? super T> weigher) {
  static Cargo<ByteBuffer> ofBytes() {
    return new Cargo<>(true, ByteBuffer::remaining);
  }

  static <T> Cargo<T> ofObjects(ToLongFunction<? super T> weigher) {
    return new Cargo<>(false, weigher);
  }

  /// The weight of `chunk`: 1 or more, 0 for an empty buffer alone.
  long weigh(T chunk) {
    long weight = weigher.applyAsLong(chunk);
    if (weight >= 1 || (weight == 0 && isBytes)) return weight;
    throw new IllegalArgumentException("the weigher says " + weight + " of an object (expected: 1 or more)");
  }

  /// Takes the next piece of a lent chunk, of `bytes`, as a copy that lives on; an object is taken as it is.
  @SuppressWarnings("unchecked") // A copy of a ByteBuffer is a ByteBuffer.
  T take(T lent, int bytes) {
    if (!(lent instanceof ByteBuffer buffer) || !isBytes) return lent;
    var piece = buffer.slice(buffer.position(), bytes);
    buffer.position(buffer.position() + bytes);
    return (T) ByteBuffer.allocate(bytes).order(buffer.order()).put(piece).flip();
  }

  /// What one of several receivers gets: a buffer of its own over the same bytes.
  @SuppressWarnings("unchecked") // A duplicate of a ByteBuffer is a ByteBuffer.
  T view(T kept) {
    return kept instanceof ByteBuffer buffer && isBytes ? (T) buffer.duplicate().order(buffer.order()) : kept;
  }

  StreamOptions streamOptions() {
    return isBytes ? StreamOptions.bytes() : StreamOptions.objects();
  }
}
