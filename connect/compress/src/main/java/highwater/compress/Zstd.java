package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The zstd format (RFC 8878) through zstd-jni.
///
/// ```java
/// Pipeline.from(FileStreams.read(log)).through(Zstd.compress().level(9)).to(FileStreams.write(archive)).run();
/// ```
public final class Zstd {
  /// The window that decoders take unless told otherwise, here as in zstd(1): 2^27 bytes, 128 MiB.
  public static final int WINDOW_LOG_DEFAULT = 27;

  private static final int LEVEL_MAX = 22;
  private static final int WINDOW_LOG_MIN = 10;
  private static final int WINDOW_LOG_MAX = 31;
  private static final int WORKERS_MAX = 64;

  private Zstd() {}

  /// Compresses at level 3, on the strand, into one frame with a checksum.
  public static Compress compress() {
    return new Compress(3, 0, 0);
  }

  /// Decompresses frames with windows of at most 128 MiB into chunks of at most 64 KiB.
  public static Decompress decompress() {
    return new Decompress(WINDOW_LOG_DEFAULT, ExpansionLimit.DEFAULT);
  }

  /// The recipe that compresses to zstd.
  ///
  /// Cost: zstd runs on the strand, at most one input chunk at a time: at level 3 about 0.3 ms, at the highest levels some
  /// 100 ms for each 128 KiB. With workers the strand waits for them where they are slower than the input. Output is made
  /// block by block: a slow input shows nothing for some 100 KiB.
  public static final class Compress implements PullStage<ByteBuffer, ByteBuffer> {
    private final int level;
    private final int windowLog;
    private final int workers;

    private Compress(int level, int windowLog, int workers) {
      this.level = level;
      this.windowLog = windowLog;
      this.workers = workers;
    }

    /// The same with zstd's level, 1 (fastest) to 22 (smallest). Those above 19 take 200 to 800 MiB.
    public Compress level(int level) {
      return new Compress(checked("level", level, 1, LEVEL_MAX), windowLog, workers);
    }

    /// The same with matches found at a distance of up to 2^windowLog bytes, 10 to 31. Whoever decompresses needs that much
    /// memory, and has to ask for it beyond 27.
    public Compress longDistance(int windowLog) {
      return new Compress(level, checked("longDistance", windowLog, WINDOW_LOG_MIN, WINDOW_LOG_MAX), workers);
    }

    /// The same with `workers` threads of zstd's own, 0 (the strand alone) to 64. The output does not depend on their number
    /// as long as there is one.
    public Compress workers(int workers) {
      return new Compress(level, windowLog, checked("workers", workers, 0, WORKERS_MAX));
    }

    @Override
    public String name() {
      return "zstd level " + level;
    }

    @Override
    public @Nullable String advice() {
      if (workers < Runtime.getRuntime().availableProcessors()) return "give it another worker, or a lower level";
      return level > 1 ? "a lower level is faster" : null;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      var how =
          (workers == 0 ? "on the strand" : workers == 1 ? "1 worker" : workers + " workers")
              + ", one frame with a checksum, level "
              + level
              + (windowLog == 0 ? "" : ", long distance " + ByteSizes.inWords(1L << windowLog));
      return Footprint.of(
          how,
          DecodeStep.CHUNK_BYTES,
          Term.of("zstd in, out", 2, DecodeStep.CHUNK_BYTES),
          Term.of("zstd", 1, ZstdMemory.compressBytes(level, windowLog, workers)));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new ZstdCompressStep(name(), level, windowLog, workers);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /// The recipe that decompresses zstd, all frames of it, as zstd(1) does: skippable ones are skipped.
  ///
  /// Checksums are verified where a frame has one, as those of zstd(1) and of [#compress()] do; a frame without one may be
  /// damaged unnoticed. Input that is cut short, empty, or goes on with anything but a frame is a failure. Errors:
  /// [highwater.codec.DataException] with the byte position. Cost: zstd runs on the strand, at most one output chunk at a
  /// time.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final int windowLogMax;
    private final ExpansionLimit limit;

    private Decompress(int windowLogMax, ExpansionLimit limit) {
      this.windowLogMax = windowLogMax;
      this.limit = limit;
    }

    /// The same for frames with windows of at most 2^log bytes, 10 to 31; the window counts in the footprint. A frame that
    /// wants more is refused with both figures.
    public Decompress windowLogMax(int log) {
      return new Decompress(checked("windowLogMax", log, WINDOW_LOG_MIN, WINDOW_LOG_MAX), limit);
    }

    /// The same with at most `bytes` out; more fails, before it passes on.
    public Decompress outputAtMost(long bytes) {
      return limit(limit.outputAtMost(bytes));
    }

    /// The same with at most `ratio` bytes out for each byte in, once more than 1 GiB came out; 1,000 unless said.
    public Decompress ratioAtMost(long ratio) {
      return limit(limit.ratioAtMost(ratio));
    }

    /// The same with all figures of the guard against bombs.
    public Decompress limit(ExpansionLimit limit) {
      return new Decompress(windowLogMax, limit);
    }

    @Override
    public String name() {
      return "unzstd";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "64 KiB chunks, on the strand, windows of at most " + ByteSizes.inWords(1L << windowLogMax),
          DecodeStep.CHUNK_BYTES,
          Term.of("unzstd in, out", 2, DecodeStep.CHUNK_BYTES),
          Term.of("zstd window", 1, (1L << windowLogMax) + ZstdMemory.DECOMPRESS_BYTES));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new ZstdDecompressStep(name(), windowLogMax, limit);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static int checked(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: " + least + " to " + most + ")");
    }
    return value;
  }
}
