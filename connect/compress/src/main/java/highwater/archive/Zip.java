package highwater.archive;

import highwater.codec.ExpansionLimit;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.Deflater;

/// zip in both directions, as a stream: without going back, and without a temporary file.
public final class Zip {
  private static final int LEVEL = 6;
  private static final long DIRECTORY_BYTES = 16L << 20;
  private static final long DIRECTORY_BYTES_MAX = 1L << 30;

  private Zip() {}

  /// Reads the entries of a zip, stored or deflated, with zip64, from its first byte to its last.
  ///
  /// Each entry is given when its data comes; then the directory at the end is compared with what was read: the same entries
  /// at the same places, no more and no fewer, or it fails. What a zip says of permissions and links stands in that directory
  /// alone, and is given as [Piece.Attributes] behind all entries. Encrypted entries are refused, as are stored ones whose length
  /// stands behind their data, and a zip with something before it.
  public static Entries entries() {
    return new Entries(Entries.Format.ZIP, ExpansionLimit.DEFAULT, Entries.ENTRIES_MAX);
  }

  /// Makes a zip of entries: files deflated, with their length behind them where every program finds it, in zip64 where it
  /// is not known before or large; names in UTF-8.
  public static Archive archive() {
    return new Archive(LEVEL, DIRECTORY_BYTES);
  }

  /// Reads a folder as a zip; see [Folder#read].
  public static PullOrigin<ByteBuffer> pack(Path folder) {
    return Folder.read(folder).packedBy(archive());
  }

  /// Unpacks a zip into a folder, which gets what is in it only when all of it has succeeded; see [Folder#write].
  public static PullTarget<ByteBuffer> unpack(Path folder) {
    return Folder.write(folder).unpackedBy(entries());
  }

  /// The recipe that makes a zip.
  ///
  /// Cost: zlib runs on the strand. Bound: the directory, which comes last, grows with the entries, by 46 bytes and its name
  /// for each, up to [#directoryAtMost]. Errors: [highwater.codec.DataException] where an entry's data is not as long as it
  /// said, for hard links, devices and FIFOs, and where the directory grows too large.
  public static final class Archive implements Archiver {
    private final int level;
    private final long directoryBytesMax;

    private Archive(int level, long directoryBytesMax) {
      this.level = level;
      this.directoryBytesMax = directoryBytesMax;
    }

    /// The same at another level: 0 stores (as deflate data), 1 is fastest, 9 smallest; 6 unless said.
    public Archive level(int level) {
      if (level < Deflater.NO_COMPRESSION || level > Deflater.BEST_COMPRESSION) {
        throw new IllegalArgumentException("level: " + level + " (expected: 0 to 9)");
      }
      return new Archive(level, directoryBytesMax);
    }

    /// The same with at most `bytes` for the directory, 64 KiB to 1 GiB; 16 MiB unless said.
    public Archive directoryAtMost(long bytes) {
      if (bytes < ZipWriter.BLOCK_BYTES || bytes > DIRECTORY_BYTES_MAX) {
        throw new IllegalArgumentException("directory: " + bytes + " bytes (expected: 64 KiB to 1 GiB)");
      }
      return new Archive(level, bytes);
    }

    @Override
    public String name() {
      return level == LEVEL ? "zip" : "zip level " + level;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "64 KiB chunks, zlib on the strand",
          ChunkBuffers.DEFAULT_BYTES,
          Term.of("zip", 1, ChunkBuffers.DEFAULT_BYTES),
          Term.of("zip header", 1, ZipWriter.HELD_BYTES),
          Term.of("zlib", 1, ZipWriter.DEFLATER_BYTES),
          Term.of("zip directory", 1, directoryBytesMax + ZipWriter.BLOCK_BYTES));
    }

    @Override
    public Step<Piece, ByteBuffer> step() {
      return new ZipWriter("zip", level, directoryBytesMax);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
