package highwater.io;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// How the bytes of one run come to lie under a regular file's name: what is opened, made final, and undone.
///
/// ```
/// (opened) ─▶ begin() ─▶ writes ─▶ seal() ─▶ commit() ─▶ close()        undo() instead of commit(), from anywhere
/// ```
///
/// Thread rule: the strand; `undo` may come from any thread, for a process that ends now ([Leftovers#undoUnfinished]).
interface Landing {
  /// Where to write; at the first byte of this run.
  FileChannel channel();

  /// The offset in the file of this run's first byte.
  default long startBytes() {
    return 0;
  }

  /// Whether nobody can see the bytes before they are committed, so that they may be gathered; the channel can then be read too.
  boolean hidden();

  /// What to say of the target after a failure, such as `out.gz is as it was`.
  String afterFailure();

  /// Called before the first write, or before `seal` where there is none.
  default void begin() throws IOException {}

  /// All bytes are written: gives the file its final look.
  default void seal() throws IOException {}

  /// Makes it final.
  void commit() throws IOException;

  /// Undoes what was done since opening, unless it was committed. At most one of `undo` and `commit` has an effect.
  void undo();

  /// Releases the channel.
  void close() throws IOException;
}
