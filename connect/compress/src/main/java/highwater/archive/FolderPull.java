package highwater.archive;

import static java.util.Objects.requireNonNull;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One walk over a folder, inline: a folder comes before what is in it, names in the order of their characters, the same on
/// every machine.
final class FolderPull implements Pull<Piece> {
  /// What a name takes beside its characters, rounded up.
  private static final int NAME_BYTES = 64;

  /// A folder whose names are given one after another; `prefix` is its own with a `/`, empty for the outermost.
  private static final class Level {
    final Path folder;
    final String prefix;
    final String[] names;
    final long bytes;
    int next;

    Level(Path folder, String prefix, String[] names, long bytes) {
      this.folder = folder;
      this.prefix = prefix;
      this.names = names;
      this.bytes = bytes;
    }
  }

  private final Folder.Read recipe;
  private final boolean lends;
  private final boolean posix;
  private final ArrayDeque<Level> levels = new ArrayDeque<>();
  private long namesBytes;
  private @Nullable ByteBuffer buffer;
  private @Nullable Piece output;

  /// Of the file that is being given.
  private @Nullable FileChannel channel;

  private String fileName = "";
  private long fileBytes;
  private long leftBytes;
  private boolean owesEnd;

  FolderPull(Folder.Read recipe, boolean lends) {
    this.recipe = recipe;
    this.lends = lends;
    posix = recipe.path().getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public void open(PartContext context) throws Exception {
    buffer = ChunkBuffers.take(ReadingStep.CHUNK_BYTES);
    enter(recipe.path(), "");
  }

  private void enter(Path folder, String prefix) throws IOException {
    var names = new ArrayList<String>();
    long bytes = 0;
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        checkText(folder, name);
        names.add(name);
        bytes += NAME_BYTES + (long) Character.BYTES * name.length();
        if (namesBytes + bytes > recipe.namesBytesMax()) throw tooMany(folder, names.size());
      }
    } catch (NotDirectoryException e) {
      if (!levels.isEmpty()) throw DiskErrors.reading(folder.toString(), e);
      throw new IOException(
          "cannot read "
              + Shown.name(folder.toString())
              + ": it is no folder (expected: a folder to pack; a file goes into"
              + " gzip or the like as it is)",
          e);
    } catch (NoSuchFileException e) {
      if (!levels.isEmpty()) throw DiskErrors.reading(folder.toString(), e);
      throw new IOException(
          "cannot read "
              + Shown.name(folder.toString())
              + ": no such file (expected: a folder to pack; check its name)",
          e);
    } catch (DirectoryIteratorException e) {
      throw DiskErrors.reading(folder.toString(), new IOException(String.valueOf(e.getMessage()), e));
    } catch (IOException e) {
      throw e instanceof FolderChange ? e : DiskErrors.reading(folder.toString(), e);
    }
    var sorted = names.toArray(String[]::new);
    Arrays.sort(sorted);
    namesBytes += bytes;
    levels.push(new Level(folder, prefix, sorted, bytes));
  }

  /// A failure that says everything already.
  private static final class FolderChange extends IOException {
    private static final long serialVersionUID = 1L;

    FolderChange(String message) {
      super(message);
    }
  }

  private static FolderChange failure(String path, String what, String expected) {
    return new FolderChange("cannot read " + Shown.name(path) + ": " + what + " (expected: " + expected + ")");
  }

  /// The JVM puts U+FFFD for bytes that are no text: the name of another file.
  private static void checkText(Path folder, String name) throws FolderChange {
    if (name.indexOf('\uFFFD') < 0) return;
    throw failure(
        folder + "/" + name, "the name is not UTF-8, and its bytes are lost here", "names in UTF-8; rename it");
  }

  private FolderChange tooMany(Path folder, int names) {
    return failure(
        folder.toString(),
        "it has "
            + ByteSizes.grouped(names)
            + " names or more, which with those around it take more than "
            + ByteSizes.inWords(recipe.namesBytesMax()),
        "fewer names; if there is memory for them: a larger namesAtMost, in the command names=SIZE");
  }

  @Override
  public Progress poll() throws Exception {
    if (output == null) output = advance();
    return output == null ? Progress.DONE : Progress.READY;
  }

  @Override
  public Piece next() {
    var next = requireNonNull(output, "READY comes first");
    output = null;
    return next;
  }

  private @Nullable Piece advance() throws IOException {
    if (leftBytes > 0) return read();
    if (owesEnd) {
      owesEnd = false;
      endFile();
      return Piece.END;
    }
    while (!levels.isEmpty()) {
      var level = levels.peek();
      if (level.next == level.names.length) {
        namesBytes -= level.bytes;
        levels.pop();
        continue;
      }
      var name = level.names[level.next++];
      var entry = entry(level.folder.resolve(name), level.prefix + name);
      if (entry != null) return entry;
    }
    return null;
  }

  /// The entry of a file; null of what no archive has.
  private Piece.@Nullable Entry entry(Path path, String name) throws IOException {
    BasicFileAttributes attributes;
    var kind = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
    try {
      attributes = Files.readAttributes(path, kind, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isOther()) {
        recipe.warning().accept(Shown.name(path.toString()) + " is left out: it is no file, folder or link");
        return null;
      }
      int mode = attributes instanceof PosixFileAttributes known ? Modes.bits(known.permissions()) : -1;
      var modified = attributes.lastModifiedTime().toInstant();
      owesEnd = true;
      if (attributes.isSymbolicLink()) {
        var target = Files.readSymbolicLink(path).toString();
        checkText(path, target);
        return new Piece.Entry(name, Piece.Kind.LINK, 0, mode, modified, target);
      }
      if (!attributes.isDirectory()) {
        return new Piece.Entry(name, Piece.Kind.FILE, beginFile(path, attributes.size()), mode, modified, "");
      }
      enter(path, name + "/");
      return new Piece.Entry(name, Piece.Kind.FOLDER, 0, mode, modified, "");
    } catch (IOException e) {
      throw e instanceof FolderChange || (e.getMessage() != null && e.getMessage().startsWith("cannot "))
          ? e
          : DiskErrors.reading(path.toString(), e);
    }
  }

  /// Opens a file, which stays as large as it is now, and returns that.
  private long beginFile(Path path, long sizeBytes) throws IOException {
    if (sizeBytes == 0) return 0;
    var opened = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    channel = opened;
    fileName = path.toString();
    fileBytes = opened.size();
    leftBytes = fileBytes;
    return fileBytes;
  }

  private Piece.Data read() throws IOException {
    var into = requireNonNull(buffer, "open() comes first").clear();
    if (leftBytes < into.capacity()) into.limit((int) leftBytes);
    int bytes;
    try {
      bytes = requireNonNull(channel).read(into);
    } catch (IOException e) {
      throw DiskErrors.reading(fileName, e);
    }
    if (bytes <= 0) throw otherSize(fileBytes - leftBytes);
    leftBytes -= bytes;
    into.flip();
    return new Piece.Data(lends ? into : ByteBuffer.allocate(bytes).put(into).flip());
  }

  private void endFile() throws IOException {
    if (channel == null) return;
    try (var read = channel) {
      channel = null;
      long now = read.size();
      if (now != fileBytes) throw otherSize(now);
    }
  }

  private FolderChange otherSize(long now) {
    return failure(
        fileName,
        "it had " + ByteSizes.grouped(fileBytes) + " bytes, and has " + ByteSizes.grouped(now) + " now",
        "a file that nobody changes while it is packed; run again");
  }

  /// Drops the buffer: who was lent it may be reading it still.
  @Override
  public void abort(Throwable cause) {
    buffer = null;
  }

  @Override
  public void close() throws Exception {
    if (buffer != null) ChunkBuffers.giveBack(buffer);
    buffer = null;
    output = null;
    levels.clear();
    if (channel != null) channel.close();
    channel = null;
  }
}
