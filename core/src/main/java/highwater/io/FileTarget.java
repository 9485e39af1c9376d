package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The recipe that writes a file; made by [FileStreams#write].
///
/// A regular file is written to a temporary sibling, `.NAME.highwater-PID`, which gets the final name in one step when every
/// part of the run has succeeded, and is deleted when the run fails: under its final name is always the whole old file or
/// the whole new one. ([Leftovers] finds what a killed process left.) The file keeps the permissions, owner and group it
/// had, as far as this user may set them; a new one gets those of the umask. Access lists and extended attributes are not
/// kept. A symbolic link stays, and the file it leads to is replaced; of a hard link, the other names keep the old content.
///
/// What is no regular file (a FIFO, device, terminal, `/dev/fd/63`, a file of `/proc`) is opened and written as it is, by a
/// thread of its own: it cannot be replaced, and its reader cannot tell a failure from an end. A descriptor that leads to a
/// regular file is written at that file's end.
///
/// @param path the file, as the user named it
/// @param mode what becomes of a regular file that exists
/// @param forced whether a run ends only when the file and its name would survive a power loss
public record FileTarget(Path path, Mode mode, boolean forced) implements PullTarget<ByteBuffer> {
  /// The size of the write-behind buffer, in bytes.
  static final int BUFFER_BYTES = ChunkBuffers.DEFAULT_BYTES;

  /// Checks that nothing is null.
  public FileTarget {
    requireNonNull(path, "path");
    requireNonNull(mode, "mode");
  }

  /// What becomes of a regular file that exists. Where none does, each of them makes a new file in one step.
  public enum Mode {
    /// The complete new file takes its place.
    REPLACE,
    /// The run fails, also where the file appears while the run writes. What is no regular file is written all the same.
    CREATE_NEW,
    /// It keeps its bytes and gets more; a failed run cuts it back to its old length. After a kill it has its old bytes and
    /// some of the new.
    APPEND,
    /// It is overwritten from its first byte on, which empties it when the first chunk arrives: its other names (hard links)
    /// and those who have it open see the new bytes. After a failure or a kill it has some of the new bytes and nothing else.
    IN_PLACE
  }

  /// The same, but a run ends only when the file and its name would survive a power loss (fsync of file and directory).
  public FileTarget durable() {
    return new FileTarget(path, mode, true);
  }

  /// The same, as [Mode#APPEND].
  public FileTarget append() {
    return new FileTarget(path, Mode.APPEND, forced);
  }

  /// The same, as [Mode#CREATE_NEW].
  public FileTarget createNew() {
    return new FileTarget(path, Mode.CREATE_NEW, forced);
  }

  /// The same, as [Mode#IN_PLACE].
  public FileTarget inPlace() {
    return new FileTarget(path, Mode.IN_PLACE, forced);
  }

  /// The same, with an existing regular file replaced ([Mode#REPLACE]) or refused ([Mode#CREATE_NEW]).
  public FileTarget replace(boolean replace) {
    return new FileTarget(path, replace ? Mode.REPLACE : Mode.CREATE_NEW, forced);
  }

  /// Looks at the target and throws what a run would, as far as that can be known without writing: it is a directory, it
  /// exists and must not, it or its directory may not be written.
  public void check() throws IOException {
    writablePlace();
  }

  @Override
  public String name() {
    return FileErrors.printable(path);
  }

  @Override
  public @Nullable String advice() {
    try {
      return Place.of(path).kind() == Place.Kind.WAITING ? null : "the disk it is written to sets the pace";
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    try {
      var place = Place.of(path);
      return switch (place.kind()) {
        case WAITING, PSEUDO -> BlockingPut.footprint("write");
        case REGULAR -> place.descriptor() ? appended() : footprintOf(mode);
        case ABSENT, DIRECTORY -> renamed();
      };
    } catch (IOException e) {
      return renamed(); // Nothing will be written.
    }
  }

  private static Footprint footprintOf(Mode mode) {
    return switch (mode) {
      case REPLACE, CREATE_NEW -> renamed();
      case APPEND -> appended();
      case IN_PLACE -> inline("into the file as it is, on the calling thread");
    };
  }

  private static Footprint renamed() {
    return inline("to a temporary sibling, then renamed, on the calling thread");
  }

  private static Footprint appended() {
    return inline("at the end of the file, on the calling thread");
  }

  static Footprint inline(String how) {
    return Footprint.of(how, 0, Term.of("write", 1, BUFFER_BYTES));
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Put<ByteBuffer> put() {
    return new ChosenPut(
        () -> {
          var place = writablePlace();
          if (place.stdio() > 0) return StdTarget.choose(name(), place.stdio());
          return switch (place.kind()) {
            case WAITING, PSEUDO -> waitingPut(place.path());
            case REGULAR, ABSENT, DIRECTORY -> new FilePut(name(), strand -> land(place, strand), forced);
          };
        });
  }

  private Put<ByteBuffer> waitingPut(Path place) {
    var sink = new ChannelSink(name(), BlockingChannel.ofPath(place, StandardOpenOption.WRITE), forced);
    return new BlockingPut(name(), sink, CallThread.PLATFORM);
  }

  private Landing land(Place place, Strand strand) throws IOException {
    if (place.descriptor()) return ExistingFile.open(name(), place, Mode.APPEND, strand);
    return switch (place.kind() == Place.Kind.ABSENT && mode != Mode.REPLACE ? Mode.CREATE_NEW : mode) {
      case REPLACE -> TemporarySibling.create(name(), place, false, forced, strand);
      case CREATE_NEW -> TemporarySibling.create(name(), place, true, forced, strand);
      case APPEND -> ExistingFile.open(name(), place, Mode.APPEND, strand);
      case IN_PLACE -> ExistingFile.open(name(), place, Mode.IN_PLACE, strand);
    };
  }

  private Place writablePlace() throws IOException {
    try {
      var place = Place.of(path);
      switch (place.kind()) {
        case ABSENT -> checkDirectory(place.path());
        case DIRECTORY -> throw FileErrors.directory();
        case REGULAR -> checkExisting(place);
        case WAITING, PSEUDO -> {} // The system says what it minds when it is opened.
      }
      return place;
    } catch (IOException e) {
      throw FileErrors.writing(name(), FileErrors.WHILE_OPENING, e, null);
    }
  }

  private void checkExisting(Place place) throws IOException {
    if (place.descriptor()) return;
    if (mode == Mode.CREATE_NEW) throw new FileAlreadyExistsException(place.path().toString());
    // A rename would do away with a read-only file where its directory allows that; nobody who set the mode expects it.
    if (!Files.isWritable(place.path())) {
      throw new Refusal(
          "it is read-only", "expected: a file this user may write; change its permissions, or write another one");
    }
    if (mode == Mode.REPLACE) checkDirectory(place.path());
  }

  private static void checkDirectory(Path file) throws Refusal {
    var directory = directoryOf(file);
    var shown = FileErrors.printable(directory);
    if (!Files.exists(directory)) {
      throw new Refusal("there is no directory " + shown, "expected: an existing directory; create it first");
    }
    if (!Files.isDirectory(directory)) {
      throw new Refusal(shown + " is not a directory", "expected: an existing directory; check the path");
    }
    if (!Files.isWritable(directory)) {
      throw new Refusal(
          "its directory " + shown + " is read-only",
          "expected: a directory this user may write; change its permissions, or write elsewhere");
    }
  }

  /// The directory in which `file` lies, as short as its path says it: `.` for a bare name.
  static Path directoryOf(Path file) {
    var parent = file.getParent();
    return parent == null ? file.getFileSystem().getPath(".") : parent;
  }
}
