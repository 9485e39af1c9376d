package highwater.io;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// How a file is followed.
///
/// @param begin where in the file that is there at the beginning
/// @param awaits whether a file that is not there is waited for
/// @param pace how often it is looked at
/// @param ending when it is over
/// @param failsWhenCut whether a cut is a failure
/// @param chunkBytes the size of the buffer
/// @param told told of changes
record FollowSettings(
    Begin begin,
    boolean awaits,
    Pace pace,
    Ending ending,
    boolean failsWhenCut,
    int chunkBytes,
    Consumer<? super FileChange> told) {
  static final FollowSettings DEFAULT =
      new FollowSettings(
          new Begin(Unit.START, 0),
          false,
          new Pace(Duration.ofMillis(250).toNanos(), Duration.ofSeconds(1).toNanos()),
          new Ending(Long.MAX_VALUE, Long.MAX_VALUE, () -> false),
          false,
          FileOrigin.DEFAULT_CHUNK_BYTES,
          _ -> {});

  /// What a distance from the end is counted in.
  enum Unit {
    START,
    BYTES,
    LINES
  }

  /// The beginning: the first byte, or so many bytes or lines before the end.
  record Begin(Unit unit, long count) {
    Begin {
      if (count < 0) throw new IllegalArgumentException("begin: " + count + " before the end (expected: 0 or more)");
    }
  }

  /// The time between two looks, and for how long an old file must have been quiet before the new one is read.
  record Pace(long intervalNanos, long restNanos) {
    Pace {
      if (intervalNanos < 1) {
        throw new IllegalArgumentException("interval: " + intervalNanos + " ns (expected: 1 ns or more)");
      }
      if (restNanos < 0) throw new IllegalArgumentException("rest: " + restNanos + " ns (expected: 0 or more)");
    }
  }

  /// The rules that end it, each with its value for never.
  record Ending(long idleNanos, long bytes, BooleanSupplier when) {
    Ending {
      if (idleNanos < 1) throw new IllegalArgumentException("idle: " + idleNanos + " ns (expected: 1 ns or more)");
      if (bytes < 0) throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0 or more)");
    }
  }

  FollowSettings {
    FileOrigin.checkChunk(chunkBytes);
  }

  /// A time in nanoseconds; three centuries are for ever.
  static long nanos(Duration time) {
    return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : time.toNanos();
  }

  FollowSettings begin(Unit unit, long count) {
    return new FollowSettings(new Begin(unit, count), awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings awaits(boolean awaits) {
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings pace(long intervalNanos, long restNanos) {
    var pace = new Pace(intervalNanos, restNanos);
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings ending(long idleNanos, long bytes, BooleanSupplier when) {
    var ending = new Ending(idleNanos, bytes, when);
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings failsWhenCut(boolean failsWhenCut) {
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings chunkBytes(int chunkBytes) {
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }

  FollowSettings told(Consumer<? super FileChange> told) {
    return new FollowSettings(begin, awaits, pace, ending, failsWhenCut, chunkBytes, told);
  }
}
