package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// The recipe that gives the paths of what is in a folder; made by [FileStreams#list] and [FileStreams#walk].
///
/// Each is the folder's path, as it was given, with the names below it; a folder comes before what is in it, the one that was
/// named does not come. Entries are read as they are asked for, so one that is made or removed under way may or may not be among
/// them, and one that was given may be gone. A link to a folder is an entry like a file, unless [#followLinks] is said; nobody who puts a
/// link in the place of a folder meanwhile leads the run out of it.
///
/// A run fails with an [IOException] whose message names the folder where one cannot be listed; [#onUnreadable] changes that for
/// those below the first. Cost: two descriptors and 32 KiB of the system's for each level that is open; a look at each entry
/// where that could be a folder to go into.
public final class FolderOrigin implements PullOrigin<Path> {
  /// The deepest that a path can lead, in levels: 2,048.
  public static final int DEPTH_MAX = 2048;

  /// The longest path that the system takes, in bytes.
  private static final int PATH_BYTES_MAX = 4096;

  /// What the C library reads of a folder at once, in bytes.
  private static final long LISTING_BYTES = 32 << 10;

  private final Path path;
  private final FolderSettings settings;

  FolderOrigin(Path path, FolderSettings settings) {
    this.path = requireNonNull(path, "path");
    this.settings = settings;
  }

  private FolderOrigin with(FolderSettings settings) {
    return new FolderOrigin(path, settings);
  }

  /// The same in the order of names, byte by byte, each folder by itself; one of more than `entriesMax` entries fails the run, or is
  /// told as unreadable, because its names are all held.
  public FolderOrigin sorted(int entriesMax) {
    return with(settings.sorted(entriesMax));
  }

  /// The same without folders; they are gone into all the same.
  public FolderOrigin filesOnly() {
    return with(settings.onlyFiles());
  }

  /// The same with what `pattern` matches, as [java.nio.file.FileSystem#getPathMatcher] understands globs: one without a `/` is for the
  /// name (`*.log`), one with it for the path below the folder (`2026/**.log`). Folders that do not match are gone into
  /// all the same. Throws `PatternSyntaxException` for what is no glob.
  public FolderOrigin glob(String pattern) {
    return with(settings.matching(pattern, path.getFileSystem().getPathMatcher("glob:" + pattern)));
  }

  /// The same with links followed: one to a folder is a folder, one that leads back to a folder around it cannot be listed.
  public FolderOrigin followLinks() {
    return with(settings.followingLinks());
  }

  /// The same, but a folder below the first that cannot be listed is told to `unreadable`, on the run's strand, and left out.
  public FolderOrigin onUnreadable(Consumer<? super IOException> unreadable) {
    return with(settings.telling(unreadable));
  }

  @Override
  public String name() {
    return FileErrors.printable(path);
  }

  @Override
  public String advice() {
    return "the disk on which the folder is sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var listings = new Term("list", settings.depth(), 1, List.of(LISTING_BYTES));
    var how = "the paths in it, as they are asked for, on the calling thread";
    if (settings.sortedMax() == 0) return Footprint.of(how, PATH_BYTES_MAX, listings);
    how = "the paths in it, " + ByteSizes.grouped(settings.sortedMax()) + " of a folder sorted at most";
    return new Footprint(how, List.of(listings), PATH_BYTES_MAX, false);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Pull<Path> pull() {
    return new FolderPull(path, settings);
  }

  @Override
  public String toString() {
    return "list " + name();
  }
}
