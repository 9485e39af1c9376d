package highwater.io;

import java.io.IOException;
import java.nio.file.Path;

/// Recipes that read and write what a path names: a regular file, a FIFO, a device, `/dev/fd/63`; that follow a file as it grows,
/// and list a folder.
///
/// What a path names is found out by looking at the file when a run opens it, never from the name. A regular file is read
/// and written inline on the strand's thread; anything else may wait, and has a daemon thread of its own.
/// Thread rule: recipes may be made and used on any thread.
public final class FileStreams {
  private FileStreams() {}

  /// Reads `path` from its first byte to its end, in chunks of at most 64 KiB.
  ///
  /// The chunks are direct buffers. A run fails with an [java.io.IOException] whose message names `path` where there is no
  /// such file, where it is a directory, and where a read fails.
  public static FileOrigin read(Path path) {
    return new FileOrigin(path, 0, FileOrigin.TO_THE_END, FileOrigin.DEFAULT_CHUNK_BYTES);
  }

  /// Reads `path` from its first byte and goes on where it grows, also under a new file of its name, as `tail -F` does, without
  /// losing or doubling a byte at a rotation.
  ///
  /// It never ends by itself; [FollowOrigin] tells what can be set. An idle one costs a timer, no thread.
  public static FollowOrigin follow(Path path) {
    return new FollowOrigin(path, FollowSettings.DEFAULT);
  }

  /// Gives the path of each entry of the folder `path`, in the order in which the system has them, as it is asked for them.
  ///
  /// A folder of any number of entries needs the memory of one; [FolderOrigin] tells what can be set.
  public static FolderOrigin list(Path path) {
    return walk(path, 1);
  }

  /// Gives the paths of what is in the folder `path` and in its folders, `depth` levels down (1 is [#list]), each folder before
  /// what is in it.
  public static FolderOrigin walk(Path path, int depth) {
    return new FolderOrigin(path, FolderSettings.ofDepth(depth));
  }

  /// Writes `path`: a file appears under this name only when it is complete, and replaces what was there in one step.
  ///
  /// [FileTarget] tells how, and has the other ways to write.
  public static FileTarget write(Path path) {
    return new FileTarget(path, FileTarget.Mode.REPLACE, false);
  }

  /// Tells whether two paths lead to one file, with links followed as a run follows them: also where none is there yet, and
  /// where a path names a descriptor. A run refuses to write one regular file twice.
  ///
  /// Throws what the file system throws where that cannot be known, as where a directory is missing.
  public static boolean isSameFile(Path one, Path other) throws IOException {
    return Place.of(one).identity().equals(Place.of(other).identity());
  }
}
