package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;

/// The lz4 frame format (1.6) through lz4-java.
public final class Lz4 {
  private static final int BLOCK_BYTES_DEFAULT = 256 << 10;

  private Lz4() {}

  /// Compresses into one frame of independent blocks of 256 KiB with a checksum of the content.
  public static Compress compress() {
    return new Compress(BLOCK_BYTES_DEFAULT);
  }

  /// Decompresses into chunks of at most 64 KiB.
  public static Decompress decompress() {
    return new Decompress(ExpansionLimit.DEFAULT);
  }

  /// The recipe that compresses to lz4.
  ///
  /// Cost: lz4 runs on the strand, one block at a time, some 0.5 ms for 256 KiB. Output is made block by block: a slow
  /// input shows nothing until a block is full.
  public static final class Compress implements PullStage<ByteBuffer, ByteBuffer> {
    private final int blockBytes;

    private Compress(int blockBytes) {
      this.blockBytes = blockBytes;
    }

    /// The same with blocks of `bytes` plain bytes: 64 KiB, 256 KiB, 1 MiB or 4 MiB, for the format has no others.
    public Compress block(int bytes) {
      if (bytes != 64 << 10 && bytes != 256 << 10 && bytes != 1 << 20 && bytes != 4 << 20) {
        throw new IllegalArgumentException(
            "block: " + bytes + " bytes (expected: 64 KiB, 256 KiB, 1 MiB or 4 MiB, as lz4 has them)");
      }
      return new Compress(bytes);
    }

    @Override
    public String name() {
      return "lz4";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      long outputBytes = Lz4CompressStep.outputBytes(blockBytes);
      return Footprint.of(
          "blocks of " + ByteSizes.inWords(blockBytes) + ", on the strand, one frame with a checksum",
          outputBytes,
          Term.of("lz4 block", 1, blockBytes),
          Term.of("lz4 out", 1, outputBytes),
          Term.of("lz4 table", 1, Lz4CompressStep.TABLE_BYTES));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new Lz4CompressStep(blockBytes);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /// The recipe that decompresses lz4 frames, all of them, as lz4(1) does: skippable ones are skipped.
  ///
  /// Blocks may depend on those before them. All checksums of a frame are verified (of its header, its blocks, its
  /// content), and its length where it says one; a frame without them may be damaged unnoticed. Input that is cut short,
  /// empty (which lz4(1) accepts), or goes on with anything but a frame is a failure; so are frames that need a dictionary,
  /// and the legacy format of `lz4 -l`. Errors: [highwater.codec.DataException] with the byte position. Cost: lz4 runs on
  /// the strand, one block at a time.
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
      return "unlz4";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "64 KiB chunks, on the strand, blocks of at most 4 MiB",
          DecodeStep.CHUNK_BYTES,
          Term.of("unlz4 block", 1, Lz4Frame.BLOCK_BYTES_MAX),
          Term.of("unlz4 out", 1, Lz4Frame.HISTORY_BYTES + (long) Lz4Frame.BLOCK_BYTES_MAX));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new Lz4DecompressStep(name(), limit);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
