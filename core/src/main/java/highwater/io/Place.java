package highwater.io;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a path leads to, found by looking at the file at the end of its links, never by its name: a copy of `/dev/null` made
/// with mknod is a device wherever it lies.
///
/// @param path where the links end: the file itself, the name a dangling link would create, or the entry of a descriptor
/// @param kind what lies there
/// @param attributes of the file; null when absent
/// @param descriptor whether the path names an open descriptor (`/dev/fd/63`, `/proc/self/fd/63`, `/dev/stdout`)
/// @param stdio 0, 1 or 2 where it names this process's stdin, stdout or stderr, else -1
record Place(Path path, Kind kind, @Nullable BasicFileAttributes attributes, boolean descriptor, int stdio) {
  /// What a path can lead to.
  enum Kind {
    /// Nothing of this name.
    ABSENT,
    /// A file of bytes on a file system: has a length, never waits, can be replaced.
    REGULAR,
    /// A file that the system makes up (`/proc`, `/sys`): regular by its looks, but it may wait and cannot be replaced.
    PSEUDO,
    DIRECTORY,
    /// A FIFO, device, terminal or socket: may wait.
    WAITING
  }

  /// As many as Linux follows.
  private static final int LINKS_MAX = 40;

  private static final Pattern DESCRIPTORS = Pattern.compile("/proc/\\d+(/task/\\d+)?/fd|/dev/fd");

  /// Follows the links of `given` and looks; throws what the file system throws, but not when nothing is there.
  static Place of(Path given) throws IOException {
    var path = given;
    for (int links = 0; ; links++) {
      BasicFileAttributes attributes;
      try {
        attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        return new Place(path, Kind.ABSENT, null, false, -1);
      }
      if (!attributes.isSymbolicLink()) return new Place(path, kind(path, attributes), attributes, false, -1);
      if (links == LINKS_MAX) throw new FileSystemLoopException(given.toString());
      var descriptors = descriptorsAround(path);
      if (descriptors != null) return ofDescriptor(path, descriptors);
      path = path.resolveSibling(Files.readSymbolicLink(path));
    }
  }

  /// The real directory of `path` if it is one of descriptors, whose links may lead to what has no path (`pipe:[4711]`).
  private static @Nullable Path descriptorsAround(Path path) throws IOException {
    var directory = path.toAbsolutePath().getParent();
    if (directory == null) return null;
    directory = directory.toRealPath();
    return DESCRIPTORS.matcher(directory.toString()).matches() ? directory : null;
  }

  private static Place ofDescriptor(Path path, Path descriptors) throws IOException {
    var attributes = Files.readAttributes(path, BasicFileAttributes.class);
    int stdio = -1;
    if (descriptors.startsWith(Path.of("/proc/self").toRealPath())) {
      stdio =
          switch (path.getFileName().toString()) {
            case "0" -> 0;
            case "1" -> 1;
            case "2" -> 2;
            default -> -1;
          };
    }
    // Its target may be deleted or unreachable by name, so whether it is made up by the system cannot be asked.
    var kind = attributes.isRegularFile() ? Kind.REGULAR : kindOfOther(attributes);
    return new Place(path, kind, attributes, true, stdio);
  }

  private static Kind kind(Path path, BasicFileAttributes attributes) throws IOException {
    if (!attributes.isRegularFile()) return kindOfOther(attributes);
    var real = path.toRealPath();
    return real.startsWith("/proc") || real.startsWith("/sys") ? Kind.PSEUDO : Kind.REGULAR;
  }

  private static Kind kindOfOther(BasicFileAttributes attributes) {
    return attributes.isDirectory() ? Kind.DIRECTORY : Kind.WAITING;
  }

  /// The file's size in bytes; 0 when absent.
  long sizeBytes() {
    return attributes == null ? 0 : attributes.size();
  }

  /// Whether a read may wait. A regular file of size 0 may be one that a file system makes up while it is read.
  boolean readingWaits() {
    return kind != Kind.REGULAR || sizeBytes() == 0;
  }

  /// What tells this file from all others: device and inode, or the real path where the system has no such thing. Of a file
  /// that is not there yet, the real directory and the name in it.
  Object identity() throws IOException {
    if (attributes == null)
      return FileTarget.directoryOf(path).toRealPath().resolve(requireNonNull(path.getFileName()));
    var key = attributes.fileKey();
    return key != null ? key : path.toRealPath();
  }

  /// Why nothing is there, as an exception to throw.
  FileSystemException absence() {
    var directory = path.toAbsolutePath().getParent();
    return directory != null && Files.exists(directory) && !Files.isDirectory(directory)
        ? new FileSystemException(path.toString(), null, "not a directory")
        : new NoSuchFileException(path.toString());
  }
}
