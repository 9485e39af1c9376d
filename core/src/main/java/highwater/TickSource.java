package highwater;

import highwater.strand.Strand;
import highwater.strand.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A source of the strand's time: how many periods have passed, told when asked and when one more has.
final class TickSource implements Source<Long>, Waiting {
  private final Strand strand = Strand.current();
  private final long periodNanos;
  private final long birthNanos = strand.nanoTime();
  private long told;
  private @Nullable Timer timer;

  TickSource(Duration period) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("ticks every " + period + " (expected: more than nothing)");
    }
    this.periodNanos = period.toNanos();
  }

  @Override
  public void read(Feed<Long> feed) {
    long age = strand.nanoTime() - birthNanos;
    long passed = age / periodNanos;
    if (passed > told) {
      told = passed;
      feed.push(passed);
    } else {
      timer = strand.after((told + 1) * periodNanos - age, () -> read(feed));
    }
  }

  @Override
  public @Nullable String waitsFor() {
    return timer == null ? null : "the next tick";
  }

  @Override
  public Diagnosis.Cause waitCause() {
    return Diagnosis.Cause.TIMER;
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    if (timer != null) timer.cancel();
    done.ok();
  }
}
