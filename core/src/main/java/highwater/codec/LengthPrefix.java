package highwater.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How the length of a frame is written before it.
///
/// @param bytes 1, 2, 4 or 8, or [#VARINT]
/// @param order the order of several bytes
record LengthPrefix(int bytes, ByteOrder order) {
  static final int VARINT = 0;

  /// The most bytes of a varint of 64 bits.
  private static final int VARINT_MOST = 10;

  static LengthPrefix ofBytes(int bytes) {
    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
      throw new IllegalArgumentException("length before a frame: " + bytes + " bytes (expected: 1, 2, 4 or 8)");
    }
    return new LengthPrefix(bytes, ByteOrder.BIG_ENDIAN);
  }

  boolean isVarint() {
    return bytes == VARINT;
  }

  int mostBytes() {
    return isVarint() ? VARINT_MOST : bytes;
  }

  /// The largest length that it can say.
  long mostLength() {
    return isVarint() || bytes == Long.BYTES ? Long.MAX_VALUE : (1L << (bytes * Byte.SIZE)) - 1;
  }

  /// Where the bits of the byte at `index` belong.
  int shift(int index) {
    if (isVarint()) return 7 * index;
    return Byte.SIZE * (order == ByteOrder.LITTLE_ENDIAN ? index : bytes - 1 - index);
  }

  void put(ByteBuffer out, long length) {
    if (isVarint()) {
      long rest = length;
      for (; rest > 0x7F; rest >>>= 7) out.put((byte) (rest | 0x80));
      out.put((byte) rest);
    } else {
      for (int i = 0; i < bytes; i++) out.put((byte) (length >>> shift(i)));
    }
  }

  @Override
  public String toString() {
    if (isVarint()) return "a varint";
    if (bytes == 1) return "1 byte";
    return bytes + " bytes, " + (order == ByteOrder.LITTLE_ENDIAN ? "little-endian" : "big-endian");
  }
}
