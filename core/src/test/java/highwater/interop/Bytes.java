package highwater.interop;

import java.nio.ByteBuffer;
import java.util.Random;

/// Seeded bytes, and copies of what is lent.
final class Bytes {
  private Bytes() {}

  static byte[] random(Random random, int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @SuppressWarnings("unchecked") // A copy of a ByteBuffer is one.
  static <T> T copied(T chunk) {
    if (!(chunk instanceof ByteBuffer lent)) return chunk;
    return (T) ByteBuffer.allocate(lent.remaining()).put(lent).flip();
  }
}
