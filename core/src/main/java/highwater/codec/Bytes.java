package highwater.codec;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.stream.Collector;

/// Collectors of bytes with a limit: what does not end must not fill memory.
///
/// They copy: a lent chunk may be given, and is used up. What they hold while they grow is at most one and a half times
/// the limit, and the result. Errors: `UncheckedIOException` around a [DataException] with both figures, as soon as one
/// byte more than the limit came.
public final class Bytes {
  /// The largest limit: the longest array that every JVM can make.
  public static final int MAX = Integer.MAX_VALUE - 8;

  private Bytes() {}

  /// Collects everything into one array of at most `maxBytes`, 0 to [#MAX].
  ///
  /// Source: Node's `bytes` of `stream/consumers`, which has no limit.
  public static Collector<ByteBuffer, ?, byte[]> toArray(int maxBytes) {
    if (maxBytes < 0 || maxBytes > MAX) {
      throw new IllegalArgumentException("maximum: " + maxBytes + " bytes (expected: 0 to " + MAX + ")");
    }
    return Collector.of(
        () -> new Held(maxBytes), (held, chunk) -> add(held, chunk, maxBytes), Bytes::joined, Held::toArray);
  }

  /// Collects everything into one heap buffer of at most `maxBytes`, 0 to [#MAX].
  ///
  /// Source: Node's `buffer` of `stream/consumers`, which has no limit.
  public static Collector<ByteBuffer, ?, ByteBuffer> toBuffer(int maxBytes) {
    var array = toArray(maxBytes);
    return wrapping(array);
  }

  private static <A> Collector<ByteBuffer, A, ByteBuffer> wrapping(Collector<ByteBuffer, A, byte[]> array) {
    return Collector.of(
        array.supplier(), array.accumulator(), array.combiner(), a -> ByteBuffer.wrap(array.finisher().apply(a)));
  }

  private static Held joined(Held first, Held second) {
    add(first, second.view(second.bytes()), first.limitBytes());
    return first;
  }

  private static void add(Held held, ByteBuffer chunk, int maxBytes) {
    long bytes = (long) held.bytes() + chunk.remaining();
    if (bytes > maxBytes) {
      var failure =
          new DataException(
              ("at least " + bytes + " bytes came, the most is " + maxBytes)
                  + ": allow for more, or use the chunks one by one",
              maxBytes);
      throw new UncheckedIOException(failure.getMessage(), failure);
    }
    held.add(chunk, chunk.remaining());
  }
}
