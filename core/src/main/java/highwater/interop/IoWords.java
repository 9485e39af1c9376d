package highwater.interop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.locks.LockSupport;

/// What reading and writing have in common: which channels can be used, and the words for what went wrong.
final class IoWords {
  /// The position of a failure before the first byte.
  static final long WHILE_OPENING = -1;

  /// How long a call rests that moved nothing and said so, in nanoseconds: 1 ms.
  private static final long EMPTY_REST_NANOS = 1_000_000;

  private IoWords() {}

  /// Refuses what would spin, or hang when it is closed.
  static void checkUsable(String name, Closeable opened) {
    if (opened instanceof SelectableChannel channel && !channel.isBlocking()) {
      throw new IllegalStateException(
          name + " is in non-blocking mode (expected: configureBlocking(true), for a thread of its own waits for it)");
    }
    if (opened instanceof FileChannel && Thread.currentThread().isVirtual()) {
      throw new IllegalStateException(
          name
              + " is a FileChannel on a virtual thread, where its close may hang (expected: CallThread.PLATFORM, the"
              + " default)");
    }
  }

  /// Rests after a call that moved nothing.
  static void rest(Lease lease) throws IOException {
    if (lease.isStopped()) throw lease.ended();
    LockSupport.parkNanos(EMPTY_REST_NANOS);
  }

  static IOException reading(String name, long positionBytes, IOException cause) {
    return failure("read", name, positionBytes, cause, "an input that can be read to its end");
  }

  static IOException writing(String name, long positionBytes, IOException cause) {
    return failure("write", name, positionBytes, cause, "an output that takes every byte; this one was undone");
  }

  private static IOException failure(String verb, String name, long positionBytes, IOException cause, String expected) {
    var what =
        positionBytes == WHILE_OPENING
            ? "cannot open " + name
            : "cannot " + verb + " " + name + " at byte " + positionBytes;
    return new IOException(what + ": " + reason(cause) + " (expected: " + expected + ")", cause);
  }

  /// The first line of what the cause says.
  private static String reason(IOException cause) {
    var message = cause.getMessage();
    if (message == null || message.isBlank()) return cause.getClass().getSimpleName();
    return message.strip().lines().findFirst().orElse(message);
  }
}
