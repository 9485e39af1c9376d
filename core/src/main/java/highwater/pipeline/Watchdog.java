package highwater.pipeline;

import highwater.strand.Timer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Holds one run to its deadline and its idle timeout, by the clock of its strand.
///
/// The deadline is one timer. For the idle timeout the run is looked at four times in that time: whether anything moved
/// since the last look costs the loop nothing. Thread rule: the strand of the run.
final class Watchdog {
  private static final int LOOKS = 4;

  private final Execution run;
  private final @Nullable Duration deadline;
  private final @Nullable Duration idleTimeout;
  private @Nullable Timer deadlineTimer;
  private @Nullable Timer idleTimer;
  private long deadlineNanos;
  private long quietSinceNanos;
  private long seenActivity;

  Watchdog(Execution run, Settings settings) {
    this.run = run;
    deadline = settings.deadline();
    idleTimeout = settings.idleTimeout();
  }

  /// The run begins, perhaps by waiting for its budget.
  void begin() {
    if (deadline == null) return;
    long nanos = nanos(deadline);
    deadlineNanos = run.strand().nanoTime() + nanos;
    deadlineTimer = run.strand().after(nanos, this::late);
  }

  /// The first part is about to be opened.
  void workBegins() {
    if (idleTimeout == null) return;
    quietSinceNanos = run.strand().nanoTime();
    seenActivity = run.activity();
    lookLater(nanos(idleTimeout));
  }

  /// The run is over.
  void end() {
    if (deadlineTimer != null) deadlineTimer.cancel();
    if (idleTimer != null) idleTimer.cancel();
  }

  /// Does at once what the deadline's timer would do; the turn that runs may keep it waiting.
  void checkDeadline() {
    if (deadline != null && run.strand().nanoTime() - deadlineNanos >= 0) late();
  }

  private void late() {
    if (deadline == null) return;
    run.timedOut(
        new TimeoutException(
            "the run was not done within its deadline of "
                + Settings.inWords(deadline)
                + ": "
                + whoHoldsIt()
                + " (expected: done by then; withDeadline allows more)"));
  }

  private void lookLater(long nanos) {
    idleTimer = run.strand().after(Math.max(1, nanos / LOOKS), this::look);
  }

  private void look() {
    if (idleTimeout == null || run.isEnded()) return;
    long nanos = nanos(idleTimeout);
    long now = run.strand().nanoTime();
    long activity = run.activity();
    if (activity != seenActivity) quietSinceNanos = now;
    seenActivity = activity;
    if (now - quietSinceNanos < nanos) {
      lookLater(nanos);
      return;
    }
    run.timedOut(
        new TimeoutException(
            "nothing moved for "
                + Settings.inWords(idleTimeout)
                + ", the idle timeout: "
                + whoHoldsIt()
                + " (expected: a chunk; withIdleTimeout allows more)"));
  }

  private String whoHoldsIt() {
    if (run.isQueued()) return "it waits for its budget";
    var what = run.waitsFor();
    return "this stage holds the work and " + (what == null ? "does not say what it waits for" : "waits for " + what);
  }

  /// Three centuries are for ever.
  private static long nanos(Duration time) {
    return time.compareTo(Duration.ofNanos(Long.MAX_VALUE >> 1)) < 0 ? time.toNanos() : Long.MAX_VALUE >> 1;
  }
}
