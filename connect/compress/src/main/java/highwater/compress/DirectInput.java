package highwater.compress;

import highwater.memory.ChunkBuffers;
import java.nio.ByteBuffer;

/// Gives native code its input where it can read it: direct chunks as they are, others through a buffer.
final class DirectInput {
  /// The buffer's size.
  static final int BYTES = ChunkBuffers.DEFAULT_BYTES;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);

  /// The call that takes from its argument what it wants.
  interface Reader {
    boolean read(ByteBuffer direct);
  }

  /// Lets `reader` take from the beginning of `chunk`, at most [#BYTES] of one that is not direct.
  boolean give(ByteBuffer chunk, Reader reader) {
    if (chunk.isDirect()) return reader.read(chunk);
    int bytes = Math.min(chunk.remaining(), BYTES);
    buffer.clear().put(0, chunk, chunk.position(), bytes).limit(bytes);
    boolean result = reader.read(buffer);
    chunk.position(chunk.position() + buffer.position());
    return result;
  }
}
