package highwater.pipeline;

import highwater.StreamOptions;
import java.util.List;

/// What a recipe around a user's streams declares of them; [ClassicStreams] holds them to it.
interface Declared {
  /// The most one chunk, or what is made of one, may weigh in bytes, or [Footprint#UNKNOWN].
  long declaredBytes();

  /// The largest mark its streams may have, in bytes, or [Footprint#UNKNOWN].
  long declaredMarkBytes();

  static long checked(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("at most " + bytes + " bytes (expected: 1 or more)");
    return bytes;
  }

  /// One stream's queue: it is filled up to the mark, and the chunk that crosses it is taken all the same.
  static Term queue(String name, long chunkMaxBytes) {
    return new Term(name, 1, 1, List.of(StreamOptions.BYTE_MARK, chunkMaxBytes));
  }
}
