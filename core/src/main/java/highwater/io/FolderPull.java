package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Gives what is in a folder, with one open listing for each level it is in.
final class FolderPull implements Pull<Path> {
  /// How many entries one poll looks at before other turns come.
  private static final int LOOKS = 512;

  private final Path root;
  private final FolderSettings settings;
  private final ArrayDeque<Listing> levels = new ArrayDeque<>();
  private @Nullable PartContext context;
  private @Nullable Path found;

  /// The folder that was given last, to be gone into next, and what it is.
  private @Nullable Path folder;

  private @Nullable BasicFileAttributes folderIs;

  FolderPull(Path root, FolderSettings settings) {
    this.root = root;
    this.settings = settings;
  }

  @Override
  public void open(PartContext context) throws Exception {
    this.context = context;
    try {
      var attributes = Files.readAttributes(root, BasicFileAttributes.class);
      levels.push(Listing.of(root, attributes.fileKey()));
    } catch (IOException e) {
      throw FileErrors.listing(root, e);
    }
  }

  @Override
  public Progress poll() throws Exception {
    if (found != null) return Progress.READY;
    goIn();
    for (int looks = 0; looks < LOOKS; looks++) {
      var level = levels.peek();
      if (level == null) return Progress.DONE;
      if (advance(level)) return Progress.READY;
    }
    requireNonNull(context, "open() comes first").wake();
    return Progress.WAITING;
  }

  @Override
  public Path next() {
    var next = requireNonNull(found, "READY comes first");
    found = null;
    return next;
  }

  /// Takes one step in the innermost listing; true where it found a path to give.
  private boolean advance(Listing level) throws IOException {
    Path entry;
    try {
      if (settings.sortedMax() > 0 && !level.sortOne(settings.sortedMax())) return false;
      entry = level.next();
    } catch (IOException e) {
      unreadable(level.path(), e);
      leave();
      return false;
    }
    if (entry == null) {
      leave();
      return false;
    }
    boolean deeper = levels.size() < settings.depth();
    boolean isFolder = false;
    if (deeper || settings.filesOnly()) {
      var attributes = look(level, entry);
      if (attributes == null) return false;
      isFolder = attributes.isDirectory();
      if (isFolder && deeper) {
        folder = entry;
        folderIs = attributes;
      }
    }
    boolean given = !(isFolder && settings.filesOnly()) && matches(entry);
    if (given) found = entry;
    else goIn();
    return given;
  }

  private boolean matches(Path entry) {
    var matcher = settings.matcher();
    if (matcher == null) return true;
    boolean ofPath = requireNonNull(settings.pattern()).indexOf('/') >= 0;
    return matcher.matches(ofPath ? root.relativize(entry) : entry.getFileName());
  }

  /// What `entry` is; null where it has gone since it was listed.
  private @Nullable BasicFileAttributes look(Listing level, Path entry) throws IOException {
    try {
      if (!settings.followsLinks()) return level.attributes(entry);
      try {
        return Files.readAttributes(entry, BasicFileAttributes.class);
      } catch (IOException e) {
        // A link that leads nowhere, or in a circle, is an entry like another.
        return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /// Opens the folder that was found last.
  private void goIn() throws IOException {
    var next = folder;
    var attributes = folderIs;
    if (next == null || attributes == null) return;
    folder = null;
    folderIs = null;
    try {
      var key = attributes.fileKey();
      if (settings.followsLinks()) {
        refuseCircle(key);
        levels.push(Listing.of(next, key));
      } else {
        levels.push(requireNonNull(levels.peek()).in(next, key));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // It has gone since it was listed.
    } catch (IOException e) {
      unreadable(next, e);
    }
  }

  private void refuseCircle(@Nullable Object key) throws Refusal {
    if (key == null) return;
    for (var level : levels) {
      if (!key.equals(level.key())) continue;
      String around = FileErrors.printable(level.path());
      throw new Refusal("it leads back to " + around, "expected: links that go in no circle; do not follow them");
    }
  }

  private void unreadable(Path path, IOException e) throws IOException {
    var failure = FileErrors.listing(path, e);
    var told = settings.unreadable();
    if (told == null || path.equals(root)) throw failure;
    told.accept(failure);
  }

  private void leave() throws IOException {
    levels.remove().close();
  }

  @Override
  public void close() throws Exception {
    @Nullable IOException first = null;
    for (Listing level; (level = levels.poll()) != null; ) {
      try {
        level.close();
      } catch (IOException e) {
        if (first == null) first = e;
        else first.addSuppressed(e);
      }
    }
    if (first != null) throw first;
  }
}
