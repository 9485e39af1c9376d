package highwater.s3;

import java.nio.ByteBuffer;

/// One range of an object: filled by one thread, and given on by the strand while it fills.
final class DownloadRange {
  private final long position;
  private final NativeBuffer buffer;
  private final ByteBuffer writing;
  private final ByteBuffer reading;
  private final Runnable wake;

  /// How many bytes are there; the thread's writes to the buffer come before this one.
  private volatile int received;

  /// -1 until the server has said it.
  private volatile int length;

  /// The strand waits for bytes.
  private volatile boolean awaited;

  // The strand's.
  private int given;

  DownloadRange(long position, int length, NativeBuffer buffer, Runnable wake) {
    this.position = position;
    this.length = length;
    this.buffer = buffer;
    this.wake = wake;
    writing = buffer.bytes().duplicate().clear();
    reading = buffer.bytes().duplicate().clear();
  }

  long position() {
    return position;
  }

  int capacity() {
    return buffer.bytes().capacity();
  }

  int length() {
    return length;
  }

  int received() {
    return received;
  }

  NativeBuffer buffer() {
    return buffer;
  }

  // The thread.

  void setLength(int length) {
    this.length = length;
  }

  void put(byte[] bytes, int count) {
    writing.put(bytes, 0, count);
    received = writing.position();
    if (awaited) {
      awaited = false;
      wake.run();
    }
  }

  // The strand.

  /// Whether there is a byte to give; when not, a wake follows with the next.
  boolean hasBytes() {
    if (received > given) return true;
    awaited = true;
    // It may have come between the two.
    return received > given;
  }

  boolean isGiven() {
    return length >= 0 && given == length;
  }

  /// The next bytes, at most `most`; only when [#hasBytes()].
  ByteBuffer next(int most) {
    int end = Math.min(received, given + most);
    reading.limit(end).position(given);
    given = end;
    return reading;
  }
}
