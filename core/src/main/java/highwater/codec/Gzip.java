package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The gzip format (RFC 1952) through the JDK's zlib, or the system's libdeflate: [#compress()] in parallel into one member, [#decompress()] of
/// any.
///
/// ```java
/// Pipeline.from(FileStreams.read(log)).through(Gzip.compress().level(9)).to(FileStreams.write(archive)).run();
/// ```
public final class Gzip {
  private static final int HEADER_BYTES = 10;
  private static final int FLAG_NAME = 8;
  private static final int SYSTEM_UNKNOWN = 255;
  private static final int FILE_NAME_MAX = 1024;

  private Gzip() {}

  /// The file of the system's libdeflate that compresses in place of the JDK's zlib, if one was found: faster, and into less.
  ///
  /// It deflates what follows the first 24 MiB of an input. Absent where there is none, where the program does not allow native
  /// access (`--enable-native-access`), and with `-Dhighwater.libdeflate=off`; the property may also be a path to another file.
  public static Optional<Path> libdeflate() {
    return Optional.ofNullable(Libdeflate.file());
  }

  /// Compresses at level 6, with two workers (the property `highwater.workers` says otherwise) and blocks of 256 KiB,
  /// into one member without a name or a time, so that the same input gives the same output whatever the number of
  /// workers (with libdeflate another one than without, see [#libdeflate()]).
  public static Compress compress() {
    return new Compress(Blocks.defaults(), null, null);
  }

  /// Decompresses into chunks of at most 256 KiB and drops trailing garbage without a word.
  public static Decompress decompress() {
    return new Decompress(InflateBuffer.DEFAULT_BYTES, _ -> {}, ExpansionLimit.DEFAULT);
  }

  /// The recipe that compresses to gzip.
  ///
  /// Cost: the copying and the CRC-32 are done on the strand, the compressor runs on Highwater's shared CPU threads; at most the
  /// workers of this run at one time. Errors: none of its own. Output is made block by block: a slow input shows
  /// nothing until a block is full.
  public static final class Compress implements PullStage<ByteBuffer, ByteBuffer> {
    private final Blocks blocks;
    private final @Nullable String fileName;
    private final @Nullable Instant modified;

    private Compress(Blocks blocks, @Nullable String fileName, @Nullable Instant modified) {
      this.blocks = blocks;
      this.fileName = fileName;
      this.modified = modified;
    }

    /// The same with zlib's level, 0 (store) to 9 (smallest).
    public Compress level(int level) {
      return new Compress(blocks.withLevel(level), fileName, modified);
    }

    /// The same with at most `workers` blocks deflated at one time, 1 to 256. One worker is a thread too: the strand
    /// never deflates.
    public Compress workers(int workers) {
      return new Compress(blocks.withWorkers(workers), fileName, modified);
    }

    /// The same with blocks of `bytes` plain bytes, 1 KiB to 64 MiB. Memory is workers + 2 times about twice a block;
    /// the output depends on the block size.
    public Compress block(int bytes) {
      return new Compress(blocks.withBlockBytes(bytes), fileName, modified);
    }

    /// The same with the original file's name in the header: Latin-1, no slash, 1 to 1,024 characters.
    public Compress fileName(String name) {
      boolean fits = !name.isEmpty() && name.length() <= FILE_NAME_MAX;
      if (!fits || !name.chars().allMatch(c -> c != 0 && c != '/' && c < 256)) {
        throw new IllegalArgumentException(
            ("name in a gzip header: \"" + name + "\"") + " (expected: 1 to 1024 Latin-1 characters without a slash)");
      }
      return new Compress(blocks, name, modified);
    }

    /// The same with the original file's time in the header, in whole seconds, 1970-01-01T00:00:01Z to
    /// 2106-02-07T06:28:15Z.
    public Compress modified(Instant time) {
      long seconds = time.getEpochSecond();
      if (seconds < 1 || seconds > 0xFFFF_FFFFL) {
        throw new IllegalArgumentException(
            ("time in a gzip header: " + time) + " (expected: 1970-01-01T00:00:01Z to 2106-02-07T06:28:15Z)");
      }
      return new Compress(blocks, fileName, time);
    }

    @Override
    public String name() {
      return "gzip level " + blocks.level();
    }

    @Override
    public String advice() {
      return blocks.advice();
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      int aroundBytes = header().length + Envelope.GZIP.trailerBytes;
      return blocks.footprint("gzip", "one member", aroundBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new DeflateStep(blocks, Envelope.GZIP, header());
    }

    @Override
    public String toString() {
      return name();
    }

    private byte[] header() {
      byte[] name = fileName == null ? null : fileName.getBytes(StandardCharsets.ISO_8859_1);
      var header = ByteBuffer.allocate(HEADER_BYTES + (name == null ? 0 : name.length + 1));
      header.order(ByteOrder.LITTLE_ENDIAN);
      header.put((byte) GunzipStep.MAGIC_1).put((byte) GunzipStep.MAGIC_2);
      header.put((byte) GunzipStep.METHOD_DEFLATE);
      header.put((byte) (name == null ? 0 : FLAG_NAME));
      header.putInt(modified == null ? 0 : (int) modified.getEpochSecond());
      header.put((byte) (blocks.level() == 9 ? 2 : blocks.level() == 1 ? 4 : 0));
      header.put((byte) SYSTEM_UNKNOWN);
      if (name != null) header.put(name).put((byte) 0);
      return header.array();
    }
  }

  /// The recipe that decompresses gzip, all members of it, as gzip(1) does.
  ///
  /// Each member's header, CRC-32 and length are checked. Zeros after a member are padding; anything else after it that
  /// does not begin like a member is garbage: read to the end, dropped, and told to [#onWarning]. Input that ends
  /// within a member, or holds none, is a failure. Errors: [DataException] with the byte position. Cost: zlib runs on
  /// the strand, at most one output chunk at a time.
  public static final class Decompress implements PullStage<ByteBuffer, ByteBuffer> {
    private final int chunkBytes;
    private final Consumer<String> warning;
    private final ExpansionLimit limit;

    private Decompress(int chunkBytes, Consumer<String> warning, ExpansionLimit limit) {
      this.chunkBytes = chunkBytes;
      this.warning = warning;
      this.limit = limit;
    }

    /// The same with output chunks of at most `bytes`, 512 bytes to 64 MiB.
    public Decompress chunk(int bytes) {
      return new Decompress(InflateBuffer.checkBytes(bytes), warning, limit);
    }

    /// The same with `warning` told, on the strand, when the input's end shows that garbage was dropped.
    public Decompress onWarning(Consumer<String> warning) {
      return new Decompress(chunkBytes, warning, limit);
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
      return new Decompress(chunkBytes, warning, limit);
    }

    @Override
    public String name() {
      return "gunzip";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return InflateBuffer.footprint("gunzip", chunkBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new GunzipStep(new InflateBuffer(name(), chunkBytes, true, limit), warning);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
