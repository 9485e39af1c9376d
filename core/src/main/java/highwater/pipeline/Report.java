package highwater.pipeline;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run has done, so far or in all.
///
/// The three times of a stage sum to `elapsed`, exactly, in every report:
///
/// - *Busy* is the time in which the stage held work: its code ran on the strand, or what it had begun was under way, be it
///   in a processor, at a disk, a timer or a peer; or all of its calls, workers or requests by how many may run at a time.
/// - *Blocked* is the time in which it could not go on for those behind it: it had output that nobody took, or, where stages
///   take turns, one behind it worked.
/// - *Starved* is the rest: it had nothing to do, for those before it.
///
/// Where stages run fused ([Pipeline]) the run sees one of them at work at a time; what a part does on threads of its own
/// it tells itself ([WorksElsewhere]), and then the rest of its life is divided into starved and blocked as the strand saw it.
/// Where stages are live streams each has a state of its own. Times are exact between turns and where a stage takes 8 µs a
/// step or more; what is faster is divided as samples of 64 steps go, so times of runs of a few milliseconds are coarse. With
/// `-Dhighwater.accounts=off` all times are 0.
///
/// @param elapsed the time since the first part was opened; it ends when the last was closed
/// @param stages one for each recipe, in order, the origin first
/// @param busyStage the stage that holds the work now, an index into `stages`, the last one of several; -1 before the first
///   and after the last
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

  /// A table for people: a line for each stage, with its share of each time and what passed through it, and the verdict.
  @Override
  public String toString() {
    return new ReportTable(this).toString();
  }

  /// What one stage has done.
  ///
  /// @param name the recipe's name
  /// @param chunksIn the chunks it was given
  /// @param bytesIn the bytes in them; objects count nothing
  /// @param chunksOut the chunks it gave
  /// @param bytesOut the bytes in them
  /// @param busyNanos how long it held work
  /// @param starvedNanos how long it waited for the stages before it
  /// @param blockedNanos how long it waited for the stages behind it
  /// @param falseAnswers how often it made the stage before it wait: of a live stream, how often a write said false after one
  ///   that said true, or after a drain; in a fused run, how often its part answered WAITING, and so took nothing, after it
  ///   was HUNGRY. A stage that does all its work within the call never does
  /// @param drains how many of those waits are over: it drained, or was HUNGRY again, or the run has ended
  /// @param longestWaitNanos the longest of those waits, the one of this moment included
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
  /// Of a live stream these are the lengths of its two queues and their marks (of a stage whose sides differ in kind, those
  /// of the writable side), looked at when a turn ends and when a write says false; a chunk may take it above the mark, once.
  /// In a fused run they are what a part holds in buffers of its own or has under way, where it tells ([WorksElsewhere]), and
  /// what its recipe declares; a part that works inline holds nothing but the chunk it works on, and tells nothing.
  ///
  /// @param held what it holds now, in bytes, or in objects
  /// @param peak the most it has held
  /// @param mark what it should hold at most, or -1 where nothing is declared or told
  /// @param inObjects whether the three count objects
  public record BufferReport(long held, long peak, long mark, boolean inObjects) {
    /// Nothing held, nothing declared.
    public static final BufferReport NONE = new BufferReport(0, 0, -1, false);
  }
}
