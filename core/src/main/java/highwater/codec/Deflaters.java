package highwater.codec;

import java.util.ArrayDeque;

/// The compressors of one run, lent to one block job at a time and used again.
///
/// Each holds up to [DeflateState#bytesMax()] of native memory, so they are ended by name and never left to the collector. Thread
/// rule: any thread; the lock is held for a list operation, and once per state while one is made.
final class Deflaters {
  private final int level;
  private final ArrayDeque<DeflateState> idle = new ArrayDeque<>();
  private int alive;
  private int aliveMax = Integer.MAX_VALUE;

  Deflaters(int level) {
    this.level = level;
  }

  /// A state just made or reset.
  synchronized DeflateState borrow() {
    var state = idle.poll();
    if (state != null) return state;
    state = new DeflateState(level);
    alive++;
    return state;
  }

  /// Takes a state back: for the next block, or to its end where there are more than may be.
  void giveBack(DeflateState state) {
    state.reset();
    synchronized (this) {
      if (alive > aliveMax) {
        state.end();
        alive--;
      } else {
        idle.push(state);
      }
    }
  }

  /// Keeps at most `states` from now on; those lent beyond that end when they come back. 0 closes for good.
  synchronized void keepAtMost(int states) {
    aliveMax = states;
    while (alive > aliveMax && !idle.isEmpty()) {
      idle.pop().end();
      alive--;
    }
  }

  /// The states not ended yet.
  synchronized int alive() {
    return alive;
  }
}
