package highwater.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One file that has, or had, the name that is followed: open until it is read to its end, so that no other file can get its
/// identity meanwhile.
///
/// ```
/// READING ──end of the file──▶ AT_END ──look: it grew, or was cut──▶ READING
/// ```
final class GrowingFile {
  /// How many bytes before the place reached are looked at again when the file has grown: a file that was cut and has grown
  /// beyond that place meanwhile has others there.
  private static final int MARK_BYTES = 64;

  private final FileChannel channel;
  private final Object identity;
  private final Runnable letGo;
  private long positionBytes;

  /// The longest it was seen, since it was cut.
  private long seenBytes;

  private long grewNanos;

  /// When it was first seen to hold something; -1 before.
  private long begunNanos = -1;

  private boolean atEnd;

  /// What lies before the place reached, taken at the end of the file; null where it was shorter than that already.
  private byte @Nullable [] mark = {};

  /// `letGo` is run at the close.
  GrowingFile(FileChannel channel, Object identity, Runnable letGo, long now) {
    this.channel = channel;
    this.identity = identity;
    this.letGo = letGo;
    grewNanos = now;
  }

  /// What tells a file from all others; where the system has no such thing, the moment it was made.
  static Object identity(BasicFileAttributes attributes) {
    var key = attributes.fileKey();
    return key != null ? key : attributes.creationTime();
  }

  boolean is(Object identity) {
    return this.identity.equals(identity);
  }

  FileChannel channel() {
    return channel;
  }

  /// The next byte to read.
  long positionBytes() {
    return positionBytes;
  }

  void begin(long positionBytes) {
    this.positionBytes = positionBytes;
  }

  long seenBytes() {
    return seenBytes;
  }

  /// Whether it was read to its end, and no look has found more since.
  boolean isAtEnd() {
    return atEnd;
  }

  boolean hasBegun() {
    return begunNanos >= 0;
  }

  long begunNanos() {
    return begunNanos;
  }

  /// When it was last seen to have grown.
  long grewNanos() {
    return grewNanos;
  }

  /// Reads what comes next; 0 where there is nothing, now.
  int read(ByteBuffer buffer, long now) throws IOException {
    int read = channel.read(buffer, positionBytes);
    if (read > 0) {
      positionBytes += read;
      grewTo(positionBytes, now);
      return read;
    }
    atEnd = true;
    mark = bytesBefore();
    return 0;
  }

  /// Looks whether it has grown, or was cut since the last look, so that it is read from its first byte: then the bytes that are
  /// known to have gone unread, else -1.
  long look(long now) throws IOException {
    long size = channel.size();
    boolean cut = size < seenBytes || (atEnd && !hasItsMark());
    long lost = cut ? seenBytes - positionBytes : -1;
    if (cut) {
      positionBytes = 0;
      seenBytes = 0;
      atEnd = false;
    }
    grewTo(size, now);
    if (size > positionBytes) atEnd = false;
    return lost;
  }

  private void grewTo(long size, long now) {
    if (size > 0 && begunNanos < 0) begunNanos = now;
    if (size <= seenBytes) return;
    seenBytes = size;
    grewNanos = now;
  }

  private boolean hasItsMark() throws IOException {
    return mark != null && Arrays.equals(mark, bytesBefore());
  }

  private byte @Nullable [] bytesBefore() throws IOException {
    var before = ByteBuffer.allocate((int) Math.min(MARK_BYTES, positionBytes));
    long from = positionBytes - before.capacity();
    while (before.hasRemaining()) {
      if (channel.read(before, from + before.position()) < 0) return null;
    }
    return before.array();
  }

  void close() throws IOException {
    letGo.run();
    channel.close();
  }
}
