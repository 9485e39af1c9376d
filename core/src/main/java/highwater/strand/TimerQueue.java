package highwater.strand;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The timers of a strand, by deadline, then by the order they were made in.
///
/// Timers fire in rounds: [#beginRound] fixes the moment, and [#takeDue] hands out those due by then that existed then, so
/// that a timer which makes another of no delay leaves room for turns. Thread rule: the strand alone.
final class TimerQueue {
  private final PriorityQueue<Entry> entries = new PriorityQueue<>(4);
  private long made;
  private int keeping;
  private long roundNanos;
  private long roundMade;
  private long takenDeadlineNanos;

  Timer add(long deadlineNanos, Runnable turn) {
    var entry = new Entry(this, deadlineNanos, made++, turn);
    entries.add(entry);
    keeping++;
    return entry;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /// How many timers keep the strand from ending.
  int keeping() {
    return keeping;
  }

  /// The nanoseconds from `nowNanos` to the first deadline, 0 when it has passed, `Long.MAX_VALUE` without one.
  long waitNanos(long nowNanos) {
    var first = entries.peek();
    return first == null ? Long.MAX_VALUE : Math.max(0, first.deadlineNanos - nowNanos);
  }

  void beginRound(long nowNanos) {
    roundNanos = nowNanos;
    roundMade = made;
  }

  /// Takes out the next timer of this round and returns its turn, or null when the round has none left.
  @Nullable Runnable takeDue() {
    var first = entries.peek();
    if (first == null || first.deadlineNanos - roundNanos > 0 || first.order >= roundMade) return null;
    entries.poll();
    takenDeadlineNanos = first.deadlineNanos;
    var turn = first.turn;
    first.forget();
    return turn;
  }

  /// How long after its deadline the timer that was taken last runs at `nowNanos`.
  long lateNanos(long nowNanos) {
    return nowNanos - takenDeadlineNanos;
  }

  void clear() {
    entries.clear();
    keeping = 0;
  }

  private static final class Entry implements Timer, Comparable<Entry> {
    private final TimerQueue queue;
    private final long deadlineNanos;
    private final long order;
    private @Nullable Runnable turn;
    private boolean keeps = true;

    Entry(TimerQueue queue, long deadlineNanos, long order, Runnable turn) {
      this.queue = queue;
      this.deadlineNanos = deadlineNanos;
      this.order = order;
      this.turn = turn;
    }

    @Override
    public void cancel() {
      if (turn == null) return;
      queue.entries.remove(this);
      forget();
    }

    @Override
    public Timer unref() {
      if (keeps) {
        keeps = false;
        queue.keeping--;
      }
      return this;
    }

    /// Leaves nothing reachable from a timer that somebody keeps after it fired.
    private void forget() {
      turn = null;
      unref();
    }

    @Override
    public int compareTo(Entry other) {
      int byDeadline = Long.signum(deadlineNanos - other.deadlineNanos);
      return byDeadline != 0 ? byDeadline : Long.compare(order, other.order);
    }
  }
}
