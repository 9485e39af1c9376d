package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;

/// The brotli format (RFC 7932) through brotli4j: reading alone.
public final class Brotli {
  /// A window of at most 16 MiB, the smaller one it grew from, and the tables.
  private static final long STATE_BYTES = 28 << 20;

  private Brotli() {}

  /// Decompresses into chunks of at most 64 KiB.
  public static Decompress decompress() {
    return new Decompress(ExpansionLimit.DEFAULT);
  }

  /// The recipe that decompresses brotli: one stream, as brotli(1) does.
  ///
  /// Input that is cut short, empty, or goes on after the stream is a failure. **The format has no checksum and no magic
  /// number:** damage is found only where it breaks the code, and whatever is read may be taken for brotli for a while. Put
  /// a digest behind it where that matters. Windows beyond 16 MiB (`brotli --large_window`) are refused. Errors:
  /// [highwater.codec.DataException] with the byte position. Cost: brotli runs on the strand, at most 64 KiB of input at a
  /// time.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final ExpansionLimit limit;

    private Decompress(ExpansionLimit limit) {
      this.limit = limit;
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
      return new Decompress(limit);
    }

    @Override
    public String name() {
      return "unbrotli";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "64 KiB chunks, on the strand",
          DecodeStep.CHUNK_BYTES,
          Term.of("unbrotli in, out", 2, DecodeStep.CHUNK_BYTES),
          Term.of("brotli", 1, STATE_BYTES));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new BrotliStep(name(), limit);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
