package highwater.http;

import java.time.Duration;

/// The limits on the time of one run: how long one wait may take, and all of it together.
///
/// Thread rule: the run's own thread.
final class Patience {
  private final Duration idle;
  private final Duration total;
  private final long deadlineNanos;

  Patience(Duration idle, Duration total) {
    this.idle = idle;
    this.total = total;
    deadlineNanos = System.nanoTime() + total.toNanos();
  }

  /// How long the next wait may be, in nanoseconds; throws when there is no time left.
  long nanos() throws Late {
    return nanos(Duration.ZERO);
  }

  /// The same with `more` on top of the idle limit, for a wait in which something else has a limit of its own.
  long nanos(Duration more) throws Late {
    long left = deadlineNanos - System.nanoTime();
    if (left <= 0) throw inAll();
    return Math.min(left, idle.plus(more).toNanos());
  }

  /// As much of `nanos` as there is time for; no limit is met by it.
  long pauseNanos(long nanos) {
    return Math.max(0, Math.min(nanos, deadlineNanos - System.nanoTime()));
  }

  /// What a wait that took as long as [#nanos] said fails with; `missing` is such as `no byte came`.
  Late late(String missing) {
    return late(missing, Duration.ZERO);
  }

  /// The same after a wait of [#nanos(Duration)].
  Late late(String missing, Duration more) {
    if (deadlineNanos - System.nanoTime() <= 0) return inAll();
    return new Late(missing + " for " + Words.seconds(idle.plus(more)), false);
  }

  private Late inAll() {
    return new Late("it took longer than " + Words.seconds(total) + " in all", true);
  }
}
