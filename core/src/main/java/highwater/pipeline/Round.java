package highwater.pipeline;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/// All watches, and when each is to look. Thread rule: any thread adds and removes, one looks.
final class Round {
  private final LongSupplier clock;
  private final List<StallWatch> watches = new CopyOnWriteArrayList<>();

  Round(LongSupplier clock) {
    this.clock = clock;
  }

  void add(StallWatch watch) {
    watch.begin(clock.getAsLong());
    watches.add(watch);
  }

  void remove(StallWatch watch) {
    watches.remove(watch);
  }

  /// The time until the next look; `Long.MAX_VALUE` where nobody watches.
  long waitNanos() {
    long now = clock.getAsLong();
    long least = Long.MAX_VALUE;
    for (var watch : watches) least = Math.min(least, Math.max(0, watch.nextNanos() - now));
    return least;
  }

  /// Lets every watch look that is due.
  void look() {
    for (var watch : watches) {
      long now = clock.getAsLong();
      if (watch.nextNanos() - now > 0) continue;
      try {
        watch.look(now);
      } catch (RuntimeException thrown) {
        var current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
      }
    }
  }
}
