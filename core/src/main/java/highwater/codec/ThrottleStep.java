package highwater.codec;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Timer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of a throttle: a token bucket kept as a moment, `paidUntil`, up to which all that passed is paid for.
///
/// A part of n bytes may pass once n / rate seconds have gone by since then; `paidUntil` moves by exactly that, the
/// fraction of a nanosecond being carried on. A bucket's size is how far `paidUntil` may lie in the past.
final class ThrottleStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long CATCH_UP_NANOS = SECOND / 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final long bytesPerSecond;
  private final int partBytesMax;
  private @Nullable PartContext context;
  private @Nullable Timer timer;
  private ByteBuffer chunk = NOTHING;
  private int position;
  private int limit;
  private int partBytes;
  private boolean started;
  private long paidUntil;

  /// What everything that has passed costs: so long the rate was used, while the strand did other things or waited.
  private volatile long usedNanos;

  private long fraction;
  private boolean ending;

  ThrottleStep(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    partBytesMax = Math.clamp(bytesPerSecond / 10, 1, Integer.MAX_VALUE);
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
  }

  @Override
  public void offer(ByteBuffer chunk) {
    this.chunk = chunk;
    position = chunk.position();
    limit = chunk.limit();
  }

  @Override
  public void finish() {
    ending = true;
  }

  @Override
  public Progress poll() {
    if (position == limit) return ending ? Progress.DONE : Progress.HUNGRY;
    if (timer != null) return Progress.WAITING;
    partBytes = Math.min(limit - position, partBytesMax);
    var strand = opened().strand();
    long now = strand.nanoTime();
    if (!started) {
      started = true;
      paidUntil = now;
    }
    if (now - paidUntil > CATCH_UP_NANOS + costNanos()) {
      paidUntil = now - CATCH_UP_NANOS - costNanos();
      fraction = 0;
    }
    long wait = paidUntil + costNanos() - now;
    if (wait <= 0) return Progress.READY;
    timer = strand.after(wait, this::due);
    return Progress.WAITING;
  }

  @Override
  public ByteBuffer next() {
    long cost = partBytes * SECOND + fraction;
    paidUntil += cost / bytesPerSecond;
    used(cost / bytesPerSecond);
    fraction = cost % bytesPerSecond;
    chunk.limit(position + partBytes).position(position);
    position += partBytes;
    return chunk;
  }

  @Override
  public void close() {
    if (timer != null) timer.cancel();
    timer = null;
    chunk = NOTHING;
  }

  private void used(long nanos) {
    long before = usedNanos;
    usedNanos = before + nanos;
  }

  @Override
  public long workedNanos(long now) {
    return usedNanos;
  }

  @Override
  public @Nullable String waitsFor() {
    return timer == null ? null : "the clock";
  }

  @Override
  public Cause waitCause() {
    return Cause.TIMER;
  }

  @Override
  public String toString() {
    return "ThrottleStep(" + bytesPerSecond + " bytes/s, " + (limit - position) + " bytes left)";
  }

  private void due() {
    timer = null;
    opened().wake();
  }

  /// What the next part costs, rounded up so that it is never early.
  private long costNanos() {
    return Math.ceilDiv(partBytes * SECOND + fraction, bytesPerSecond);
  }

  private PartContext opened() {
    if (context == null) throw new IllegalStateException("not open: " + this);
    return context;
  }
}
