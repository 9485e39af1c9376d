package highwater.memory;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A bound of bytes that many pipelines share: what is charged never exceeds [#sizeBytes()].
///
/// It lends in two ways. A *minimum* is taken whole before anything is opened, first come first served, and may be
/// waited for. A *surplus* is tried, never waited for, and never granted while somebody waits for a minimum. What was
/// lent is given back with [#giveBack]; a [share][#share()] tells who has not. Thread rule: any thread. Cost: one short
/// lock a call.
public final class Budget {
  private final long sizeBytes;

  /// Who really lends, where this is a share.
  private final @Nullable Budget lender;

  // Guarded by `this`.
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long usedBytes;
  private long peakBytes;

  private Budget(long sizeBytes, @Nullable Budget lender) {
    if (sizeBytes <= 0) {
      throw new IllegalArgumentException("budget: " + sizeBytes + " bytes (expected: 1 or more)");
    }
    this.sizeBytes = sizeBytes;
    this.lender = lender;
  }

  /// Makes a budget of `sizeBytes`.
  public static Budget of(long sizeBytes) {
    return new Budget(sizeBytes, null);
  }

  /// Makes a budget that only counts: it lends whatever is asked.
  public static Budget unlimited() {
    return of(Long.MAX_VALUE);
  }

  /// Makes a view for one borrower: its surplus is charged to this budget, its figures are the borrower's own. It
  /// grants no minimum.
  public Budget share() {
    return new Budget(sizeBytes, this);
  }

  /// The bound, in bytes.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// The bytes charged now.
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /// The most bytes ever charged at one time.
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /// The number of minimums waited for now.
  public synchronized int waiting() {
    return waiters.size();
  }

  /// Takes `bytes` (0 or more) as a minimum: calls `granted` at once where they are free and nobody waits before, else
  /// later, from the thread that gave bytes back.
  ///
  /// `granted` must not throw, and is best short: it posts a turn. Throws `IllegalArgumentException` when `bytes`
  /// exceed the whole budget, as it would wait for ever, and `IllegalStateException` on a share, which grants 0 alone.
  public Waiter takeMinimum(long bytes, Runnable granted) {
    if (lender != null && bytes != 0) {
      throw new IllegalStateException("a share of a budget lends surplus alone: trySurplus, or go without");
    }
    checkBytes(bytes);
    if (bytes > sizeBytes) {
      throw new IllegalArgumentException(
          "a minimum of "
              + bytes
              + " bytes can never be lent by a budget of "
              + sizeBytes
              + " bytes: enlarge the budget, or make chunks or blocks smaller");
    }
    var waiter = new Waiter(this, bytes, granted);
    if (lender != null) {
      granted.run();
      return waiter;
    }
    synchronized (this) {
      if (!waiters.isEmpty() || isShort(bytes)) {
        waiters.add(waiter);
        return waiter;
      }
      charge(bytes);
    }
    granted.run();
    return waiter;
  }

  /// Takes `bytes` (0 or more) as a surplus and tells whether they were free; never waits.
  public boolean trySurplus(long bytes) {
    checkBytes(bytes);
    if (lender != null && !lender.trySurplus(bytes)) return false;
    synchronized (this) {
      if (!waiters.isEmpty() || isShort(bytes)) return false;
      charge(bytes);
      return true;
    }
  }

  /// Gives back `bytes` that were charged, and grants the minimums that fit now. Throws `IllegalStateException` where
  /// fewer are charged.
  public void giveBack(long bytes) {
    checkBytes(bytes);
    ArrayDeque<Waiter> fitting;
    synchronized (this) {
      if (bytes > usedBytes) {
        throw new IllegalStateException(bytes + " bytes given back, only " + usedBytes + " are charged");
      }
      usedBytes -= bytes;
      fitting = chargeFitting();
    }
    if (lender != null) lender.giveBack(bytes);
    for (var waiter : fitting) waiter.granted.run();
  }

  private static void checkBytes(long bytes) {
    if (bytes < 0) throw new IllegalArgumentException("charge: " + bytes + " bytes (expected: 0 or more)");
  }

  private boolean isShort(long bytes) {
    return sizeBytes - usedBytes < bytes;
  }

  private void charge(long bytes) {
    usedBytes += bytes;
    peakBytes = Math.max(peakBytes, usedBytes);
    assert usedBytes >= 0 && usedBytes <= sizeBytes : usedBytes;
  }

  /// Charges those at the head of the line who fit; the first who does not keeps all behind waiting, or it would wait
  /// for ever. The caller tells them outside the lock.
  private ArrayDeque<Waiter> chargeFitting() {
    var fitting = new ArrayDeque<Waiter>(0);
    for (Waiter first; (first = waiters.peek()) != null && !isShort(first.bytes); ) {
      charge(first.bytes);
      fitting.add(waiters.remove());
    }
    return fitting;
  }

  @Override
  public String toString() {
    return "Budget(" + usedBytes() + " of " + sizeBytes + " bytes)";
  }

  /// One wait for a minimum.
  public static final class Waiter {
    private final Budget budget;
    private final long bytes;
    private final Runnable granted;

    private Waiter(Budget budget, long bytes, Runnable granted) {
      this.budget = budget;
      this.bytes = bytes;
      this.granted = granted;
    }

    /// Stops waiting; true when it was still waiting, so that nothing has been or will be granted.
    public boolean cancel() {
      ArrayDeque<Waiter> fitting;
      synchronized (budget) {
        if (!budget.waiters.remove(this)) return false;
        // Those behind may fit where this one did not.
        fitting = budget.chargeFitting();
      }
      for (var waiter : fitting) waiter.granted.run();
      return true;
    }
  }
}
