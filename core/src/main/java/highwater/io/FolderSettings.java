package highwater.io;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.PathMatcher;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a folder is listed.
///
/// @param depth how many levels down, 1 for the folder's own entries
/// @param sortedMax how many entries of a folder are sorted at most, 0 for none
/// @param filesOnly whether folders are left out
/// @param followsLinks whether a link to a folder is one
/// @param pattern what names or paths must be like, or null
/// @param matcher the same, made for the file system
/// @param unreadable told of a folder that cannot be listed, which then fails nothing; or null
record FolderSettings(
    int depth,
    int sortedMax,
    boolean filesOnly,
    boolean followsLinks,
    @Nullable String pattern,
    @Nullable PathMatcher matcher,
    @Nullable Consumer<? super IOException> unreadable) {
  FolderSettings {
    if (depth < 1 || depth > FolderOrigin.DEPTH_MAX) {
      throw new IllegalArgumentException("depth: " + depth + " (expected: 1 to " + FolderOrigin.DEPTH_MAX + " levels)");
    }
    if (sortedMax < 0) throw new IllegalArgumentException("sorted: " + sortedMax + " (expected: 1 entry or more)");
  }

  static FolderSettings ofDepth(int depth) {
    return new FolderSettings(depth, 0, false, false, null, null, null);
  }

  FolderSettings sorted(int entriesMax) {
    if (entriesMax < 1) throw new IllegalArgumentException("sorted: " + entriesMax + " (expected: 1 entry or more)");
    return new FolderSettings(depth, entriesMax, filesOnly, followsLinks, pattern, matcher, unreadable);
  }

  FolderSettings onlyFiles() {
    return new FolderSettings(depth, sortedMax, true, followsLinks, pattern, matcher, unreadable);
  }

  FolderSettings followingLinks() {
    return new FolderSettings(depth, sortedMax, filesOnly, true, pattern, matcher, unreadable);
  }

  FolderSettings matching(String pattern, PathMatcher matcher) {
    return new FolderSettings(depth, sortedMax, filesOnly, followsLinks, pattern, matcher, unreadable);
  }

  FolderSettings telling(Consumer<? super IOException> unreadable) {
    requireNonNull(unreadable, "unreadable");
    return new FolderSettings(depth, sortedMax, filesOnly, followsLinks, pattern, matcher, unreadable);
  }
}
