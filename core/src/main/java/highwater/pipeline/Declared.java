package highwater.pipeline;

import highwater.StreamOptions;
import java.util.List;

/// What a recipe around a user's streams declares of them; [ClassicStreams] holds them to it.
interface Declared {
  /// The largest chunk it may give, in bytes, or [Footprint#UNKNOWN].
  long declaredBytes();

  /// The most its readable may hold, the chunk being read included, in bytes, or [Footprint#UNKNOWN].
  long declaredHeldBytes();

  /// The largest mark its streams may have, in bytes, or [Footprint#UNKNOWN].
  long declaredMarkBytes();

  static long checked(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("at most " + bytes + " bytes (expected: 1 or more)");
    return bytes;
  }

  /// The queue of a readable: filled up to the mark, with the chunk that crosses it, and one more, which a source that
  /// answers at once pushes before the chunk being read is taken off.
  static Term readableQueue(String name, long chunkMaxBytes) {
    return new Term(name, 1, 1, List.of(StreamOptions.BYTE_MARK, chunkMaxBytes, chunkMaxBytes));
  }

  /// The queue of a writable: filled up to the mark, with the chunk that crosses it; the chunk at the sink is one of
  /// them.
  static Term writableQueue(String name, long chunkMaxBytes) {
    return new Term(name, 1, 1, List.of(StreamOptions.BYTE_MARK, chunkMaxBytes));
  }
}
