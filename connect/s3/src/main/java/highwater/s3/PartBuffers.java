package highwater.s3;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The buffers of one run, lent one by one and freed with it.
///
/// A call that outlives its run gives its buffers back late; they are freed then. Thread rule: any thread.
final class PartBuffers {
  private final int bytesEach;

  // Guarded by `this`.
  private final ArrayDeque<NativeBuffer> resting = new ArrayDeque<>();
  private boolean closed;

  PartBuffers(int bytesEach) {
    this.bytesEach = bytesEach;
  }

  /// One that rests, empty; null where none does.
  synchronized @Nullable NativeBuffer poll() {
    var buffer = resting.poll();
    if (buffer != null) buffer.bytes().clear();
    return buffer;
  }

  NativeBuffer make() {
    return new NativeBuffer(bytesEach);
  }

  void giveBack(NativeBuffer buffer) {
    synchronized (this) {
      if (!closed) {
        resting.push(buffer);
        return;
      }
    }
    buffer.free();
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    for (NativeBuffer buffer; (buffer = poll()) != null; ) buffer.free();
  }
}
