package highwater.io;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// One folder that is open, and how far it was read.
///
/// Where the system can, what is in it is looked at and opened by its name in this very folder, not by its whole path: nobody
/// leads that elsewhere by putting a link on the way.
final class Listing {
  private final Path path;
  private final @Nullable Object key;
  private final DirectoryStream<Path> stream;
  private Iterator<Path> entries;
  private @Nullable ArrayList<Path> unsorted;
  private boolean sorted;

  private Listing(Path path, @Nullable Object key, DirectoryStream<Path> stream) {
    this.path = path;
    this.key = key;
    this.stream = stream;
    entries = stream.iterator();
  }

  /// Opens the folder at `path`, with links followed; `key` tells it from others.
  @SuppressWarnings("StreamResourceLeak") // close() closes it.
  static Listing of(Path path, @Nullable Object key) throws IOException {
    return new Listing(path, key, Files.newDirectoryStream(path));
  }

  /// Opens `folder`, an entry of this one, unless it is a link by now.
  Listing in(Path folder, @Nullable Object key) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return new Listing(folder, key, secure.newDirectoryStream(folder.getFileName(), LinkOption.NOFOLLOW_LINKS));
    }
    return of(folder, key);
  }

  /// What `entry` of this folder is, without following it.
  BasicFileAttributes attributes(Path entry) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      var name = entry.getFileName();
      var view = secure.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      if (view != null) return view.readAttributes();
    }
    return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  Path path() {
    return path;
  }

  @Nullable Object key() {
    return key;
  }

  /// Takes one entry more into the order; true when all are in it. Throws where they are more than `entriesMax`.
  boolean sortOne(int entriesMax) throws IOException {
    if (sorted) return true;
    var all = unsorted;
    if (all == null) unsorted = all = new ArrayList<>();
    var entry = next();
    if (entry != null) {
      if (all.size() == entriesMax) {
        throw new Refusal(
            "it has more than " + entriesMax + " entries",
            "expected: at most so many to be sorted; allow more, or take them unsorted");
      }
      all.add(entry);
      return false;
    }
    all.sort(null);
    entries = all.iterator();
    sorted = true;
    return true;
  }

  /// The next entry, or null when there is none.
  @Nullable Path next() throws IOException {
    try {
      return entries.hasNext() ? entries.next() : null;
    } catch (DirectoryIteratorException e) {
      throw requireNonNull(e.getCause());
    }
  }

  void close() throws IOException {
    stream.close();
  }
}
