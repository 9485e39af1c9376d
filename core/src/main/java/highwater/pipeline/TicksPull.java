package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.strand.Strand;
import highwater.strand.Timer;
import org.jspecify.annotations.Nullable;

/// Gives how many periods have passed, once for each in which it is asked.
///
/// The moments lie on a grid that begins with the run, so that no delay adds up. The clock alone is kept: whoever
/// asks late gets the latest number at once, and nothing was queued meanwhile.
final class TicksPull implements Pull<Long>, WorksElsewhere {
  private final long periodNanos;
  private @Nullable PartContext context;
  private @Nullable Timer timer;
  private long beganNanos;
  private long passed;
  private long given;

  /// How many ticks were given: their periods passed whatever the strand did meanwhile.
  private volatile long count;

  TicksPull(long periodNanos) {
    this.periodNanos = periodNanos;
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    beganNanos = context.strand().nanoTime();
  }

  @Override
  public Progress poll() {
    var strand = requireNonNull(context).strand();
    passed = (strand.nanoTime() - beganNanos) / periodNanos;
    if (passed > given) return Progress.READY;
    if (timer == null) arm(strand);
    return Progress.WAITING;
  }

  private void arm(Strand strand) {
    long passedNanos = strand.nanoTime() - beganNanos;
    timer = strand.after(Math.max(0, (given + 1) * periodNanos - passedNanos), this::due);
  }

  private void due() {
    timer = null;
    requireNonNull(context).wake();
  }

  @Override
  public Long next() {
    given = passed;
    long before = count;
    count = before + 1;
    return given;
  }

  @Override
  public long workedNanos(long now) {
    return count * periodNanos;
  }

  @Override
  public void abort(Throwable cause) {
    disarm();
  }

  @Override
  public void close() {
    disarm();
  }

  private void disarm() {
    if (timer != null) timer.cancel();
    timer = null;
  }

  @Override
  public @Nullable String waitsFor() {
    return timer == null ? null : "the next tick";
  }

  @Override
  public Cause waitCause() {
    return Cause.TIMER;
  }
}
