package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.strand.Strand;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.Charset;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes a file beside its final name and renames it when all is well.
///
/// The sibling is made exclusively, so it is never somebody else's file or link; it is readable by its owner alone where the
/// file it replaces is guarded, until [#seal()] gives it that file's permissions; and it is locked while it is written, so
/// that [Leftovers] can tell a living one from what a killed process left.
final class TemporarySibling implements Landing {
  /// Held while a sibling is made and while leftovers are looked at. POSIX locks belong to the process: a second channel of
  /// this process on the same file would drop the lock when it closes.
  static final Object GATE = new Object();

  /// A directory entry has at most 255 bytes; this much of the target's name leaves room for the dot and the suffix.
  private static final int NAME_BYTES_MAX = 200;

  private static final int ATTEMPTS_MAX = 10_000;
  private static final Charset FILE_NAMES = fileNames();
  private static final int PERMISSIONS = 0_7777;
  private static final int SET_ID = 0_6000;

  private final String name;
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final @Nullable BasicFileAttributes replaced;
  private final boolean createNew;
  private final boolean durable;
  private final Runnable letGo;

  /// Committed or undone.
  private boolean over;

  private boolean committed;

  private TemporarySibling(
      String name,
      Place place,
      Path temporary,
      FileChannel channel,
      boolean createNew,
      boolean durable,
      Runnable letGo) {
    this.name = name;
    this.target = place.path();
    this.temporary = temporary;
    this.channel = channel;
    this.replaced = place.attributes();
    this.createNew = createNew;
    this.durable = durable;
    this.letGo = letGo;
  }

  static TemporarySibling create(String name, Place place, boolean createNew, boolean durable, Strand strand)
      throws IOException {
    var letGo = SameFile.replaces(strand, place.identity());
    try {
      return create(name, place, createNew, durable, letGo);
    } catch (IOException | RuntimeException e) {
      letGo.run();
      throw e;
    }
  }

  private static TemporarySibling create(String name, Place place, boolean createNew, boolean durable, Runnable letGo)
      throws IOException {
    synchronized (GATE) {
      for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        var temporary = place.path().resolveSibling(nameFor(place.path(), attempt));
        FileChannel channel;
        try {
          channel = createExclusively(temporary, place.attributes() != null);
        } catch (FileAlreadyExistsException e) {
          continue; // A leftover of an earlier process with our number, or another run to the same target.
        }
        var sibling = new TemporarySibling(name, place, temporary, channel, createNew, durable, letGo);
        if (sibling.lock()) {
          Unfinished.add(sibling);
          return sibling;
        }
        sibling.undo();
        channel.close();
      }
    }
    throw new Refusal(
        ATTEMPTS_MAX + " temporary files of this target exist",
        "expected: few; remove those named " + nameFor(place.path(), 1) + "*");
  }

  private static FileChannel createExclusively(Path temporary, boolean guarded) throws IOException {
    // READ for those who are shown what was written.
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
    var posix = temporary.getFileSystem().supportedFileAttributeViews().contains("posix");
    return guarded && posix
        ? FileChannel.open(
            temporary, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        : FileChannel.open(temporary, options, new FileAttribute<?>[0]);
  }

  /// Locks the file; false when somebody who looks for leftovers came in between, who may have removed it.
  private boolean lock() {
    try {
      FileLock lock = channel.tryLock();
      return lock != null && Files.exists(temporary, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return true; // A file system without locks: there nothing is ever taken for a leftover.
    }
  }

  /// The name of the nth attempt at a sibling of `target`: `.NAME.highwater-PID`, then `.NAME.highwater-PID-2`, …
  private static String nameFor(Path target, int attempt) {
    return "."
        + shortened(String.valueOf(target.getFileName()))
        + MARK
        + ProcessHandle.current().pid()
        + (attempt == 1 ? "" : "-" + attempt);
  }

  /// What stands between the target's name and the process number.
  static final String MARK = ".highwater-";

  /// As much of a file's name as a sibling's name has room for, cut between characters.
  static String shortened(String fileName) {
    int bytes = 0;
    for (int i = 0; i < fileName.length(); ) {
      int next = fileName.offsetByCodePoints(i, 1);
      bytes += fileName.substring(i, next).getBytes(FILE_NAMES).length;
      if (bytes > NAME_BYTES_MAX) return fileName.substring(0, i);
      i = next;
    }
    return fileName;
  }

  private static Charset fileNames() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  @Override
  public FileChannel channel() {
    return channel;
  }

  @Override
  public boolean hidden() {
    return true;
  }

  @Override
  public String afterFailure() {
    if (committed) return name + " is complete, but a power loss may undo it";
    return replaced == null ? "there is no " + name : name + " is as it was";
  }

  /// The identity of the sibling itself; null when it is gone.
  @Nullable Object identity() {
    try {
      return Files.readAttributes(temporary, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public synchronized void seal() throws IOException {
    checkStillThere();
    if (replaced == null) return; // The umask has decided.
    var views = temporary.getFileSystem().supportedFileAttributeViews();
    if (views.contains("unix")) takeOverUnix();
    else if (views.contains("posix")) {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
    }
  }

  private void takeOverUnix() throws IOException {
    Map<String, Object> old;
    try {
      old = Files.readAttributes(target, "unix:mode,uid,gid");
    } catch (NoSuchFileException e) {
      return; // Deleted meanwhile; the new file is this user's.
    }
    int permissions = (int) requireNonNull(old.get("mode")) & PERMISSIONS;
    // The owner first: setting it clears the set-id bits.
    if (!trySet("unix:gid", requireNonNull(old.get("gid")))) {
      // Another group must not get what the old one had: it gets what everybody has.
      permissions = (permissions & ~0_070 & ~SET_ID) | ((permissions & 0_007) << 3);
    }
    if (!trySet("unix:uid", requireNonNull(old.get("uid")))) permissions &= ~SET_ID;
    Files.setAttribute(temporary, "unix:mode", permissions);
  }

  private boolean trySet(String attribute, Object value) throws IOException {
    if (value.equals(Files.getAttribute(temporary, attribute))) return true;
    try {
      Files.setAttribute(temporary, attribute, value);
      return true;
    } catch (FileSystemException e) {
      return false; // Only root gives a file away.
    }
  }

  @Override
  public void commit() throws IOException {
    synchronized (this) {
      checkStillThere();
      checkStillReplaceable();
      if (createNew) linkIntoPlace();
      else Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      over = true;
      committed = true;
    }
    Unfinished.remove(this);
    if (durable) forceDirectory();
  }

  private void checkStillThere() throws Refusal {
    if (over) throw new Refusal("the run was ended by its process", "expected: a process that lives on");
    if (!Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
      throw new Refusal(
          "its temporary file " + FileErrors.printable(temporary) + " was deleted meanwhile",
          "expected: a directory that nobody clears; run again");
    }
  }

  /// A device or link that came to lie under the name while the run wrote is not renamed onto.
  private void checkStillReplaceable() throws IOException {
    try {
      var now = Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!now.isRegularFile()) {
        throw new Refusal(
            "something that is no regular file has taken its name meanwhile",
            "expected: a target that nobody else changes; run again");
      }
    } catch (NoSuchFileException e) {
      // A new file, or an old one deleted meanwhile.
    }
  }

  /// Gives the final name only if nobody has taken it: a link fails where a rename replaces.
  private void linkIntoPlace() throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without links (FAT): between this look and the rename a file that appears would be replaced.
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) throw new FileAlreadyExistsException(target.toString());
      moveAtomically(e);
      return;
    }
    deleteTemporary();
  }

  private void deleteTemporary() {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // It stays, and unlocked: the next run reports it as a leftover.
    }
  }

  private void moveAtomically(Exception linkFailure) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      e.addSuppressed(linkFailure);
      throw e;
    }
  }

  private void forceDirectory() throws IOException {
    if (java.io.File.separatorChar == '\\') return; // Windows opens no directories.
    try (var directory = FileChannel.open(FileTarget.directoryOf(target), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public synchronized void undo() {
    Unfinished.remove(this);
    if (over) return;
    over = true;
    deleteTemporary();
  }

  @Override
  public void close() throws IOException {
    letGo.run();
    channel.close();
  }
}
