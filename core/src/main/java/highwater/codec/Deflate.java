package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// The zlib format (RFC 1950), and with `raw()` bare deflate data (RFC 1951), through the JDK's zlib.
public final class Deflate {
  private Deflate() {}

  /// Compresses at level 6, as [Gzip#compress()] does, with zlib's header and Adler-32.
  public static Compress compress() {
    return new Compress(Blocks.defaults(), Envelope.ZLIB);
  }

  /// Decompresses the zlib format into chunks of at most 64 KiB.
  public static Decompress decompress() {
    return new Decompress(InflateBuffer.DEFAULT_BYTES, Envelope.ZLIB, ExpansionLimit.DEFAULT);
  }

  /// The recipe that compresses to the zlib format or to raw deflate data; work and memory are those of
  /// [Gzip.Compress].
  public static final class Compress implements PullStage<ByteBuffer, ByteBuffer> {
    private final Blocks blocks;
    private final Envelope envelope;

    private Compress(Blocks blocks, Envelope envelope) {
      this.blocks = blocks;
      this.envelope = envelope;
    }

    /// The same with zlib's level, 0 (store) to 9 (smallest).
    public Compress level(int level) {
      return new Compress(blocks.withLevel(level), envelope);
    }

    /// The same with at most `workers` blocks deflated at one time, 1 to 256.
    public Compress workers(int workers) {
      return new Compress(blocks.withWorkers(workers), envelope);
    }

    /// The same with blocks of `bytes` plain bytes, 1 KiB to 64 MiB.
    public Compress block(int bytes) {
      return new Compress(blocks.withBlockBytes(bytes), envelope);
    }

    /// The same without header and check value: whoever reads it cannot tell damage from data.
    public Compress raw() {
      return new Compress(blocks, Envelope.RAW);
    }

    @Override
    public String name() {
      return (envelope == Envelope.RAW ? "raw deflate level " : "deflate level ") + blocks.level();
    }

    @Override
    public String advice() {
      return blocks.advice();
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      int aroundBytes = header().length + envelope.trailerBytes;
      var shape = envelope == Envelope.RAW ? "raw" : "one zlib stream";
      return blocks.footprint("deflate", shape, aroundBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new DeflateStep(blocks, envelope, header());
    }

    @Override
    public String toString() {
      return name();
    }

    /// A window of 32 KiB, and how hard zlib tried; the pair is a multiple of 31 (RFC 1950, 2.2).
    private byte[] header() {
      if (envelope == Envelope.RAW) return new byte[0];
      int effort =
          switch (blocks.level()) {
            case 0, 1 -> 0x01;
            case 2, 3, 4, 5 -> 0x5E;
            case 6 -> 0x9C;
            default -> 0xDA;
          };
      return new byte[] {0x78, (byte) effort};
    }
  }

  /// The recipe that decompresses the zlib format or raw deflate data.
  ///
  /// Input that ends too early, or goes on after its end, is a failure; so are damaged data and, in the zlib format, an
  /// Adler-32 that does not match. Errors: [DataException] with the byte position. Cost: zlib runs on the strand, at
  /// most one output chunk at a time.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final int chunkBytes;
    private final Envelope envelope;
    private final ExpansionLimit limit;

    private Decompress(int chunkBytes, Envelope envelope, ExpansionLimit limit) {
      this.chunkBytes = chunkBytes;
      this.envelope = envelope;
      this.limit = limit;
    }

    /// The same with output chunks of at most `bytes`, 512 bytes to 64 MiB.
    public Decompress chunk(int bytes) {
      return new Decompress(InflateBuffer.checkBytes(bytes), envelope, limit);
    }

    /// The same for bare deflate data.
    public Decompress raw() {
      return new Decompress(chunkBytes, Envelope.RAW, limit);
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
      return new Decompress(chunkBytes, envelope, limit);
    }

    @Override
    public String name() {
      return envelope == Envelope.RAW ? "raw inflate" : "inflate";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return InflateBuffer.footprint("inflate", chunkBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      boolean raw = envelope == Envelope.RAW;
      return new InflateStep(name(), new InflateBuffer(name(), chunkBytes, raw, limit));
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
