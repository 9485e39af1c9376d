package highwater.pipeline;

import highwater.pipeline.FlightEvents.OfRun;
import highwater.pipeline.FlightEvents.OfStage;
import highwater.pipeline.FlightEvents.PipelineClosed;
import highwater.pipeline.FlightEvents.PipelineOpened;
import highwater.pipeline.FlightEvents.StageSample;
import highwater.pipeline.FlightEvents.StageTimes;
import highwater.pipeline.Report.StageReport;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// Records one run as JFR events: its two ends, and between them spans, in which each stage's figures have grown.
///
/// A span ends with the first turn after [Flight#SPAN_NANOS], so one long wait is one span, and a run makes at most ten events a
/// stage in a second. What a span has is the difference of two reports, and the last one ends with the run: so the spans of
/// a stage sum up to the report, if the recording was there from the beginning. Thread rule: the strand of the run.
final class RunFlight {
  static {
    FlightRecorder.addPeriodicEvent(StageSample.class, RunFlight::sampleAll);
  }

  /// Sees to it that runs are sampled; the first use of this class does.
  static void sampleRuns() {}

  private final Execution run;
  private final PipelineClosed closed = new PipelineClosed();
  private final StageSpan[] spans;

  /// Begins to record, from the figures of now.
  RunFlight(Execution run) {
    this.run = run;
    closed.begin();
    var now = run.account.report().stages();
    spans = new StageSpan[now.size()];
    for (int i = 0; i < spans.length; i++) spans[i] = new StageSpan(i, now.get(i));
  }

  /// The run has begun just now.
  void opened() {
    var opened = named(new PipelineOpened());
    opened.stages = String.join(" ─▶ ", run.names);
    opened.commit();
  }

  /// Ends a span and begins the next.
  void span() {
    span(run.account.report());
  }

  private void span(Report now) {
    for (var span : spans) span.end(now);
  }

  /// The run is over.
  void closed(Report report, @Nullable Throwable error) {
    span(report);
    var stages = report.stages();
    for (int i = 0; i < stages.size(); i++) commit(new StageTimes(), run.runId(), run.runName(), i, stages.get(i));
    var event = named(closed);
    event.outcome = error == null ? "succeeded" : error instanceof CancelledException ? "cancelled" : "failed";
    event.error = error == null ? null : error.getMessage();
    event.bytesOut = report.bytesOut();
    event.elapsed = report.elapsed().toNanos();
    event.verdict = report.verdict().sentence();
    event.commit();
  }

  private <E extends OfRun> E named(E event) {
    event.run = run.runId();
    event.pipeline = run.runName();
    return event;
  }

  private static void commit(OfStage event, long run, String pipeline, int index, StageReport stage) {
    if (!event.shouldCommit()) return;
    event.run = run;
    event.pipeline = pipeline;
    event.fill(index, stage);
    event.commit();
  }

  /// On JFR's own thread, every second while a recording wants it.
  private static void sampleAll() {
    for (var run : PipelineRun.running()) {
      var stages = run.report().stages();
      for (int i = 0; i < stages.size(); i++) commit(new StageSample(), run.id(), run.name(), i, stages.get(i));
    }
  }

  /// The span of one stage.
  private final class StageSpan {
    private final int index;
    private StageReport before;

    /// What was told of, or passed while nobody recorded. It never shrinks, where a figure that is still divided anew may.
    private long blockedNanos;

    private FlightEvents.Blocked blocked = new FlightEvents.Blocked();
    private FlightEvents.StageDrains drains = new FlightEvents.StageDrains();

    /// Whether they were recorded when the span began: one that began before its recording is none of it.
    private boolean blockedWanted;

    private boolean drainsWanted;

    StageSpan(int index, StageReport now) {
      this.index = index;
      before = now;
      blockedNanos = now.blockedNanos();
      begin();
    }

    private void begin() {
      blockedWanted = blocked.isEnabled();
      drainsWanted = drains.isEnabled();
      blocked.begin();
      drains.begin();
    }

    void end(Report report) {
      var now = report.stages().get(index);
      if (now.blockedNanos() > blockedNanos) endBlocked(now, report);
      if (now.falseAnswers() != before.falseAnswers() || now.drains() != before.drains()) endDrains(now);
      before = now;
      begin();
    }

    private void endBlocked(StageReport now, Report report) {
      var event = blocked;
      event.end();
      if (blockedWanted && event.shouldCommit()) {
        named(event).index = index;
        event.stage = now.name();
        event.waitsFor = busiestBehind(report);
        event.blocked = now.blockedNanos() - blockedNanos;
        event.commit();
        blocked = new FlightEvents.Blocked();
      }
      blockedNanos = now.blockedNanos();
    }

    /// The spans behind it have not ended yet.
    private String busiestBehind(Report report) {
      int busiest = index + 1;
      long most = -1;
      for (int i = index + 1; i < spans.length; i++) {
        long busy = report.stages().get(i).busyNanos() - spans[i].before.busyNanos();
        if (busy <= most) continue;
        most = busy;
        busiest = i;
      }
      return report.stages().get(Math.min(busiest, spans.length - 1)).name();
    }

    private void endDrains(StageReport now) {
      var event = drains;
      event.end();
      if (!drainsWanted || !event.shouldCommit()) return;
      named(event).index = index;
      event.stage = now.name();
      event.falseAnswers = now.falseAnswers() - before.falseAnswers();
      event.drains = now.drains() - before.drains();
      event.held = now.buffer().held();
      event.commit();
      drains = new FlightEvents.StageDrains();
    }
  }
}
