package highwater.lab;

import highwater.strand.Strand;
import highwater.strand.Timer;
import org.jspecify.annotations.Nullable;

/// Work that takes time, chunk by chunk, at a speed that may change in the middle of a chunk: a timer of a strand.
///
/// A timer that comes late shortens the next chunk of the same turn, so that the speed is kept on average; a pause
/// between two chunks is no credit. Thread rule: the strand.
final class Tap {
  /// The most lateness that is made up for, in nanoseconds: 100 ms. A machine that slept does not wake to a flood.
  private static final long LATE_MAX_NANOS = 100_000_000;

  private static final double NANOS = 1e9;

  private final Strand strand;
  private long bytesPerSecond;
  private boolean frozen;

  /// What is under way: its end, and what was left of it at `sinceNanos`.
  private @Nullable Runnable whenDone;

  private double bytesLeft;
  private long sinceNanos;
  private long dueNanos;
  private @Nullable Timer timer;

  /// In the turn in which work was done, and its ticks: what begins now should have begun at `dueNanos`.
  private boolean goesOn;

  /// Makes one at rest, at a speed of 0.
  Tap(Strand strand) {
    this.strand = strand;
  }

  /// Begins `bytes` of work; `done` is run when they are done, as a turn. One piece at a time.
  void begin(long bytes, Runnable done) {
    assert whenDone == null : "one piece of work at a time";
    whenDone = done;
    sinceNanos = strand.nanoTime();
    long lateNanos = goesOn ? Math.min(sinceNanos - dueNanos, LATE_MAX_NANOS) : 0;
    bytesLeft = bytes - lateNanos * (bytesPerSecond / NANOS);
    arm();
  }

  /// Goes on at another speed, in bytes a second; 0 stands still.
  void setSpeed(long bytesPerSecond) {
    settle();
    this.bytesPerSecond = bytesPerSecond;
    arm();
  }

  /// Stands still, or goes on where it stood.
  void setFrozen(boolean frozen) {
    settle();
    this.frozen = frozen;
    arm();
  }

  /// Drops what is under way.
  void drop() {
    disarm();
    whenDone = null;
    goesOn = false;
  }

  /// Books what was done since the last look.
  private void settle() {
    disarm();
    long now = strand.nanoTime();
    if (!frozen) bytesLeft -= (now - sinceNanos) * (bytesPerSecond / NANOS);
    sinceNanos = now;
  }

  private void arm() {
    if (whenDone == null || frozen || bytesPerSecond == 0) return;
    long nanos = Math.max(0, Math.round(bytesLeft * NANOS / bytesPerSecond));
    dueNanos = sinceNanos + nanos;
    timer = strand.after(nanos, this::fire);
  }

  private void disarm() {
    if (timer != null) timer.cancel();
    timer = null;
  }

  private void fire() {
    var done = whenDone;
    if (done == null) return;
    whenDone = null;
    timer = null;
    goesOn = true;
    strand.afterTicks(() -> goesOn = false);
    done.run();
  }
}
