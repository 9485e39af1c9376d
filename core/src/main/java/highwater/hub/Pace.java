package highwater.hub;

/// What becomes of the source, or of the chunk, when one consumer of a [Broadcast] or a [Share] is slower than the
/// others.
///
/// A consumer's *lag* is what it was given and has not let go of: what waits for it, and the chunk in its hands, in
/// bytes (in what the weigher says for objects). Source: Node's `stream/iter`, `backpressure`, which is one for all
/// consumers there.
public sealed interface Pace {
  /// The source waits for it: its lag never exceeds the hub's bound, and it misses nothing.
  record Hold() implements Pace {}

  /// It misses the oldest chunks that wait for it, so that the newest are kept.
  ///
  /// @param keepBytes the most that it lags
  record DropOldest(long keepBytes) implements Pace {
    /// Checks the figure.
    public DropOldest {
      check("keepBytes", keepBytes);
    }
  }

  /// It misses what comes while it lags too much, so that the oldest are kept.
  ///
  /// @param keepBytes the most that it lags
  record DropNewest(long keepBytes) implements Pace {
    /// Checks the figure.
    public DropNewest {
      check("keepBytes", keepBytes);
    }
  }

  /// It is detached: what waits for it is dropped at once, and it fails with an [OverflowException] when it next asks.
  ///
  /// @param lagBytes the most that it may lag
  record Detach(long lagBytes) implements Pace {
    /// Checks the figure.
    public Detach {
      check("lagBytes", lagBytes);
    }
  }

  /// The source waits for it.
  static Pace hold() {
    return new Hold();
  }

  /// It misses the oldest chunks once it lags more than `keepBytes`.
  static Pace dropOldest(long keepBytes) {
    return new DropOldest(keepBytes);
  }

  /// It misses the newest chunks while it lags more than `keepBytes`.
  static Pace dropNewest(long keepBytes) {
    return new DropNewest(keepBytes);
  }

  /// It is detached with an error once it would lag more than `lagBytes`.
  static Pace detachAfter(long lagBytes) {
    return new Detach(lagBytes);
  }

  private static void check(String what, long bytes) {
    if (bytes < 1) throw new IllegalArgumentException(what + ": " + bytes + " (expected: 1 or more bytes)");
  }
}
