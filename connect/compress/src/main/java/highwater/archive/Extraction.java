package highwater.archive;

import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A folder that is being filled from an archive nobody vouches for.
///
/// Everything is made in a folder of its own, `.NAME.highwater-PID`, which is new, and which this user alone may enter:
///
/// ```
/// target is not there yet    beside it; at the end its content is renamed onto the target, in one step
/// target is a folder         inside it; at the end what is not there yet is renamed into place, one after another
/// ```
/// So nothing that was there before is opened, followed or changed until the archive has turned out to be whole, and what an
/// archive makes can only meet what the same archive made. Then these rules hold it inside:
///
/// - A name has no `..`, no `/` at its beginning, and no part or length that a file system would cut.
/// - What comes before its last part is made of real folders: each is looked at, and none is followed that is a link. Nothing
///   once made is taken away, so what was looked at stays.
/// - A link leads to a path with `..` at its beginning alone, at most as many as it lies deep. From its folder, which is real,
///   that goes up to a real folder, and from there only down: through other links perhaps, but these, in the same way, lead
///   inside, and no `..` follows them.
/// - A hard link is one to a file of the same archive, reached through real folders.
/// - A file is made where nothing is; devices and FIFOs are never made; bits for other identities are dropped.
///
/// Thread rule: the strand; [#commit()] and [#undo()] one thread at a time.
final class Extraction {
  static final int NAME_BYTES_MAX = 4095;
  private static final int PART_BYTES_MAX = 255;

  /// Each is an open descriptor while all is moved or deleted.
  private static final int DEPTH_MAX = 256;

  /// What is kept of a folder beside its name, rounded up.
  private static final int FOLDER_BYTES = 128;

  /// What a folder gets when all is in it.
  private record Finish(String name, int mode, @Nullable Instant modified) {}

  private final String shownTarget;
  private final Path target;
  private final boolean merges;
  private final boolean replaces;
  private final long namesBytesMax;
  private final Path holder;
  private final Path content;
  private final boolean posix;
  private final int umask;
  private final List<Finish> finishes = new ArrayList<>();
  private long namesBytes;

  /// The folder that was looked at last, with all before it.
  private String lastFolder = "";

  /// The file that was made last.
  private @Nullable Path lastFile;

  private volatile boolean committed;

  private Extraction(Folder.Write recipe, Path target, boolean merges, Path holder) throws IOException {
    shownTarget = recipe.name();
    this.target = target;
    this.merges = merges;
    this.holder = holder;
    replaces = recipe.replaces();
    namesBytesMax = recipe.namesBytesMax();
    content = holder.resolve("content");
    posix = holder.getFileSystem().supportedFileAttributeViews().contains("posix");
    Files.createDirectory(content);
    umask = posix ? Modes.FOLDER & ~Modes.bits(Files.getPosixFilePermissions(content)) : 0;
  }

  static Extraction begin(Folder.Write recipe) throws IOException {
    var path = recipe.path();
    boolean merges = Files.isDirectory(path);
    if (!merges && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("cannot write " + recipe.name() + ": it is no folder (expected: a folder, or a new name)");
    }
    try {
      var target = merges ? path.toRealPath() : path.toAbsolutePath();
      var holder = Holders.make(Holders.placeOf(target, merges), String.valueOf(target.getFileName()));
      try {
        return new Extraction(recipe, target, merges, holder);
      } catch (IOException e) {
        Files.deleteIfExists(holder);
        throw e;
      }
    } catch (IOException e) {
      throw DiskErrors.writing(recipe.name(), e, "");
    }
  }

  // ---------------------------------------------------------------- names

  /// The name without empty parts and `.`; throws where it could lead anywhere else. Empty for the folder itself.
  private String checked(String name) throws IOException {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NAME_BYTES_MAX) {
      throw refused(
          name, "its name has " + ByteSizes.grouped(bytes) + " bytes", "at most " + ByteSizes.grouped(NAME_BYTES_MAX));
    }
    if (name.startsWith("/")) throw refused(name, "its name begins at the root", "names below a folder");
    checkHere(name, name);
    var kept = new StringBuilder(name.length());
    int depth = 0;
    for (int from = 0; from <= name.length(); ) {
      int slash = name.indexOf('/', from);
      int end = slash < 0 ? name.length() : slash;
      var part = name.substring(from, end);
      if (part.equals("..")) throw refused(name, "its name leads out of the folder, by ..", "names without ..");
      if (!part.isEmpty() && !part.equals(".")) {
        if (part.getBytes(StandardCharsets.UTF_8).length > PART_BYTES_MAX) {
          throw refused(name, "a part of its name is too long", "at most 255 bytes between two /");
        }
        if (++depth > DEPTH_MAX) {
          throw refused(name, "it lies more than " + DEPTH_MAX + " folders deep", "at most as many");
        }
        if (!kept.isEmpty()) kept.append('/');
        kept.append(part);
      }
      from = end + 1;
    }
    return kept.toString();
  }

  /// Refuses what means more on this system than it says, such as a drive or another separator.
  private void checkHere(String name, String path) throws IOException {
    if (path.indexOf('\0') >= 0) throw refused(name, "it has a zero byte", "none");
    char separator = java.io.File.separatorChar;
    if (separator != '/' && (path.indexOf(separator) >= 0 || path.indexOf(':') >= 0)) {
      throw refused(name, "its name has a " + separator + " or a :", "names that mean the same on every system");
    }
  }

  private Path place(String checkedName) throws IOException {
    try {
      return checkedName.isEmpty() ? content : content.resolve(checkedName);
    } catch (InvalidPathException e) {
      throw refused(checkedName, "its name cannot be a file's here", "names this system can have; try LC_ALL=C.UTF-8");
    }
  }

  private static String folderOf(String checkedName) {
    int slash = checkedName.lastIndexOf('/');
    return slash < 0 ? "" : checkedName.substring(0, slash);
  }

  /// Where a new file of this name goes, in folders that are real, and made where they are not there.
  private Path newPlace(String name, String checkedName) throws IOException {
    if (checkedName.isEmpty()) throw refused(name, "it has the place of the folder itself", "a name");
    makeFolders(name, folderOf(checkedName));
    if (merges) checkTarget(name, checkedName, false);
    return place(checkedName);
  }

  private void makeFolders(String name, String folder) throws IOException {
    if (folder.equals(lastFolder) || folder.isEmpty()) return;
    for (int end = 0; end < folder.length(); ) {
      int slash = folder.indexOf('/', end + 1);
      end = slash < 0 ? folder.length() : slash;
      // What it has in common with the last one was looked at.
      boolean known =
          lastFolder.startsWith(folder.substring(0, end))
              && (lastFolder.length() == end || lastFolder.charAt(end) == '/');
      if (!known) makeFolder(name, folder.substring(0, end));
    }
    lastFolder = folder;
  }

  private void makeFolder(String name, String folder) throws IOException {
    var path = place(folder);
    var there = attributes(path);
    if (there == null) {
      if (merges) checkTarget(name, folder, true);
      try {
        Files.createDirectory(path);
      } catch (IOException e) {
        throw failed(folder, e);
      }
    } else if (!there.isDirectory()) {
      throw there.isSymbolicLink()
          ? refused(
              name,
              "it goes through the link " + Shown.name(folder),
              "files in folders; nothing is written through links")
          : refused(name, Shown.name(folder) + " is no folder", "files in folders");
    }
  }

  private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /// Whether what lies in the target under this name allows another thing there.
  private void checkTarget(String name, String checkedName, boolean isFolder) throws IOException {
    var there = attributes(target.resolve(checkedName));
    if (there == null || (isFolder && there.isDirectory())) return;
    if (isFolder || there.isDirectory()) {
      throw refused(
          name,
          Shown.name(checkedName) + " is there already, and is " + (there.isDirectory() ? "a folder" : "no folder"),
          "another folder to unpack into");
    }
    if (replaces) return;
    var shown = Shown.name(target.resolve(checkedName).toString());
    throw new IOException(
        "cannot write " + shown + ": a file of this name exists (expected: a new one" + afterwards() + ")",
        new FileAlreadyExistsException(shown));
  }

  // ---------------------------------------------------------------- what an archive makes

  FileChannel file(Piece.Entry entry) throws IOException {
    var checked = checked(entry.name());
    var path = newPlace(entry.name(), checked);
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    // Who may not read a file cannot set its time: such a mode comes at its end.
    int mode = entry.mode() < 0 ? Modes.FILE : entry.mode() | Modes.READ;
    lastFile = path;
    try {
      return posix
          ? FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(Modes.permissions(mode)))
          : FileChannel.open(path, options);
    } catch (FileAlreadyExistsException e) {
      throw twice(entry.name());
    } catch (IOException e) {
      throw failed(entry.name(), e);
    }
  }

  /// What was written last is complete: gives it its time.
  void endFile(Piece.Entry entry) throws IOException {
    if (lastFile == null) throw new IllegalStateException("file() comes first");
    setTime(entry.name(), lastFile, entry.modified());
    if (entry.mode() >= 0 && (entry.mode() & Modes.READ) == 0) setMode(entry.name(), lastFile, entry.mode());
  }

  void folder(Piece.Entry entry) throws IOException {
    var checked = checked(entry.name());
    if (checked.isEmpty()) return;
    makeFolders(entry.name(), checked);
    finish(new Finish(checked, entry.mode(), entry.modified()));
  }

  private void finish(Finish finish) throws IOException {
    namesBytes += FOLDER_BYTES + (long) Character.BYTES * finish.name.length();
    if (namesBytes > namesBytesMax) {
      throw refused(
          finish.name,
          "the names of its folders take more than " + ByteSizes.inWords(namesBytesMax),
          "fewer folders; if there is memory for them: a larger namesAtMost, in the command names=SIZE");
    }
    finishes.add(finish);
  }

  void link(Piece.Entry entry) throws IOException {
    var checked = checked(entry.name());
    var path = newPlace(entry.name(), checked);
    checkLink(entry.name(), checked, entry.linkTarget());
    try {
      Files.createSymbolicLink(path, Path.of(entry.linkTarget()));
    } catch (FileAlreadyExistsException e) {
      throw twice(entry.name());
    } catch (InvalidPathException e) {
      throw refused(entry.name(), "it leads to a path that cannot be one here", "paths this system can have");
    } catch (IOException e) {
      throw failed(entry.name(), e);
    }
    setTime(entry.name(), path, entry.modified());
  }

  private void checkLink(String name, String checkedName, String linkTarget) throws IOException {
    var to = "it leads to " + Shown.name(linkTarget);
    int bytes = linkTarget.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > NAME_BYTES_MAX) {
      throw refused(name, "it leads to a path of " + ByteSizes.grouped(bytes) + " bytes", "1 to " + NAME_BYTES_MAX);
    }
    checkHere(name, linkTarget);
    if (linkTarget.startsWith("/")) throw refused(name, to + ", from the root", "links inside the folder");
    int up = 0;
    boolean down = false;
    for (var part : linkTarget.split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) continue;
      if (!part.equals("..")) {
        down = true;
        continue;
      }
      up++;
      if (down) throw refused(name, to + ", which goes up again", "links with .. at their beginning alone");
    }
    int depth = (int) checkedName.chars().filter(c -> c == '/').count();
    if (up > depth) throw refused(name, to + ", outside the folder", "links inside it");
  }

  void hardLink(Piece.Entry entry) throws IOException {
    var checked = checked(entry.name());
    var path = newPlace(entry.name(), checked);
    var existing = realFile(entry.name(), entry.linkTarget());
    try {
      Files.createLink(path, existing);
    } catch (FileAlreadyExistsException e) {
      throw twice(entry.name());
    } catch (UnsupportedOperationException e) {
      throw failed(entry.name(), new IOException("no hard links here", e));
    } catch (IOException e) {
      throw failed(entry.name(), e);
    }
  }

  /// Where a file of this archive is, for a second name of it.
  private Path realFile(String name, String linkTarget) throws IOException {
    var to = "it is another name of " + Shown.name(linkTarget);
    if (linkTarget.startsWith("/")) throw refused(name, to + ", from the root", "a file of this archive");
    var checked = checked(linkTarget);
    for (int slash = checked.indexOf('/'); slash >= 0; slash = checked.indexOf('/', slash + 1)) {
      var folder = attributes(place(checked.substring(0, slash)));
      if (folder == null || !folder.isDirectory()) throw refused(name, to + ", through no folder", "a file before it");
    }
    var path = place(checked);
    var there = attributes(path);
    if (there == null || !there.isRegularFile()) {
      throw refused(name, to + ", which is no file of this archive", "a file that came before it");
    }
    return path;
  }

  /// What a zip's directory adds: permissions, or that the file is a link.
  void attributes(Piece.Attributes attributes) throws IOException {
    var checked = checked(attributes.name());
    if (checked.isEmpty()) return;
    var path = place(checked);
    switch (attributes.kind()) {
      case FOLDER -> finish(new Finish(checked, attributes.mode(), null));
      case LINK -> turnIntoLink(attributes.name(), checked, path);
      default -> {
        var there = attributes(path);
        if (there == null || !there.isRegularFile()) {
          throw refused(attributes.name(), "its permissions come without it", "a file that came before them");
        }
        setMode(attributes.name(), path, attributes.mode());
      }
    }
  }

  private void turnIntoLink(String name, String checkedName, Path path) throws IOException {
    String linkTarget;
    try {
      var there = attributes(path);
      if (there == null || !there.isRegularFile() || there.size() > NAME_BYTES_MAX) {
        throw refused(name, "it is a link without a path it leads to", "at most " + NAME_BYTES_MAX + " bytes");
      }
      var bytes = ByteBuffer.wrap(Files.readAllBytes(path));
      linkTarget = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      checkLink(name, checkedName, linkTarget);
      Files.delete(path);
      Files.createSymbolicLink(path, Path.of(linkTarget));
      setTime(name, path, there.lastModifiedTime().toInstant());
    } catch (CharacterCodingException | InvalidPathException e) {
      throw refused(name, "it leads to a path that cannot be one here", "paths in UTF-8");
    }
  }

  private void setMode(String name, Path path, int mode) throws IOException {
    if (!posix) return;
    try {
      Files.setPosixFilePermissions(path, Modes.permissions(mode & ~umask));
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private void setTime(String name, Path path, @Nullable Instant modified) throws IOException {
    if (modified == null) return;
    var time = FileTime.from(modified);
    try {
      Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setTimes(time, FileTime.from(Instant.now()), null);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  // ---------------------------------------------------------------- failures

  /// Refuses an entry of the archive.
  IOException refused(String name, String what, String expected) {
    return new IOException(
        ("cannot unpack into " + shownTarget + ": " + Shown.name(name) + ": " + what)
            + (" (expected: " + expected + afterwards() + ")"));
  }

  private IOException twice(String name) {
    return refused(name, "something of this name came before", "each name once, also where case does not count");
  }

  IOException failed(String name, IOException cause) {
    return DiskErrors.writing(shownTarget + "/" + name, cause, afterwards());
  }

  private String afterwards() {
    return merges ? "; " + shownTarget + " is as it was" : "; there is no " + shownTarget;
  }

  // ---------------------------------------------------------------- the end

  /// Makes it final: gives folders their permissions and times, and everything its place.
  void commit() throws IOException {
    try {
      makeFinal();
    } catch (FileSystemException e) {
      throw DiskErrors.writing(String.valueOf(e.getFile()), e, afterCommit());
    }
    committed = true;
    try {
      delete(holder);
    } catch (IOException e) {
      // Empty, and it says what it is: the result is complete all the same.
    }
  }

  private void makeFinal() throws IOException {
    if (merges) {
      // Folders that were there before stay as they were.
      finishes.removeIf(finish -> Files.exists(target.resolve(finish.name), LinkOption.NOFOLLOW_LINKS));
      // All that could stand in the way is found before the first is moved.
      checkMerge(content, target);
      merge(content, target);
      finishFolders(target);
    } else {
      finishFolders(content);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "cannot write "
                + shownTarget
                + ": something has taken its name meanwhile (expected: a name that nobody else uses)");
      }
      move(content, target);
    }
  }

  private String afterCommit() {
    return merges ? "; what was moved before it is in place" : afterwards();
  }

  private void finishFolders(Path in) throws IOException {
    // What lies deeper first: once a folder is closed to this user, so is what is in it.
    finishes.sort(Comparator.comparing(Finish::name).reversed());
    for (var finish : finishes) {
      var path = in.resolve(finish.name);
      setTime(finish.name, path, finish.modified);
      if (finish.mode >= 0) setMode(finish.name, path, finish.mode);
    }
  }

  private void checkMerge(Path from, Path to) throws IOException {
    try (var entries = Files.newDirectoryStream(from)) {
      for (var entry : entries) {
        var place = to.resolve(entry.getFileName());
        boolean isFolder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
        var name = target.relativize(place).toString();
        checkTarget(name, name, isFolder);
        if (isFolder && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) checkMerge(entry, place);
      }
    }
  }

  private void merge(Path from, Path to) throws IOException {
    try (var entries = Files.newDirectoryStream(from)) {
      for (var entry : entries) {
        var place = to.resolve(entry.getFileName());
        boolean bothFolders =
            Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS);
        if (bothFolders) merge(entry, place);
        else move(entry, place);
      }
    }
  }

  private void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw DiskErrors.writing(to.toString(), e, afterCommit());
    }
  }

  /// Deletes all that was made, unless it is final.
  void undo() throws IOException {
    if (!committed) delete(holder);
  }

  private void delete(Path folder) throws IOException {
    // It may have been closed to this user already.
    if (posix && !(Files.isReadable(folder) && Files.isWritable(folder) && Files.isExecutable(folder))) {
      Files.setPosixFilePermissions(folder, Modes.permissions(0700));
    }
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) delete(entry);
        else Files.delete(entry);
      }
    }
    Files.delete(folder);
  }
}
