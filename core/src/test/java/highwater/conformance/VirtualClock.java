package highwater.conformance;

import highwater.strand.Strand;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// Time as a number of turns: macrotasks ordered by turn, then by the order in which they were
/// scheduled.
final class VirtualClock {
  private record Macrotask(int turn, long order, Runnable task) {}

  private final PriorityQueue<Macrotask> queue =
      new PriorityQueue<>(Comparator.comparingInt(Macrotask::turn).thenComparingLong(Macrotask::order));
  private long scheduled;
  private int turn;

  /// The turn that runs now.
  int turn() {
    return turn;
  }

  /// Whether no further macrotask belongs to the turn that runs now.
  boolean endsTurn() {
    return queue.stream().noneMatch(macrotask -> macrotask.turn == turn);
  }

  /// Schedules a macrotask.
  void at(int turn, Runnable task) {
    queue.add(new Macrotask(turn, scheduled++, task));
  }

  /// Runs `task` when `after` says.
  void later(After after, Runnable task) {
    switch (after) {
      case After.Sync _ -> task.run();
      case After.Tick _ -> Strand.current().nextTick(task);
      case After.Turns(var turns) -> at(turn + turns, task);
      case After.Never _ -> {}
    }
  }

  /// Hands one macrotask after the other to `host` until none is left or the turn passes `last`.
  void run(int last, Consumer<Runnable> host) {
    for (Macrotask next; (next = queue.poll()) != null && next.turn <= last; ) {
      turn = next.turn;
      host.accept(next.task);
    }
  }
}
