package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// The xz format through XZ for Java: reading alone.
public final class Xz {
  private static final int KIB = 1 << 10;
  private static final long MEMORY_BYTES_DEFAULT = 66L << 20;
  private static final long MEMORY_BYTES_MIN = 128 << 10;
  private static final long MEMORY_BYTES_MAX = 1536L << 20;

  private Xz() {}

  /// Decompresses with at most 66 MiB of memory, enough for all that xz(1) makes with `-0` to `-9`, into chunks of at most
  /// 64 KiB.
  public static Decompress decompress() {
    return new Decompress(MEMORY_BYTES_DEFAULT, ExpansionLimit.DEFAULT);
  }

  /// The recipe that decompresses xz, all streams of it, with padding, as xz(1) does.
  ///
  /// Checks (CRC-32, CRC-64, SHA-256) are verified; a file written with `--check=none` may be damaged unnoticed. Input that
  /// is cut short, damaged, empty, or goes on with anything but a stream is a failure. Errors:
  /// [highwater.codec.DataException] with the byte position. Cost: a platform thread of its own; the memory is on the heap.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final long memoryBytes;
    private final ExpansionLimit limit;

    private Decompress(long memoryBytes, ExpansionLimit limit) {
      this.memoryBytes = memoryBytes;
      this.limit = limit;
    }

    /// The same with at most `bytes` for the dictionary and what is around it, 128 KiB to 1.5 GiB; it counts in the
    /// footprint. A file that wants more is refused with both figures.
    public Decompress memoryAtMost(long bytes) {
      if (bytes < MEMORY_BYTES_MIN || bytes > MEMORY_BYTES_MAX) {
        throw new IllegalArgumentException("memoryAtMost: " + bytes + " bytes (expected: 128 KiB to 1.5 GiB)");
      }
      return new Decompress(bytes, limit);
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
      return new Decompress(memoryBytes, limit);
    }

    @Override
    public String name() {
      return "unxz";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return DecoderThreadStep.footprint(name(), memoryBytes, ", with at most " + ByteSizes.inWords(memoryBytes));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      var format = new XzStreams((int) (memoryBytes / KIB));
      return new DecoderThreadStep(format, new Complaints(name(), "xz"), limit, _ -> {});
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
