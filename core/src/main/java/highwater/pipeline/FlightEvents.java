package highwater.pipeline;

import highwater.Diagnosis;
import highwater.pipeline.Report.StageReport;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// The events of runs; docs/observing.md has them as a table. Loaded once a recording has been started, see [Flight].
final class FlightEvents {
  private FlightEvents() {}

  /// What every event of a run has.
  @Category("Highwater")
  @StackTrace(false)
  abstract static class OfRun extends Event {
    @Label("Run")
    @Description("The run's number in this process")
    long run;

    @Label("Pipeline")
    @Description("The name given to the pipeline, or those of its ends")
    @Nullable String pipeline;
  }

  @Name("highwater.PipelineOpened")
  @Label("Pipeline Opened")
  @Description("A run has begun; it may still wait for its budget")
  static final class PipelineOpened extends OfRun {
    @Label("Stages")
    @Description("The stages in order, the origin first")
    @Nullable String stages;
  }

  @Name("highwater.PipelineClosed")
  @Label("Pipeline Closed")
  @Description(
      "A run is over and everything is closed; the event lasts from its beginning, or from that of the recording")
  static final class PipelineClosed extends OfRun {
    @Label("Outcome")
    @Description("succeeded, failed or cancelled")
    @Nullable String outcome;

    @Label("Error")
    @Description("What it failed with, or why it was cancelled")
    @Nullable String error;

    @Label("Bytes Out")
    @Description("The bytes that reached the target")
    @DataAmount
    long bytesOut;

    @Label("Elapsed")
    @Description("The time since the first part was opened, as in the report")
    @Timespan
    long elapsed;

    @Label("Verdict")
    @Description("Which stage set the pace, in words")
    @Nullable String verdict;
  }

  /// One stage's part of a report.
  abstract static class OfStage extends OfRun {
    @Label("Index")
    @Description("The stage's place in the pipeline, the origin's is 0")
    int index;

    @Label("Stage")
    @Nullable String stage;

    @Label("Busy Time")
    @Description("How long it held work, be it in the processor, at a disk, a timer or a peer")
    @Timespan
    long busy;

    @Label("Starved Time")
    @Description("How long it waited for the stages before it")
    @Timespan
    long starved;

    @Label("Blocked Time")
    @Description("How long it waited for the stages behind it")
    @Timespan
    long blocked;

    @Label("Chunks In")
    long chunksIn;

    @Label("Bytes In")
    @DataAmount
    long bytesIn;

    @Label("Chunks Out")
    long chunksOut;

    @Label("Bytes Out")
    @DataAmount
    long bytesOut;

    @Label("False Answers")
    @Description("How often it told the stage before it to wait")
    long falseAnswers;

    @Label("Drains")
    @Description("How often it told that stage to go on again")
    long drains;

    @Label("Longest Wait")
    @Description("The longest that it made that stage wait")
    @Timespan
    long longestWait;

    @Label("Held")
    @Description("What its buffers hold, in bytes or objects")
    long held;

    @Label("Peak")
    @Description("The most they have held, in bytes or objects")
    long peak;

    @Label("Mark")
    @Description("What they should hold at most, in bytes or objects; -1 where nothing is declared")
    long mark;

    @Label("In Objects")
    @Description("Whether held, peak and mark count objects")
    boolean inObjects;

    final void fill(int index, StageReport from) {
      this.index = index;
      stage = from.name();
      busy = from.busyNanos();
      starved = from.starvedNanos();
      blocked = from.blockedNanos();
      chunksIn = from.chunksIn();
      bytesIn = from.bytesIn();
      chunksOut = from.chunksOut();
      bytesOut = from.bytesOut();
      falseAnswers = from.falseAnswers();
      drains = from.drains();
      longestWait = from.longestWaitNanos();
      held = from.buffer().held();
      peak = from.buffer().peak();
      mark = from.buffer().mark();
      inObjects = from.buffer().inObjects();
    }
  }

  @Name("highwater.StageTimes")
  @Label("Stage Times")
  @Description("What one stage did in all: its figures in the report of a run that is over")
  static final class StageTimes extends OfStage {}

  @Name("highwater.StageSample")
  @Label("Stage Sample")
  @Description("What one stage of a run that is under way has done so far")
  @Period("1 s")
  static final class StageSample extends OfStage {}

  @Name("highwater.Blocked")
  @Label("Blocked")
  @Description(
      "A span of a run in which a stage waited for those behind it; the sum of its blocked times is the report's")
  static final class Blocked extends OfRun {
    @Label("Index")
    @Description("The stage's place in the pipeline, the origin's is 0")
    int index;

    @Label("Stage")
    @Nullable String stage;

    @Label("Waits For")
    @Description("The stage behind it that was busy longest in this span")
    @Nullable String waitsFor;

    @Label("Blocked Time")
    @Description("How much of the span it was blocked")
    @Timespan
    long blocked;
  }

  @Name("highwater.StageDrains")
  @Label("Stage Drains")
  @Description("A span of a run in which a stage told the one before it to wait, or to go on again")
  static final class StageDrains extends OfRun {
    @Label("Index")
    @Description("The stage's place in the pipeline, the origin's is 0")
    int index;

    @Label("Stage")
    @Nullable String stage;

    @Label("False Answers")
    @Description("How often it said to wait in this span")
    long falseAnswers;

    @Label("Drains")
    @Description("How often it said to go on in this span")
    long drains;

    @Label("Held")
    @Description("What its buffers hold at the end of the span, in bytes or objects")
    long held;
  }

  @Name("highwater.Stall")
  @Label("Stall")
  @Description("A watch of the stall doctor has found that nothing moves")
  @Category("Highwater")
  @StackTrace(false)
  static final class Stall extends Event {
    @Label("Subject")
    @Description("The run, or the strand of live streams")
    @Nullable String subject;

    @Label("Still")
    @Description("For how long nothing has moved")
    @Timespan
    long still;

    @Label("Who")
    @Description("The stage or stream whom the others wait for")
    @Nullable String who;

    @Label("Waits For")
    @Nullable String waitsFor;

    @Label("Cause")
    @Description("Why it waits, a constant of highwater.Diagnosis.Cause")
    @Nullable String cause;

    @Label("Made At")
    @Description("The place in the code where it was made, where that is known")
    @Nullable String madeAt;

    @Label("Cycle")
    @Description("Whether each waits for the next, and the last for the first")
    boolean cycle;

    @Label("Diagnosis")
    @Description("Who waits for whom, in one line")
    @Nullable String diagnosis;

    @Label("Advice")
    @Description("What would help")
    @Nullable String advice;
  }

  static Stall stall(Diagnosis found) {
    var event = new Stall();
    event.subject = found.subject();
    event.still = found.still().toNanos();
    event.cycle = found.isCycle();
    event.diagnosis = found.sentence();
    event.advice = found.advice();
    var root = found.rootWait();
    if (root == null) return event;
    event.who = root.who();
    event.waitsFor = root.whom();
    event.cause = root.cause().name();
    event.madeAt = root.madeAt();
    return event;
  }
}
