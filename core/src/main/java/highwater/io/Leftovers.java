package highwater.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the temporary files that killed processes left beside their targets.
///
/// A leftover is named `.NAME.highwater-PID`, with `-2`, `-3`, … behind it where that was taken, and nobody holds its lock.
/// Where the file system has no locks, or this user may not write the file, nothing is taken for a leftover.
/// Thread rule: any thread; the calls look at the disk.
public final class Leftovers {
  /// The most leftovers one search reports.
  public static final int FOUND_MAX = 1000;

  private static final Pattern NAME =
      Pattern.compile("\\.(.+)" + Pattern.quote(TemporarySibling.MARK) + "(\\d{1,18})(-\\d+)?", Pattern.DOTALL);

  private Leftovers() {}

  /// The leftovers of runs that wrote `path`, or, where it is a directory, of any file in it; at most [#FOUND_MAX]. Links
  /// are followed as a run follows them. A directory that does not exist has none.
  public static List<Leftover> find(Path path) throws IOException {
    var place = Place.of(path);
    if (place.descriptor()) return List.of();
    boolean all = place.kind() == Place.Kind.DIRECTORY;
    var directory = all ? place.path() : FileTarget.directoryOf(place.path());
    var wanted = all ? null : TemporarySibling.shortened(String.valueOf(place.path().getFileName()));
    var found = new ArrayList<Leftover>();
    try (var entries = Files.newDirectoryStream(directory, entry -> matches(entry, wanted))) {
      for (var entry : entries) {
        var leftover = look(entry);
        if (leftover != null) found.add(leftover);
        if (found.size() == FOUND_MAX) break;
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static boolean matches(Path entry, @Nullable String wanted) {
    var name = parsed(entry);
    return name.matches() && (wanted == null || name.group(1).equals(wanted));
  }

  private static Matcher parsed(Path entry) {
    return NAME.matcher(String.valueOf(entry.getFileName()));
  }

  /// The leftover at `entry`, or null where it is none, is in use, or cannot be judged.
  private static @Nullable Leftover look(Path entry) {
    try {
      var attributes = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() || !whileUnused(entry, () -> {})) return null;
      var name = parsed(entry);
      if (!name.matches()) return null;
      return new Leftover(
          entry, name.group(1), Long.parseLong(name.group(2)), attributes.size(), attributes.lastModifiedTime());
    } catch (IOException e) {
      return null;
    }
  }

  /// Does `work` while holding the lock of the sibling at `entry`; false where somebody else holds it.
  private static boolean whileUnused(Path entry, Work work) throws IOException {
    synchronized (TemporarySibling.GATE) {
      if (isOurs(entry)) return false;
      try (var channel = FileChannel.open(entry, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        if (channel.tryLock() == null) return false;
        work.run();
        return true;
      } catch (OverlappingFileLockException e) {
        return false;
      }
    }
  }

  /// Whether a run of this process writes it now. Opening it would be enough to drop that run's lock.
  private static boolean isOurs(Path entry) throws IOException {
    var identity = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    for (var landing : Unfinished.now()) {
      if (landing instanceof TemporarySibling sibling && Objects.equals(sibling.identity(), identity)) return true;
    }
    return false;
  }

  /// Undoes every run of this process that still writes: deletes its temporary file, cuts back what it appended to. For a
  /// process that ends now, from its shutdown hook; runs that are not over fail. Returns how many there were.
  public static int undoUnfinished() {
    var unfinished = Unfinished.now();
    for (var landing : unfinished) landing.undo();
    return unfinished.size();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /// A temporary file nobody writes any more.
  ///
  /// @param path where it lies
  /// @param targetName the name of the file it was to become, shortened where that is longer than 200 bytes
  /// @param pid the number of the process that wrote it
  /// @param sizeBytes how much it had written
  /// @param modified when it last wrote
  public record Leftover(Path path, String targetName, long pid, long sizeBytes, FileTime modified) {
    /// Deletes it; false when it is gone already or somebody has locked it since.
    public boolean remove() throws IOException {
      try {
        return whileUnused(path, () -> Files.delete(path));
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }
}
