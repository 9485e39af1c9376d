package highwater.lab;

/// How fast an end is: a token bucket, so many bytes a second on average, and a burst after a rest.
///
/// Time is what the caller says, in nanoseconds. Thread rule: one strand.
final class Pace {
  private final double bytesPerNano;
  private final double burstBytes;
  private double leftBytes;
  private long asOfNanos;

  /// `bytesPerSecond` on average, at most `burstBytes` at once after a rest; the bucket is empty at `nowNanos`.
  Pace(long bytesPerSecond, double burstBytes, long nowNanos) {
    this.bytesPerNano = bytesPerSecond / 1e9;
    this.burstBytes = burstBytes;
    this.asOfNanos = nowNanos;
  }

  /// Takes `bytes`, and returns the nanoseconds until they may be on their way: 0 where the bucket held them.
  long take(long bytes, long nowNanos) {
    leftBytes = Math.min(burstBytes, leftBytes + (nowNanos - asOfNanos) * bytesPerNano) - bytes;
    asOfNanos = nowNanos;
    return leftBytes >= 0 ? 0 : (long) Math.ceil(-leftBytes / bytesPerNano);
  }
}
