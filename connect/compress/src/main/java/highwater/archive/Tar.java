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

/// tar in both directions, uncompressed: put gzip, zstd or another stage beside it.
public final class Tar {
  private Tar() {}

  /// Reads the entries of a tar: POSIX's (ustar, pax), GNU's with long names and sparse files, and the oldest.
  ///
  /// It is whole with its two blocks of zeros; without them it was cut short, and fails, though tar(1) forgives that. Every
  /// header's checksum must match; the data has none. Names must be UTF-8. Parts of divided and incremental archives are refused.
  public static Entries entries() {
    return new Entries(Entries.Format.TAR, ExpansionLimit.DEFAULT, Entries.ENTRIES_MAX);
  }

  /// Makes a tar of entries: POSIX's ustar, with pax headers where a name is long or not ASCII, a size 8 GiB or more, a time
  /// before 1970. Times have whole seconds; owners are left out, so that root may own what others unpack.
  public static Archive archive() {
    return new Archive();
  }

  /// Reads a folder as a tar: what `tar -C FOLDER -c` would make of its sorted entries, without `./`; see [Folder#read].
  public static PullOrigin<ByteBuffer> pack(Path folder) {
    return Folder.read(folder).packedBy(archive());
  }

  /// Unpacks a tar into a folder, which gets what is in it only when all of it has succeeded; see [Folder#write].
  public static PullTarget<ByteBuffer> unpack(Path folder) {
    return Folder.write(folder).unpackedBy(entries());
  }

  /// The recipe that makes a tar.
  ///
  /// Data of 16 KiB or more passes on uncopied, all else is gathered in chunks of 64 KiB. Errors: [highwater.codec.DataException]
  /// where an entry's data is not as long as it said, where its size is not known before, for devices and FIFOs.
  public static final class Archive implements Archiver {
    private Archive() {}

    @Override
    public String name() {
      return "tar";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      long chunk = chunkMaxBytes < 0 ? chunkMaxBytes : Math.max(chunkMaxBytes, ChunkBuffers.DEFAULT_BYTES);
      return Footprint.of(
          "headers and small files gathered, on the strand",
          chunk,
          Term.of("tar", 1, ChunkBuffers.DEFAULT_BYTES),
          Term.of("tar header", 1, TarWriter.HELD_BYTES));
    }

    @Override
    public Step<Piece, ByteBuffer> step() {
      return new TarWriter(name());
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
