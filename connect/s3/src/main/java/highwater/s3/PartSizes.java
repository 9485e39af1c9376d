package highwater.s3;

import highwater.pipeline.ByteSizes;

/// How large each part of an upload is, so that an object of unknown length fits into S3's 10,000 parts within one bound.
///
/// A part is made of whole buffers of `partBytes`. The first quarter of the numbers has one each, the second two, then four,
/// then eight, but never more than the run has; so parts in flight × bytes of a part stay the same.
///
/// @param partBytes the size of a buffer
/// @param buffers how many there are at most
/// @param partsMax how many parts an object may have
record PartSizes(int partBytes, int buffers, int partsMax) {
  /// The most parts of one upload (S3's limit).
  static final int PARTS_MAX = 10_000;

  /// The smallest part but for the last (S3's limit).
  static final int PART_MIN_BYTES = 5 << 20;

  /// The largest buffer; S3 takes parts of 5 GiB, but a buffer is an array of bytes.
  static final int PART_MAX_BYTES = 512 << 20;

  private static final int STAGES = 4;

  /// How many buffers the part of this number (1 is the first) has.
  int buffersOf(int number) {
    int stage = (int) ((number - 1L) * STAGES / partsMax);
    return Math.min(1 << stage, Integer.highestOneBit(buffers));
  }

  /// The length of the largest object.
  long objectMaxBytes() {
    long sum = 0;
    for (int number = 1; number <= partsMax; number++) sum += (long) buffersOf(number) * partBytes;
    return sum;
  }

  String inWords() {
    return ByteSizes.rounded(objectMaxBytes());
  }
}
