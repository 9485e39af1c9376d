package highwater.pipeline;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run has done, so far or in all.
///
/// The three times of a stage sum to the life of the run: it was *busy* while it held work, be it in the processor, at
/// a disk, a timer or a peer; *starved* while one before it was; *blocked* while one behind it was. They are sampled (a
/// look at the clock in every turn, and at each border between stages in one turn of 64), so short runs are coarse.
///
/// @param elapsed the time since the first part was opened
/// @param stages one for each recipe, in order, the origin first
/// @param busyStage the stage that holds the work now, an index into `stages`; -1 before the first and after the last
/// @param waitsFor what that stage waits for, such as `a timer`, or null where it works or says nothing
/// @param verdict which stage sets the pace
public record Report(
    Duration elapsed, List<StageReport> stages, int busyStage, @Nullable String waitsFor, Verdict verdict) {
  /// Freezes the stages.
  public Report {
    stages = List.copyOf(stages);
  }

  /// The bytes that reached the target.
  public long bytesOut() {
    return stages.getLast().bytesIn();
  }

  /// What one stage has done.
  ///
  /// @param name the recipe's name
  /// @param chunksIn the chunks it was given
  /// @param bytesIn the bytes in them; objects count nothing
  /// @param chunksOut the chunks it gave
  /// @param bytesOut the bytes in them
  /// @param busyNanos how long it held the work
  /// @param starvedNanos how long it waited for the stages before it
  /// @param blockedNanos how long it waited for the stages behind it
  /// @param falseAnswers how often it told the stage before it to wait
  /// @param drains how often it told that stage to go on again
  /// @param longestWaitNanos the longest that it made that stage wait, the wait of this moment included
  /// @param buffer what rests in it and before it
  public record StageReport(
      String name,
      long chunksIn,
      long bytesIn,
      long chunksOut,
      long bytesOut,
      long busyNanos,
      long starvedNanos,
      long blockedNanos,
      long falseAnswers,
      long drains,
      long longestWaitNanos,
      BufferReport buffer) {
    /// Whether the stage before it is told to wait now.
    public boolean isFull() {
      return falseAnswers > drains;
    }
  }

  /// How full the buffers of one stage are: what it was given and has not done, and what it has made and nobody has taken.
  ///
  /// @param held what it holds now, in bytes, or in objects
  /// @param peak the most it has held
  /// @param mark what it should hold at most, or -1 where nothing is declared
  /// @param inObjects whether the three count objects
  public record BufferReport(long held, long peak, long mark, boolean inObjects) {
    /// Nothing held, nothing declared.
    public static final BufferReport NONE = new BufferReport(0, 0, -1, false);
  }
}
