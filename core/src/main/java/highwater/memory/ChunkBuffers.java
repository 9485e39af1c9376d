package highwater.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;

/// Direct buffers, lent one by one and used again.
///
/// A direct buffer that is dropped keeps its memory until a collection notices, so a process that runs many short pipelines
/// would hold far more than its pipelines say. At most [#KEPT] buffers of the default size rest here, 512 KiB together;
/// others are dropped. Thread rule: any thread.
public final class ChunkBuffers {
  /// The size of a chunk unless something else is asked for, in bytes: 64 KiB.
  public static final int DEFAULT_BYTES = 64 << 10;

  private static final int KEPT = 8;
  private static final ArrayDeque<ByteBuffer> RESTING = new ArrayDeque<>(KEPT);

  private ChunkBuffers() {}

  /// An empty direct buffer of exactly `bytes`.
  public static ByteBuffer take(int bytes) {
    if (bytes == DEFAULT_BYTES) {
      synchronized (RESTING) {
        var resting = RESTING.poll();
        if (resting != null) return resting.clear().order(ByteOrder.BIG_ENDIAN);
      }
    }
    return ByteBuffer.allocateDirect(bytes);
  }

  /// Takes `buffer` back; nobody may use it any more.
  public static void giveBack(ByteBuffer buffer) {
    if (buffer.capacity() != DEFAULT_BYTES) return;
    synchronized (RESTING) {
      if (RESTING.size() < KEPT) RESTING.push(buffer);
    }
  }
}
