package highwater;

import java.nio.ByteBuffer;

/// What the library may do with a chunk of any kind.
final class Chunks {
  private Chunks() {}

  /// A chunk for one more receiver: a buffer gets a view with its own position and limit, anything else is shared.
  @SuppressWarnings("unchecked")
  static <T> T view(T chunk) {
    return chunk instanceof ByteBuffer bytes ? (T) bytes.duplicate().order(bytes.order()) : chunk;
  }
}
