package highwater.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Chunks and what they held when they were handed over, to see whether anybody changes them.
final class Frozen {
  private record Chunk(ByteBuffer view, ByteBuffer copy) {}

  private final List<Chunk> chunks = new ArrayList<>();

  /// Remembers a chunk, and leaves it as it is. Objects are not looked into.
  void add(Object chunk) {
    if (chunk instanceof ByteBuffer buffer) {
      chunks.add(new Chunk(buffer.duplicate(), ByteBuffer.wrap(Content.bytesOf(buffer))));
    }
  }

  /// Forgets them all.
  void thaw() {
    chunks.clear();
  }

  /// Whether they hold what they held.
  boolean areUnchanged() {
    return chunks.stream().allMatch(chunk -> chunk.view.equals(chunk.copy));
  }
}
