package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.codec.Gzip;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Decompresses what says by its first bytes what it is.
public final class Decompress {
  private Decompress() {}

  /// Decompresses gzip, zstd, lz4, bzip2 or xz, each as its own stage does, and fails for anything else. brotli has no
  /// magic number: name it.
  public static Detect detect() {
    return new Detect(Zstd.decompress(), Xz.decompress(), _ -> {}, ExpansionLimit.DEFAULT);
  }

  /// The recipe that looks at the first six bytes and then is the stage for them.
  ///
  /// Its bound is that of the format that takes most. A zstd or lz4 stream that begins with a frame to be skipped counts as
  /// zstd. Errors: those of the format's stage.
  public static final class Detect implements PullStage<ByteBuffer, ByteBuffer> {
    private final Zstd.Decompress zstd;
    private final Xz.Decompress xz;
    private final Consumer<String> warning;
    private final ExpansionLimit limit;

    private Detect(Zstd.Decompress zstd, Xz.Decompress xz, Consumer<String> warning, ExpansionLimit limit) {
      this.zstd = zstd;
      this.xz = xz;
      this.warning = warning;
      this.limit = limit;
    }

    /// The same for zstd frames with windows of at most 2^log bytes: [Zstd.Decompress#windowLogMax].
    public Detect windowLogMax(int log) {
      return new Detect(zstd.windowLogMax(log), xz, warning, limit);
    }

    /// The same for xz with at most `bytes` of memory: [Xz.Decompress#memoryAtMost].
    public Detect memoryAtMost(long bytes) {
      return new Detect(zstd, xz.memoryAtMost(bytes), warning, limit);
    }

    /// The same with `warning` told, on the strand, when the input's end shows that garbage was dropped, as gzip(1) and
    /// bzip2(1) do.
    public Detect onWarning(Consumer<String> warning) {
      return new Detect(zstd, xz, warning, limit);
    }

    /// The same with at most `bytes` out; more fails, before it passes on.
    public Detect outputAtMost(long bytes) {
      return limit(limit.outputAtMost(bytes));
    }

    /// The same with at most `ratio` bytes out for each byte in, once more than 1 GiB came out; 1,000 unless said.
    public Detect ratioAtMost(long ratio) {
      return limit(limit.ratioAtMost(ratio));
    }

    /// The same with all figures of the guard against bombs.
    public Detect limit(ExpansionLimit limit) {
      return new Detect(zstd, xz, warning, limit);
    }

    @Override
    public String name() {
      return "decompress";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      var most =
          Stream.of(Format.values())
              .map(format -> stage(format).footprint(chunkMaxBytes))
              .max(Comparator.comparingLong(footprint -> bytes(footprint)))
              .orElseThrow();
      return Footprint.of(
          "by the first bytes: gzip, zstd, lz4, bzip2 or xz; at most what the largest of them takes",
          most.chunkMaxBytes(),
          Term.of("decompress", 1, bytes(most)));
    }

    private static long bytes(Footprint footprint) {
      return footprint.terms().stream().mapToLong(Term::maxBytes).sum();
    }

    PullStage<ByteBuffer, ByteBuffer> stage(Format format) {
      return switch (format) {
        case GZIP -> Gzip.decompress().onWarning(warning).limit(limit);
        case ZSTD -> zstd.limit(limit);
        case LZ4 -> Lz4.decompress().limit(limit);
        case BZIP2 -> Bzip2.decompress().onWarning(warning).limit(limit);
        case XZ -> xz.limit(limit);
      };
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new DetectStep(name(), this::stage);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
