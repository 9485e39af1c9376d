package highwater.strand;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A strand turned by hand in virtual time, for tests: nothing runs but in a call of this class, and time stands still but in
/// [#advance] and [#spend].
///
/// Errors that nobody handles do not end it: each call collects those that came up in it and throws the first, the others
/// suppressed (a checked one in an [UncaughtException]). Thread rule: one thread at a time; the one that calls drives.
/// ```java
/// try (var hand = new HandTurned()) {
///   hand.turn(() -> …);                    // one turn, and all its ticks
///   hand.advance(1_000_000);               // what is due within a millisecond, in order
/// }                                        // throws if anything is left
/// ```
public final class HandTurned implements AutoCloseable {
  private static final int TURNS_MAX = 10_000_000;

  private final Strand strand;
  private final ArrayList<Throwable> collected = new ArrayList<>();
  private final AtomicBoolean turning = new AtomicBoolean();

  /// Written by the hand; others read it as any clock.
  private final AtomicLong nowNanos = new AtomicLong();

  /// Makes a strand at moment 0.
  public HandTurned() {
    this(null);
  }

  /// Makes a strand at moment 0 that tells `uncaught` of each error nobody handled, at once, instead of throwing it.
  public HandTurned(@Nullable Consumer<Throwable> uncaught) {
    strand = Strand.handTurned(nowNanos::get, uncaught == null ? collected::add : uncaught);
  }

  /// The strand.
  public Strand strand() {
    return strand;
  }

  /// The virtual time, in nanoseconds since the strand was made.
  public long nanoTime() {
    return nowNanos.get();
  }

  /// Runs `turn` and all its ticks now, before whatever is queued.
  public void turn(Runnable turn) {
    drive(() -> strand.runTurn(turn));
  }

  /// Runs the turns that are queued or due, and those they post, with all their ticks; time stands still. Returns how many.
  public int runReady() {
    var ran = new int[1];
    drive(() -> ran[0] = turnReady());
    return ran[0];
  }

  /// Runs what is ready, then moves the time on by `nanos`, stopping at each timer on the way.
  public void advance(long nanos) {
    if (nanos < 0) throw new IllegalArgumentException("advance: " + nanos + " ns (expected: 0 or more)");
    drive(
        () -> {
          long target = nowNanos.get() + nanos;
          for (; ; ) {
            turnReady();
            long wait = strand.waitNanos();
            if (wait > target - nowNanos.get()) break;
            nowNanos.addAndGet(wait);
          }
          nowNanos.accumulateAndGet(target, Math::max);
        });
  }

  /// Lets `nanos` pass and runs nothing, also within a turn: what a call takes that computes so long.
  public void spend(long nanos) {
    if (nanos < 0) throw new IllegalArgumentException("spend: " + nanos + " ns (expected: 0 or more)");
    nowNanos.addAndGet(nanos);
  }

  /// Runs what is ready and moves the time on to the next timer, until neither is left; timers that keep no strand
  /// ([Timer#unref()]) run only on the way to others.
  public void runUntilIdle() {
    drive(this::turnUntilIdle);
  }

  /// Whether turns, timers, holds or residents are left.
  public boolean hasWork() {
    var has = new boolean[1];
    drive(
        () -> {
          strand.takePosted();
          has[0] = strand.hasWork();
        });
    return has[0];
  }

  /// Runs until idle and ends the strand; throws `IllegalStateException` that names what is left, if anything is.
  @Override
  public void close() {
    if (strand.host().isClosed()) return;
    drive(
        () -> {
          do {
            turnUntilIdle();
          } while (!strand.host().close());
          if (strand.hasWork())
            collected.add(new IllegalStateException("left on a hand-turned strand: " + strand.describeWork()));
        });
    strand.ended();
  }

  private int turnReady() {
    int ran = 0;
    while (strand.advance() == Strand.Advance.RAN) {
      if (++ran == TURNS_MAX) throw new IllegalStateException("no end of turns: " + TURNS_MAX + " at one moment");
    }
    return ran;
  }

  private void turnUntilIdle() {
    int ran = 0;
    for (; ; ) {
      ran += Math.max(1, turnReady());
      if (!strand.hasKeepingTimers()) return;
      if (ran >= TURNS_MAX) throw new IllegalStateException("no end of timers after " + TURNS_MAX + " turns");
      nowNanos.addAndGet(strand.waitNanos());
    }
  }

  private void drive(Runnable body) {
    if (!turning.compareAndSet(false, true))
      throw new IllegalStateException(strand + " is being turned: not from within a turn");
    try {
      strand.host().takeUpNested(body);
    } finally {
      turning.set(false);
    }
    throwCollected();
  }

  private void throwCollected() {
    if (collected.isEmpty()) return;
    var first = collected.getFirst();
    for (var later : collected) if (later != first) first.addSuppressed(later);
    collected.clear();
    throw UncaughtException.unchecked(first);
  }
}
