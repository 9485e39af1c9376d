package highwater.s3;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/// A buffer outside the heap whose memory is given back when it is freed, not when a collection notices; and which does not
/// count in `-XX:MaxDirectMemorySize`, since a run's bound and budget say more.
///
/// Thread rule: whoever holds it. It is freed once, by its last holder.
final class NativeBuffer {
  private final Arena arena = Arena.ofShared();
  private final ByteBuffer bytes;

  NativeBuffer(int capacity) {
    bytes = arena.allocate(capacity).asByteBuffer();
  }

  /// Its one view with a position of its own.
  ByteBuffer bytes() {
    return bytes;
  }

  void free() {
    arena.close();
  }
}
