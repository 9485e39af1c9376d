package highwater.pipeline;

import highwater.StreamOptions;
import java.nio.ByteBuffer;

/// What a chunk weighs where bytes and objects take the same way to another thread: its bytes, or a sixteenth of the bound.
public final class ChunkWeight {
  /// The most that is queued between the threads, in bytes, unless one chunk is larger: 128 KiB, or 16 objects.
  public static final long BOUND_BYTES = 128 << 10;

  /// How a stream is set up that stands beside such a queue: chunks of any kind, weighed like this.
  public static final StreamOptions OPTIONS =
      StreamOptions.objects().<Object>withSizer(ChunkWeight::of, StreamOptions.BYTE_MARK);

  private ChunkWeight() {}

  /// The weight of `chunk`, in bytes.
  public static long of(Object chunk) {
    return chunk instanceof ByteBuffer bytes ? bytes.remaining() : BOUND_BYTES / 16;
  }
}
