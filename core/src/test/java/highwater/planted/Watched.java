package highwater.planted;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import highwater.pipeline.Report.StageReport;
import highwater.strand.HandTurned;
import java.util.concurrent.CompletionException;

/// A run in virtual time whose report is looked at on the way, and must add up each time.
final class Watched {
  private static final int LOOKS = 7;

  private Watched() {}

  /// Runs `pipeline` on `hand` to its end, looking at it every `nanos` for a while, and returns what it reports.
  static Report run(HandTurned hand, Pipeline pipeline, long nanos) {
    var run = pipeline.startOn(hand.strand());
    for (int i = 0; i < LOOKS; i++) {
      hand.advance(nanos);
      assertAddsUp(run.report());
    }
    hand.runUntilIdle();
    return ended(run);
  }

  /// What a run that is over reports.
  static Report ended(PipelineRun run) {
    try {
      var report = run.completion().toCompletableFuture().getNow(null);
      assertThat(report).as("the run is over").isNotNull();
      assertAddsUp(report);
      return report;
    } catch (CompletionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /// The three times of each stage are its life.
  static void assertAddsUp(Report report) {
    for (var stage : report.stages()) {
      assertThat(stage.busyNanos()).as("busy of " + stage).isNotNegative();
      assertThat(stage.starvedNanos()).as("starved of " + stage).isNotNegative();
      assertThat(stage.blockedNanos()).as("blocked of " + stage).isNotNegative();
      assertThat(stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos())
          .as(stage.name() + " of " + table(report))
          .isEqualTo(report.elapsed().toNanos());
    }
  }

  /// Every stage was given and gave `chunks` chunks of `bytes` bytes each.
  static void assertCounts(Report report, long chunks, long bytes) {
    int last = report.stages().size() - 1;
    for (int i = 0; i <= last; i++) {
      var stage = report.stages().get(i);
      assertThat(stage.chunksIn()).as("chunks into " + stage.name()).isEqualTo(i == 0 ? 0 : chunks);
      assertThat(stage.bytesIn()).as("bytes into " + stage.name()).isEqualTo(i == 0 ? 0 : chunks * bytes);
      assertThat(stage.chunksOut()).as("chunks out of " + stage.name()).isEqualTo(i == last ? 0 : chunks);
      assertThat(stage.bytesOut()).as("bytes out of " + stage.name()).isEqualTo(i == last ? 0 : chunks * bytes);
    }
  }

  /// The verdict names `name`; where it may be unsure, it names that or none.
  static void assertNames(Report report, String name, boolean mayBeUnsure) {
    var verdict = report.verdict();
    if (mayBeUnsure && !verdict.isDecided()) return;
    assertThat(verdict.isDecided() ? report.stages().get(verdict.stage()).name() : "none")
        .as("%s", table(report))
        .isEqualTo(name);
    assertThat(verdict.sentence()).contains(name);
    assertThat(verdict.sureness()).isGreaterThan(0).isLessThanOrEqualTo(1);
  }

  /// The verdict names no stage.
  static void assertNamesNone(Report report) {
    assertThat(report.verdict().isDecided()).as("%s", table(report)).isFalse();
    assertThat(report.verdict().sureness()).isZero();
  }

  /// The report as a person would like to see it in a failure.
  static String table(Report report) {
    var text = new StringBuilder(report.verdict().toString()).append(" after ").append(report.elapsed());
    for (StageReport stage : report.stages()) {
      text.append('\n').append(stage.name()).append(": busy ").append(stage.busyNanos() / 1000);
      text.append(" µs, starved ").append(stage.starvedNanos() / 1000);
      text.append(" µs, blocked ").append(stage.blockedNanos() / 1000).append(" µs, ").append(stage.buffer());
    }
    return text.toString();
  }
}
