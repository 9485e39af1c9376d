package highwater.archive;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One object of the stream that an archive is: what an entry is, some of its data, its end.
///
/// ```
/// Entry ─▶ Data … ─▶ End ─▶ Entry ─▶ End ─▶ … ─▶ Attributes …
/// ```
/// Every entry has an end, also one without data; at the end its data is complete and, in a zip, its checksum was right. Where
/// the stream itself ends without a failure the archive was whole.
public sealed interface Piece {
  /// The end of an entry.
  End END = new End();

  /// What an entry is.
  enum Kind {
    /// A regular file, the only kind with data.
    FILE,
    /// A folder.
    FOLDER,
    /// A symbolic link.
    LINK,
    /// Another name of a file that came before in the same archive. A zip has none.
    HARD_LINK,
    /// A block or character device. It is never made, and never written.
    DEVICE,
    /// A FIFO. It is never made, and never written.
    FIFO
  }

  /// The head of an entry.
  ///
  /// The name is what the archive says, whatever that is: `..` and a leading `/` are refused by [Folder], not here.
  ///
  /// @param name the path, its parts apart by `/`; of a folder without a `/` at its end
  /// @param kind what it is
  /// @param sizeBytes how much data follows; 0 where it is no file, -1 where that is not known before the end
  /// @param mode the permissions, the lowest twelve bits of Unix; -1 where they are not known
  /// @param modified when it was last changed, or null where that is not known
  /// @param linkTarget what a link leads to, or the name of which a hard link is another; empty otherwise
  record Entry(String name, Kind kind, long sizeBytes, int mode, @Nullable Instant modified, String linkTarget)
      implements Piece {
    private static final int MODE_BITS = 07777;

    /// Checks the figures; throws `IllegalArgumentException` with them.
    public Entry {
      Objects.requireNonNull(name);
      Objects.requireNonNull(kind);
      Objects.requireNonNull(linkTarget);
      if (name.isEmpty()) throw new IllegalArgumentException("name: empty (expected: a path)");
      if (sizeBytes < -1) {
        throw new IllegalArgumentException("size: " + sizeBytes + " bytes (expected: 0 or more, or -1 for unknown)");
      }
      if (kind != Kind.FILE && sizeBytes != 0) {
        throw new IllegalArgumentException(
            "size: " + sizeBytes + " bytes of " + name + " (expected: 0, as only files have data)");
      }
      if (mode != -1 && (mode & ~MODE_BITS) != 0) {
        throw new IllegalArgumentException("mode: " + Integer.toOctalString(mode) + " (expected: 0 to 7777, or -1)");
      }
    }

    /// A file of `sizeBytes` (-1 where that is not known) that anybody may read.
    public static Entry file(String name, long sizeBytes) {
      return new Entry(name, Kind.FILE, sizeBytes, 0644, null, "");
    }

    /// A folder that anybody may read.
    public static Entry folder(String name) {
      return new Entry(name, Kind.FOLDER, 0, 0755, null, "");
    }

    /// A symbolic link that leads to `target`.
    public static Entry link(String name, String target) {
      return new Entry(name, Kind.LINK, 0, 0777, null, target);
    }

    /// The same under another name.
    public Entry named(String name) {
      return new Entry(name, kind, sizeBytes, mode, modified, linkTarget);
    }

    /// The same with other permissions, or -1 for unknown ones.
    public Entry mode(int mode) {
      return new Entry(name, kind, sizeBytes, mode, modified, linkTarget);
    }

    /// The same, last changed at `modified`; tar keeps whole seconds, zip too.
    public Entry modified(Instant modified) {
      return new Entry(name, kind, sizeBytes, mode, modified, linkTarget);
    }
  }

  /// Some data of the entry that came last.
  ///
  /// Whoever gives one gives its buffer away for good: the bytes stay as they are, and it may be kept.
  ///
  /// @param bytes the data; position and limit stay as well, so whoever reads takes a `duplicate()`
  record Data(ByteBuffer bytes) implements Piece {}

  /// The end of the entry that came last: all of its data was given. There is one, [#END].
  record End() implements Piece {}

  /// What a zip says of an entry in its directory alone, which comes last: permissions, and whether the file's data is what a
  /// symbolic link leads to. Tar says all that in the entry.
  ///
  /// @param name the name of an entry that came before
  /// @param kind what it is in truth, [Kind#FILE], [Kind#FOLDER] or [Kind#LINK]
  /// @param mode its permissions, the lowest twelve bits of Unix
  record Attributes(String name, Kind kind, int mode) implements Piece {}
}
