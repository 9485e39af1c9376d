package highwater.pipeline;

import highwater.strand.Elsewhere;
import org.jspecify.annotations.Nullable;

/// A [Part] some of whose work goes on outside the run's strand: on threads of its own, in a process, at a peer.
///
/// Optional, and only about what is told: a run sees which part it waits for, and not what goes on beside it. A part that
/// says so here is accounted for as busy while it works, whatever the strand does; one that works elsewhere and does not is
/// busy only while the run waits for it. [Elsewhere] counts.
///
/// Thread rule: any thread, from `open` on, and after `close`. Cost: must be a few instructions, and never wait.
public interface WorksElsewhere {
  /// How long it has worked until `now` (a moment of the strand's clock), in nanoseconds, calls under way included; it
  /// never falls. What is more than the life of the run is cut.
  ///
  /// For several workers it is the sum of their times by how many may work at a time.
  long workedNanos(long now);

  /// How much it holds beside the chunk it was lent, in bytes or in objects ([#holdsObjects]); -1 where it does not say.
  default long held() {
    return -1;
  }

  /// The most it has held.
  default long heldPeak() {
    return held();
  }

  /// What it should hold at most, or -1 to have the run take what its recipe's [Footprint] declares.
  default long heldMark() {
    return -1;
  }

  /// Whether [#held] counts objects.
  default boolean holdsObjects() {
    return false;
  }

  /// The same of any part; 0 of one that does not say.
  static long workedNanos(@Nullable Object part, long now) {
    return part instanceof WorksElsewhere works ? works.workedNanos(now) : 0;
  }

  /// The one way to count: all figures are those of [#elsewhere].
  interface Counted extends WorksElsewhere {
    /// What counts, or null before `open`.
    @Nullable Elsewhere elsewhere();

    @Override
    default long workedNanos(long now) {
      var counts = elsewhere();
      return counts == null ? 0 : counts.workedNanos(now);
    }

    @Override
    default long held() {
      var counts = elsewhere();
      return counts == null ? 0 : counts.held();
    }

    @Override
    default long heldPeak() {
      var counts = elsewhere();
      return counts == null ? 0 : counts.peak();
    }
  }

  /// A part around another one, whose figures are its own.
  interface Around extends WorksElsewhere {
    /// The part inside, or null while there is none.
    @Nullable Part inside();

    @Override
    default long workedNanos(long now) {
      return WorksElsewhere.workedNanos(inside(), now);
    }

    @Override
    default long held() {
      return inside() instanceof WorksElsewhere works ? works.held() : -1;
    }

    @Override
    default long heldPeak() {
      return inside() instanceof WorksElsewhere works ? works.heldPeak() : -1;
    }

    @Override
    default long heldMark() {
      return inside() instanceof WorksElsewhere works ? works.heldMark() : -1;
    }

    @Override
    default boolean holdsObjects() {
      return inside() instanceof WorksElsewhere works && works.holdsObjects();
    }
  }
}
