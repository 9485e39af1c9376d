package highwater.compress;

/// What zstd allocates, in bytes.
///
/// The tables are from zstd's own `ZSTD_estimateCStreamSize(level)` and `ZSTD_estimateCCtxSize(level)` (1.5.4, for any size
/// of input), rounded up by a few percent: zstd-jni exports neither. A test compares level 12 with what a process takes.
final class ZstdMemory {
  private static final long KIB = 1L << 10;

  /// A stream on one thread, with its window and its buffers, by level.
  private static final int[] STREAM_KIB = {
    0, 1_500, 2_200, 3_800, 5_100, 6_200, 6_200, 9_400, 9_400, 17_900, 30_700, 30_700, 56_200, 56_200, 56_200, 73_000,
    73_000, 73_000, 73_000, 95_000, 205_000, 407_000, 820_000
  };

  /// A worker's state, without window and buffers, by level.
  private static final int[] WORKER_KIB = {
    0, 680, 880, 1_400, 2_700, 3_800, 3_800, 7_000, 7_000, 13_400, 26_200, 26_200, 51_900, 51_900, 51_900, 69_000,
    69_000, 69_000, 69_000, 87_000, 172_000, 343_000, 692_000
  };

  private static final int[] WINDOW_LOG = {
    0, 19, 20, 21, 21, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, 22, 22, 23, 23, 23, 25, 26, 27
  };

  private static final int[] CHAIN_LOG = {
    0, 13, 15, 16, 18, 18, 18, 19, 19, 20, 21, 21, 22, 22, 22, 23, 22, 23, 23, 24, 25, 26, 27
  };

  /// Everything but the window of a stream that is decompressed.
  static final long DECOMPRESS_BYTES = 512 * KIB;

  private ZstdMemory() {}

  /// A compressing stream; `windowLog` is 0 without long distance matching.
  static long compressBytes(int level, int windowLog, int workers) {
    long distance = windowLog == 0 ? 0 : distanceTableBytes(level, windowLog);
    if (workers == 0) {
      long window = windowLog == 0 ? 0 : 1L << windowLog;
      return STREAM_KIB[level] * KIB + window + distance;
    }
    long job = jobBytes(level, windowLog);
    long jobOut = job + (job >> 7) + 64 * KIB;
    // zstd's ring of input: one job for each worker, or the window, and three more; outputs wait in a table of jobs.
    long ring = Math.max(windowLog == 0 ? 0 : 1L << windowLog, workers * job) + 3 * job;
    int jobs = 2 * Integer.highestOneBit(workers + 2);
    return ring + jobs * jobOut + workers * (WORKER_KIB[level] * KIB) + distance + 1024 * KIB;
  }

  /// The bytes of one worker's piece: what one must look back at the least. zstd's own default is four times that, and its
  /// buffers for two workers then some 100 MiB at level 3.
  static int jobBytes(int level, int windowLog) {
    int log = windowLog == 0 ? WINDOW_LOG[level] : Math.max(WINDOW_LOG[level], CHAIN_LOG[level] + 1);
    return 1 << Math.max(20, log);
  }

  /// The hash table of long distance matching: 8 bytes for each 2^(7 - strategy / 3) bytes of the window, with its buckets.
  private static long distanceTableBytes(int level, int windowLog) {
    int rateLog = level <= 4 ? 7 : level <= 12 ? 6 : level <= 18 ? 5 : 4;
    int hashLog = Math.clamp(windowLog - rateLog, 6, 30);
    return (8L << hashLog) + (1L << hashLog) + 256 * KIB;
  }
}
