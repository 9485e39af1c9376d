package highwater.process;

import java.time.Duration;

/// The limits of the settings that all three recipes have.
final class Limits {
  static final Duration TIMEOUT = Duration.ofHours(24);
  static final Duration TIMEOUT_MAX = Duration.ofDays(3650);

  private Limits() {}

  static void checkTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "timeout: " + timeout + " (expected: more than 0, at most " + TIMEOUT_MAX.toDays() + " days)");
    }
  }

  static void checkChunk(int chunkBytes) {
    if (chunkBytes < 1 || chunkBytes > ProcessOrigin.CHUNK_BYTES_MAX) {
      throw new IllegalArgumentException(
          "chunk: " + chunkBytes + " (expected: 1 to " + ProcessOrigin.CHUNK_BYTES_MAX + " bytes)");
    }
  }
}
