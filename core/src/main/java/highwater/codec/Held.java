package highwater.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Bytes gathered in one array, which grows as they come and never beyond a limit.
///
/// Its sizes are the limit halved again and again, so that growing takes one and a half times the limit and no more.
final class Held {
  private static final byte[] NOTHING = {};

  /// Smaller arrays are not worth the growing.
  private static final int LEAST_BYTES = 64;

  private final int limitBytes;
  private byte[] array = NOTHING;
  private int bytes;

  Held(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  /// The most that an object with that limit takes.
  static long mostBytes(int limitBytes) {
    return limitBytes + (limitBytes + 1L) / 2;
  }

  int limitBytes() {
    return limitBytes;
  }

  int bytes() {
    return bytes;
  }

  /// Takes the next `count` bytes of `chunk`.
  void add(ByteBuffer chunk, int count) {
    assert count <= limitBytes - bytes : this;
    grow(bytes + count);
    chunk.get(array, bytes, count);
    bytes += count;
  }

  private void grow(int needed) {
    if (needed <= array.length) return;
    int size = limitBytes;
    while (half(size) >= needed && size > LEAST_BYTES) size = half(size);
    array = Arrays.copyOf(array, size);
  }

  /// Rounded up, without overflow.
  private static int half(int size) {
    return size / 2 + (size & 1);
  }

  /// The first `count` bytes, until more are added.
  ByteBuffer view(int count) {
    return ByteBuffer.wrap(array, 0, count).slice();
  }

  byte[] toArray() {
    return Arrays.copyOf(array, bytes);
  }

  /// Forgets the bytes and keeps the array.
  void clear() {
    bytes = 0;
  }

  void close() {
    array = NOTHING;
    bytes = 0;
  }

  @Override
  public String toString() {
    return "Held(" + bytes + " of " + limitBytes + " bytes)";
  }
}
