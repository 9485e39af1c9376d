package highwater;

import org.jspecify.annotations.Nullable;

/// How an asynchronous operator calls its function; immutable, each `with` makes another.
///
/// Source: Node 26, the options of `readable.map`, whose `highWaterMark` does not count the calls.
///
/// @param calls how many calls may be under way at once, 1 or more
/// @param mark how many results may be there or on their way, 1 or more; it stops taking chunks at either number
/// @param ordered whether results come in the order of their chunks, or as they complete
/// @param cancel what stops the operator with its reason, or null
public record Concurrency(int calls, int mark, boolean ordered, @Nullable CancelHandle cancel) {
  /// Checks the numbers.
  public Concurrency {
    if (calls < 1) throw new IllegalArgumentException("calls at once: " + calls + " (expected: 1 or more)");
    if (mark < 1) throw new IllegalArgumentException("mark: " + mark + " (expected: 1 or more results)");
  }

  /// At most `calls` calls at once, results in order, and a mark of `2 * calls - 1`.
  public static Concurrency of(int calls) {
    return new Concurrency(calls, (int) Math.min(Integer.MAX_VALUE, Math.max(1, 2L * calls - 1)), true, null);
  }

  /// The same with this mark: what may be there or on its way.
  public Concurrency withMark(int mark) {
    return new Concurrency(calls, mark, ordered, cancel);
  }

  /// The same with results as they complete, so that a slow call holds no other one's result back.
  public Concurrency unordered() {
    return new Concurrency(calls, mark, false, cancel);
  }

  /// The same, stopped by `handle`: the operator then fails with its reason, and so does what reads it.
  public Concurrency cancelledBy(CancelHandle handle) {
    return new Concurrency(calls, mark, ordered, handle);
  }
}
