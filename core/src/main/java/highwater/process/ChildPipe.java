package highwater.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A pipe of this process whose far end a child opens by name, `/proc/self/fd/N`.
///
/// Why not the pipes of [Process]: when the direct child exits, a thread of the JDK reads what its output holds at that
/// moment into memory, of any size, and closes it (`ProcessImpl`'s `processExited`). What a background process of the child's
/// writes later is lost, and the loss looks like an end: of the 168,890 bytes of `(…) & exit 0` a reader got between 0 and
/// 17,750. Also, nothing ends a thread that reads such a pipe while a stranger holds its other end, or that closes one while
/// another thread writes. The channels of a [Pipe] end where the last writer ends, and their close wakes who waits.
///
/// A channel does not tell its descriptor. It is found by the pipes that this process has before and after it makes one:
/// one that is new and the only new one is the one; where another thread made one meanwhile, it tries again.
/// Thread rule: made on any thread; then as its channels.
final class ChildPipe {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int TRIES = 1000;

  private final Pipe pipe;
  private final Path link;

  /// Made of `pipe`, whose writing descriptor is `link`.
  private ChildPipe(Pipe pipe, Path link) {
    this.pipe = pipe;
    this.link = link;
  }

  // One at a time, so that the library's own do not disturb one another.
  static synchronized ChildPipe open() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      var before = pipes();
      var pipe = Pipe.open();
      try {
        var added = pipes();
        added.keySet().removeAll(before.keySet());
        if (added.size() == 1) return new ChildPipe(pipe, writing(added.values().iterator().next()));
      } catch (IOException e) {
        close(pipe);
        throw e;
      }
      close(pipe);
    }
    throw new IOException("other threads make pipes all the time, so that none can be told from theirs");
  }

  /// The pipes of this process, each with its descriptors.
  private static Map<String, List<Path>> pipes() throws IOException {
    var pipes = new HashMap<String, List<Path>>();
    try (var descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (var descriptor : descriptors) {
        try {
          var target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("pipe:")) pipes.computeIfAbsent(target, _ -> new ArrayList<>(2)).add(descriptor);
        } catch (IOException e) {
          // Closed since it was listed; a new pipe of ours is not.
        }
      }
    }
    return pipes;
  }

  private static Path writing(List<Path> descriptors) throws IOException {
    for (var descriptor : descriptors) {
      var mode = Files.getPosixFilePermissions(descriptor, LinkOption.NOFOLLOW_LINKS);
      if (mode.contains(PosixFilePermission.OWNER_WRITE)) return descriptor;
    }
    throw new IOException(DESCRIPTORS + " does not show which end of a pipe is written");
  }

  private static void close(Pipe pipe) {
    closeQuietly(pipe.source());
    closeQuietly(pipe.sink());
  }

  private static void closeQuietly(AutoCloseable channel) {
    try {
      channel.close();
    } catch (Exception e) {
      // The close of a pipe has nothing to say.
    }
  }

  /// Has the child read from it.
  void feed(ProcessBuilder builder) {
    builder.redirectInput(link.toFile());
  }

  /// Has the child write its stdout to it.
  void takeOutput(ProcessBuilder builder) {
    builder.redirectOutput(link.toFile());
  }

  /// Has the child write its stderr to it.
  void takeErrors(ProcessBuilder builder) {
    builder.redirectError(link.toFile());
  }

  /// Leaves the reading to the child, so that a write fails once the child reads no more.
  void onlyWrite() {
    closeQuietly(pipe.source());
  }

  /// Leaves the writing to the child, so that a read ends when the child's last descendant has closed it.
  void onlyRead() {
    closeQuietly(pipe.sink());
  }

  /// Reads some bytes, or -1 at the end; throws once it is closed.
  int read(ByteBuffer buffer) throws IOException {
    return pipe.source().read(buffer);
  }

  /// Writes some of `buffer`; throws where nobody reads, and once it is closed.
  int write(ByteBuffer buffer) throws IOException {
    return pipe.sink().write(buffer);
  }

  /// Opens it for reading beside the child, to count what it leaves unread; only while its writing end is open.
  ///
  /// While it is open no write fails for want of a reader.
  synchronized FileInputStream unread() throws IOException {
    // Afterwards the descriptor's number may be another's.
    if (!pipe.sink().isOpen()) throw new ClosedChannelException();
    return new FileInputStream(link.toFile());
  }

  /// Closes both ends, whoever uses them.
  synchronized void close() {
    close(pipe);
  }

  /// Closes the writing end: the child's end of input.
  synchronized void endInput() {
    closeQuietly(pipe.sink());
  }
}
