package highwater.servlet;

import highwater.strand.Strand;
import highwater.strand.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long one wait for the client may take: one timer for a run, which looks once in such a time. Thread rule: the strand.
final class IdleLimit {
  static final Duration DEFAULT = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final long nanos;
  private @Nullable Strand strand;
  private @Nullable Timer timer;
  private long sinceNanos = NOT_WAITING;
  private boolean over;

  IdleLimit(Duration time) {
    nanos = time.toNanos();
  }

  static Duration checked(Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "idle timeout: " + time + " (expected: more than 0, at most " + LONGEST.toDays() + " days)");
    }
    return time;
  }

  void open(Strand strand, Runnable wake) {
    this.strand = strand;
    look(strand, wake, nanos);
  }

  private void look(Strand strand, Runnable wake, long afterNanos) {
    timer =
        strand
            .after(
                afterNanos,
                () -> {
                  long waited = sinceNanos == NOT_WAITING ? 0 : strand.nanoTime() - sinceNanos;
                  over = waited >= nanos;
                  if (over) wake.run();
                  else look(strand, wake, nanos - waited);
                })
            .unref();
  }

  /// Says whether the run waits for the client, and true once that has taken too long.
  boolean waits(boolean waiting) {
    if (!waiting) sinceNanos = NOT_WAITING;
    else if (sinceNanos == NOT_WAITING && strand != null) sinceNanos = strand.nanoTime();
    return waiting && over;
  }

  void close() {
    if (timer != null) timer.cancel();
  }

  @Override
  public String toString() {
    return nanos % 1_000_000_000 == 0 ? nanos / 1_000_000_000 + " s" : nanos / 1_000_000 + " ms";
  }
}
