package highwater.pipeline;

import highwater.CancelHandle;
import highwater.memory.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pipeline is told beside its recipes; null for what it was not told.
///
/// @param budget what its runs charge
/// @param name what messages call it
/// @param cancel what stops its runs
/// @param deadline the longest that a run takes in all
/// @param idleTimeout the longest that a run goes on while nothing moves in it
record Settings(
    @Nullable Budget budget,
    @Nullable String name,
    @Nullable CancelHandle cancel,
    @Nullable Duration deadline,
    @Nullable Duration idleTimeout) {
  static final Settings NONE = new Settings(null, null, null, null, null);

  /// Checks the times.
  Settings {
    check("deadline", deadline);
    check("idle timeout", idleTimeout);
  }

  private static void check(String what, @Nullable Duration time) {
    if (time == null || time.isPositive()) return;
    throw new IllegalArgumentException(what + ": " + time + " (expected: more than nothing; leave it out for none)");
  }

  Settings withBudget(Budget budget) {
    return new Settings(budget, name, cancel, deadline, idleTimeout);
  }

  Settings named(String name) {
    return new Settings(budget, name, cancel, deadline, idleTimeout);
  }

  /// The same, stopped by `handle` too.
  Settings cancelledBy(CancelHandle handle) {
    var any = cancel == null ? handle : CancelHandle.any(cancel, handle);
    return new Settings(budget, name, any, deadline, idleTimeout);
  }

  Settings withDeadline(Duration deadline) {
    return new Settings(budget, name, cancel, deadline, idleTimeout);
  }

  Settings withIdleTimeout(Duration idleTimeout) {
    return new Settings(budget, name, cancel, deadline, idleTimeout);
  }

  /// What may end a run early, in words for a plan.
  List<String> limits() {
    var limits = new ArrayList<String>();
    if (deadline != null) limits.add("fails when it is not done within " + inWords(deadline));
    if (idleTimeout != null) limits.add("fails when nothing moves for " + inWords(idleTimeout));
    if (cancel != null) limits.add("stops when its handle is cancelled");
    return limits;
  }

  /// Writes a time as a sentence needs it: `1.5 s`, `250 ms`, `2 min`, `1 h 30 min`.
  static String inWords(Duration time) {
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      return time.toNanos() % 1_000_000 == 0 ? time.toMillis() + " ms" : time.toNanos() + " ns";
    }
    var words = new ArrayList<String>();
    if (time.toHours() > 0) words.add(time.toHours() + " h");
    if (time.toMinutesPart() > 0) words.add(time.toMinutesPart() + " min");
    var fraction = time.toMillisPart() == 0 ? "" : ("." + (1000 + time.toMillisPart())).replace(".1", ".");
    if (time.toSecondsPart() > 0 || !fraction.isEmpty()) {
      words.add(time.toSecondsPart() + fraction.replaceAll("0+$", "") + " s");
    }
    return String.join(" ", words);
  }
}
