package highwater.archive;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Folders as streams of entries: what is in one, and what makes one.
public final class Folder {
  private static final long NAMES_BYTES = 16L << 20;

  private Folder() {}

  /// Reads everything in `folder`, itself left out: a folder comes before what is in it, names in the order of their
  /// characters, so the same content gives the same stream.
  ///
  /// Files are read one after another, each as large as it is when it is opened: one that grows or shrinks meanwhile fails the
  /// run; one that is changed and keeps its size is not noticed. Links are given as links and never followed, but for `folder`
  /// itself. A file with several names is given several times. FIFOs, sockets and devices are left out, with a warning.
  public static Read read(Path folder) {
    return new Read(folder, NAMES_BYTES, _ -> {});
  }

  /// Makes what comes in `folder`, and nothing outside it, whatever the names and links are; it has what came only when
  /// all has succeeded.
  ///
  /// Everything is made in a new folder `.NAME.highwater-PID`, beside `folder` where that is not there yet, else in it. At the
  /// end it is renamed into place: at once where `folder` was not there, else entry by entry, once nothing stands in the way. After a failure
  /// it is deleted. A kill -9 leaves it, and nothing else ([Write#leftovers()]).
  ///
  /// Refused, each with a line that names the entry: names with `..`, from the root, of more than 4,095 bytes, 255 between two
  /// `/`, or 256 folders deep; whatever goes through a link; links that lead outside, or have a `..` behind a name; hard
  /// links to anything but a file that came before; a name that came before; devices and FIFOs; where `folder` has a file of that
  /// name already, unless [Write#replacing()]. Permissions are set as by tar(1) for ordinary users: less the umask, without bits
  /// for other identities; owners are left out.
  public static Write write(Path folder) {
    return new Write(folder, false, NAMES_BYTES);
  }

  private static long checkNames(long bytes) {
    if (bytes < 1 << 10 || bytes > 1L << 40) {
      throw new IllegalArgumentException("names: " + bytes + " bytes (expected: 1 KiB to 1 TiB)");
    }
    return bytes;
  }

  /// The recipe that reads a folder.
  ///
  /// Errors: `IOException` with the path. Bound: one chunk, and the names of the folders on the way to where it reads.
  /// It reads inline, on a platform thread.
  public static final class Read implements PullOrigin<Piece> {
    private final Path path;
    private final long namesBytesMax;
    private final Consumer<String> warning;

    private Read(Path path, long namesBytesMax, Consumer<String> warning) {
      this.path = path;
      this.namesBytesMax = namesBytesMax;
      this.warning = warning;
    }

    /// The same with at most `bytes` for the names of a folder and those around it, two bytes a character and 64 a name, 1 KiB
    /// to 1 TiB; 16 MiB unless said.
    public Read namesAtMost(long bytes) {
      return new Read(path, checkNames(bytes), warning);
    }

    /// The same with `warning` told, on the strand, of each that is left out.
    public Read onWarning(Consumer<String> warning) {
      return new Read(path, namesBytesMax, warning);
    }

    /// The folder as an archive: an origin of bytes. The same as `through(archive)`, without a copy of the data between.
    public PullOrigin<ByteBuffer> packedBy(Archiver archive) {
      return new Packed(this, archive);
    }

    Path path() {
      return path;
    }

    long namesBytesMax() {
      return namesBytesMax;
    }

    Consumer<String> warning() {
      return warning;
    }

    @Override
    public String name() {
      return Shown.name(path.toString());
    }

    @Override
    public StreamOptions streamOptions() {
      return Pieces.OUT;
    }

    @Override
    public boolean usesFiles() {
      return true;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "sorted, 64 KiB chunks, on the calling thread",
          ReadingStep.CHUNK_BYTES,
          Term.of("read", 2, ReadingStep.CHUNK_BYTES),
          Term.of("names", 1, namesBytesMax));
    }

    @Override
    public Pull<Piece> pull() {
      return pull(false);
    }

    /// A pull whose data lies in one buffer, for a receiver that keeps none of it.
    Pull<Piece> pull(boolean lends) {
      return new FolderPull(this, lends);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /// The recipe that fills a folder.
  ///
  /// Errors: `IOException` with the entry's name, with a `FileAlreadyExistsException` as the cause where one is there already. Bound: a
  /// name for each folder, whose permissions and time are set at the end. It writes inline, on a platform thread; what was made is
  /// moved, or deleted, by a thread of its own.
  public static final class Write implements PullTarget<Piece> {
    private final Path path;
    private final boolean replaces;
    private final long namesBytesMax;

    private Write(Path path, boolean replaces, long namesBytesMax) {
      this.path = path;
      this.replaces = replaces;
      this.namesBytesMax = namesBytesMax;
    }

    /// The same where files and links that are there already are replaced by those that came; folders are filled, and nothing
    /// replaces a folder or is replaced by one.
    public Write replacing() {
      return new Write(path, true, namesBytesMax);
    }

    /// The same with at most `bytes` for the names of all folders that come, two bytes a character and 128 a name, 1 KiB to 1
    /// TiB; 16 MiB unless said.
    public Write namesAtMost(long bytes) {
      return new Write(path, replaces, checkNames(bytes));
    }

    /// The folder as the target of an archive's bytes. The same as behind `through(entries)`, without a copy of the data between.
    public PullTarget<ByteBuffer> unpackedBy(Entries entries) {
      return new Unpacked(this, entries);
    }

    /// The temporary folders of runs into this one whose process does not run on this machine: what a kill -9 left, unless another
    /// machine or another container writes there. At most 1000. Looks at the disk.
    ///
    /// Errors: `IOException` where the folder, or the one around it, cannot be read.
    public List<Path> leftovers() throws IOException {
      return Holders.left(path);
    }

    Path path() {
      return path;
    }

    boolean replaces() {
      return replaces;
    }

    long namesBytesMax() {
      return namesBytesMax;
    }

    @Override
    public String name() {
      return Shown.name(path.toString());
    }

    @Override
    public StreamOptions streamOptions() {
      return Pieces.IN;
    }

    @Override
    public boolean usesFiles() {
      return true;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          "into a temporary folder, then renamed; on the calling thread", 0, Term.of("names", 1, namesBytesMax));
    }

    @Override
    public Put<Piece> put() {
      return new FolderPut(this);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
