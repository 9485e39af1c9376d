package highwater.io;

import java.nio.file.Path;

/// What happened to a followed file beside growing, as [FollowOrigin#onChange] is told.
///
/// @param kind what it was
/// @param path the file, as the user named it
/// @param lostBytes how many bytes are known to have gone before they were read; 0 where none are, which a cut to a file that
///     grew again between two looks may hide
/// @param message the same in one line, for a user
public record FileChange(Kind kind, Path path, long lostBytes, String message) {
  /// The kinds of changes.
  public enum Kind {
    /// Nothing has this name: at the beginning of a run, or for longer than a rotation takes.
    ABSENT,
    /// Another file has the name now. The old one is read to its end first; nothing is lost.
    REPLACED,
    /// The file became shorter, or its bytes others (`copytruncate`). It is read from its first byte.
    CUT,
    /// What has the name now cannot be looked at or opened, for now; it is tried again at every look.
    UNREADABLE
  }
}
