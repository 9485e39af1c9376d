package highwater.io;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A channel whose calls may wait, used by one thread of its own and stopped by another.
///
/// ```
///   NEW ──open()──▶ OPENING ──▶ OPEN ──▶ CLOSED        stop(), from any of them, makes open() and every call after it throw
/// ```
/// Closing a file channel wakes a platform thread that waits in a read or write of it (a virtual one would hang). A wait for
/// the other side of a FIFO, in `open` itself, has no channel yet to close: there the FIFO is opened once more for both
/// directions, which never waits, and makes it the other side.
final class BlockingChannel {
  /// How long a descriptor that somebody has set to non-blocking rests when it has nothing, in nanoseconds.
  private static final long EMPTY_REST_NANOS = 1_000_000;

  private static final int TYPE = 0_170_000;
  private static final int FIFO = 0_010_000;
  private static final int BLOCK_DEVICE = 0_060_000;

  private final Opener opener;
  private final @Nullable Path path;
  private @Nullable FileChannel channel;
  private @Nullable FileChannel otherSide;
  private boolean opening;
  private boolean stopped;

  private BlockingChannel(Opener opener, @Nullable Path path) {
    this.opener = opener;
    this.path = path;
  }

  /// One for what lies at `path`, to be opened with `option`.
  static BlockingChannel ofPath(Path path, OpenOption option) {
    return new BlockingChannel(() -> FileChannel.open(path, option), path);
  }

  /// One whose opening never waits.
  static BlockingChannel of(Opener opener) {
    return new BlockingChannel(opener, null);
  }

  /// Opens it, however long that takes; throws `ClosedChannelException` when stopped. Its own thread.
  FileChannel open() throws IOException {
    synchronized (this) {
      if (stopped) throw new ClosedChannelException();
      opening = true;
    }
    FileChannel opened;
    try {
      opened = opener.open();
    } finally {
      endOpening();
    }
    synchronized (this) {
      channel = opened;
      if (!stopped) return opened;
    }
    opened.close();
    throw new ClosedChannelException();
  }

  private synchronized void endOpening() throws IOException {
    opening = false;
    if (otherSide != null) otherSide.close();
  }

  /// Makes its thread's call return with an exception, now or when it comes. Any thread; does not wait for that thread.
  synchronized void stop() {
    if (stopped) return;
    stopped = true;
    try {
      if (channel != null) channel.close();
      else if (opening && path != null && isType(FIFO)) {
        otherSide = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      }
    } catch (IOException e) {
      // Its thread, a daemon, is left behind in its call.
    }
  }

  /// Puts a block device's bytes on the device; the others keep nothing. Its own thread, when open.
  void force() throws IOException {
    var open = opened();
    if (open != null && isType(BLOCK_DEVICE)) open.force(true);
  }

  /// Closes it. Its own thread; nothing happens where `stop` came first.
  void close() throws IOException {
    var open = opened();
    if (open != null) open.close();
  }

  /// Closes it after `failure`, which a failure to close is added to.
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private synchronized @Nullable FileChannel opened() {
    return channel;
  }

  private boolean isType(int type) throws IOException {
    if (path == null || !path.getFileSystem().supportedFileAttributeViews().contains("unix")) return false;
    return ((int) Files.getAttribute(path, "unix:mode") & TYPE) == type;
  }

  /// Rests after a call that moved nothing: a descriptor shared with a program that made it non-blocking.
  static void rest() {
    LockSupport.parkNanos(EMPTY_REST_NANOS);
  }

  /// Opens a channel.
  @FunctionalInterface
  interface Opener {
    FileChannel open() throws IOException;
  }
}
