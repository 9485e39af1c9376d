package highwater.codec;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// Lets bytes pass at no more than a rate.
///
/// After t seconds at most rate × t bytes have passed, and over a long time exactly that: the moments of all chunks are
/// counted from the first, without rounding. What was not used (a slow input, a late timer) is caught up to 1/10 s of
/// the rate. Chunks larger than 1/10 s of rate are passed in parts, so that a low rate flows instead of stalling.
/// Thread rule: none of its own; it waits on the strand's clock.
public final class Throttle implements PullStage<ByteBuffer, ByteBuffer> {
  private static final long RATE_MAX = 1_000_000_000_000_000_000L;

  private final long bytesPerSecond;

  private Throttle(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /// Makes the recipe for a rate of 1 to 10^18 bytes per second.
  public static Throttle bytesPerSecond(long rate) {
    if (rate < 1 || rate > RATE_MAX) {
      throw new IllegalArgumentException("rate: " + rate + " bytes per second (expected: 1 to 10^18)");
    }
    return new Throttle(rate);
  }

  @Override
  public String name() {
    return "throttle " + rate() + "/s";
  }

  /// The rate in the units that it was probably given in.
  private String rate() {
    if (bytesPerSecond % 1_000_000 == 0) return ByteSizes.grouped(bytesPerSecond / 1_000_000) + " MB";
    if (bytesPerSecond % 1_000 == 0) return ByteSizes.grouped(bytesPerSecond / 1_000) + " kB";
    if (bytesPerSecond % 1_024 == 0) return ByteSizes.exact(bytesPerSecond);
    return ByteSizes.grouped(bytesPerSecond) + " bytes";
  }

  @Override
  public String advice() {
    return "it is a limit that was set, and does what it is for: raise it, or leave it out";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of("passes chunks on in parts of at most 1/10 s", chunkMaxBytes);
  }

  /// True: a part of a chunk is the chunk's own memory.
  @Override
  public boolean passesOn() {
    return true;
  }

  @Override
  public Step<ByteBuffer, ByteBuffer> step() {
    return new ThrottleStep(bytesPerSecond);
  }

  @Override
  public String toString() {
    return name();
  }
}
