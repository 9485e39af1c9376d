package highwater.conformance;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The data of one stream: bytes that count up from its id's first character, or integers that
/// count up from 0.
final class Chunks {
  private final int salt;
  private final boolean objectMode;
  private int next;

  Chunks(String id, boolean objectMode) {
    this.salt = id.charAt(0);
    this.objectMode = objectMode;
  }

  /// Makes the next chunk; `size` counts in byte mode only.
  Object next(int size) {
    if (objectMode) return next++;
    var bytes = new byte[size];
    for (int i = 0; i < size; i++) bytes[i] = (byte) (salt + next++);
    return ByteBuffer.wrap(bytes);
  }

  /// Shows a chunk as the trace does: length and FNV-1a of the bytes, or the integer; its position
  /// stays.
  static String show(@Nullable Object chunk) {
    return switch (chunk) {
      case null -> "null";
      case ByteBuffer bytes -> bytes.remaining() + ":" + HexFormat.of().toHexDigits(fnv1a(bytes));
      case Object object -> "#" + object;
    };
  }

  /// Does what whoever gets a chunk may do: moves its position to its limit.
  static void consume(@Nullable Object chunk) {
    if (chunk instanceof ByteBuffer bytes) bytes.position(bytes.limit());
  }

  private static int fnv1a(ByteBuffer bytes) {
    int hash = 0x811c9dc5;
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      hash = (hash ^ (bytes.get(i) & 0xff)) * 0x01000193;
    }
    return hash;
  }
}
