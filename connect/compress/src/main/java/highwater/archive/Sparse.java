package highwater.archive;

import java.util.Arrays;

/// Where the data of a sparse file lies in it: segments in order, zeros between and behind.
final class Sparse {
  /// A megabyte of them; more is no file that anybody has.
  static final int SEGMENTS_MAX = 1 << 16;

  private long[] offsets = new long[8];
  private long[] lengths = new long[8];
  private int segments;
  private int at;
  private long dataBytes;

  /// Adds a segment; throws `IllegalArgumentException` where it does not lie behind those before it.
  void add(long offset, long length) {
    long before = segments == 0 ? 0 : offsets[segments - 1] + lengths[segments - 1];
    if (offset < before || length < 0 || offset + length < offset) {
      throw new IllegalArgumentException("a segment of " + length + " bytes at " + offset + " after byte " + before);
    }
    if (segments == SEGMENTS_MAX) throw new IllegalArgumentException("more than " + SEGMENTS_MAX + " segments");
    if (segments == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * segments);
      lengths = Arrays.copyOf(lengths, 2 * segments);
    }
    offsets[segments] = offset;
    lengths[segments++] = length;
    dataBytes += length;
  }

  /// How much data all segments have.
  long dataBytes() {
    return dataBytes;
  }

  /// Where the last segment ends.
  long endBytes() {
    return segments == 0 ? 0 : offsets[segments - 1] + lengths[segments - 1];
  }

  /// How many bytes from `position` on are data; 0 where zeros come first. Positions never go back.
  long dataAt(long position) {
    while (at < segments && offsets[at] + lengths[at] <= position) at++;
    return at < segments && offsets[at] <= position ? offsets[at] + lengths[at] - position : 0;
  }

  /// How many bytes from `position` on, where no data is, are zeros, in a file of `sizeBytes`.
  long zerosAt(long position, long sizeBytes) {
    return (at < segments ? offsets[at] : sizeBytes) - position;
  }
}
