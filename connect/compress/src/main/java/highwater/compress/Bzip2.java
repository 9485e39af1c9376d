package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// The bzip2 format through commons-compress: reading alone.
public final class Bzip2 {
  /// A block of 900 KB, 5 bytes for each of its bytes, and the tables.
  private static final long DECODER_BYTES = 5L * 900_000 + (256 << 10);

  private Bzip2() {}

  /// Decompresses into chunks of at most 64 KiB and drops trailing garbage without a word.
  public static Decompress decompress() {
    return new Decompress(_ -> {}, ExpansionLimit.DEFAULT);
  }

  /// The recipe that decompresses bzip2, all streams of it, as bzip2(1) does.
  ///
  /// The checksums of each block and stream are verified. What follows a stream and does not begin like one is garbage: read
  /// to the end, dropped, and told to [#onWarning]. Input that is cut short, damaged or empty is a failure. Errors:
  /// [highwater.codec.DataException] with the byte position. Cost: a platform thread of its own, some 20 to 40 MB/s of
  /// output.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final Consumer<String> warning;
    private final ExpansionLimit limit;

    private Decompress(Consumer<String> warning, ExpansionLimit limit) {
      this.warning = warning;
      this.limit = limit;
    }

    /// The same with `warning` told, on the strand, when the input's end shows that garbage was dropped.
    public Decompress onWarning(Consumer<String> warning) {
      return new Decompress(warning, limit);
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
      return new Decompress(warning, limit);
    }

    @Override
    public String name() {
      return "bunzip2";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return DecoderThreadStep.footprint(name(), DECODER_BYTES, "");
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new DecoderThreadStep(new Bzip2Streams(), new Complaints(name(), "bzip2"), limit, warning);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
