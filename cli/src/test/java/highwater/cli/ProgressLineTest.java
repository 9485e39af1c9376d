package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Report;
import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import highwater.pipeline.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long MIB = 1 << 20;
  private static final int WIDE = 200;

  /// A snapshot: bytes read, and how long reading, gzip and writing were busy, in milliseconds.
  private static Report report(long seconds, long bytes, long read, long gzip, long write) {
    return report(
        Duration.ofSeconds(seconds),
        List.of(stage("logs/huge.log", bytes, read), stage("gzip level 6", bytes / 4, gzip), stage("o.gz", 0, write)));
  }

  /// A snapshot with the verdict that the figures give.
  private static Report report(Duration elapsed, List<StageReport> stages) {
    var nothing = stages.stream().map(stage -> stage(stage.name(), 0, 0)).toList();
    var undecided = Verdict.undecided("not looked at");
    var report = new Report(elapsed, stages, 1, null, undecided);
    var verdict = Verdict.of(new Report(Duration.ZERO, nothing, -1, null, undecided), report);
    return new Report(elapsed, stages, 1, null, verdict);
  }

  private static StageReport stage(String name, long bytesOut, long busyMillis) {
    return new StageReport(name, 0, 0, 0, bytesOut, busyMillis * 1_000_000, 0, 0, 0, 0, 0, BufferReport.NONE);
  }

  @Test
  void withAKnownSizeItTellsShareAndTimeLeft() {
    var line = new ProgressLine(1000 * MIB);
    assertThat(line.render(report(1, 100 * MIB, 100, 800, 100), 12 * MIB, 60 * MIB, WIDE))
        .isEqualTo("100 MiB  100 MiB/s  10 %  ETA 0:09  huge.log waits for gzip  heap 12M  rss 60M");
  }

  @Test
  void withoutASizeItTellsTheTimeSoFar() {
    var line = new ProgressLine(-1);
    assertThat(line.render(report(65, 130 * MIB, 1, 0, 0), MIB, 0, WIDE))
        .isEqualTo("130 MiB  2.00 MiB/s  1:05  gzip waits for huge.log  heap 1M");
  }

  @Test
  void rateAndWaitingAreThoseSinceTheLastLook() {
    var line = new ProgressLine(-1);
    var _ = line.render(report(1, 100 * MIB, 900, 50, 50), MIB, 0, WIDE);
    assertThat(line.render(report(2, 300 * MIB, 910, 60, 950), MIB, 0, WIDE))
        .isEqualTo("300 MiB  130 MiB/s  0:02  gzip waits for o.gz  heap 1M");
  }

  @Test
  void aNarrowTerminalGetsFewerFacts() {
    var snapshot = report(1, 100 * MIB, 100, 800, 100);
    assertThat(new ProgressLine(-1).render(snapshot, MIB, 0, 30)).isEqualTo("100 MiB  100 MiB/s  0:01");
    assertThat(new ProgressLine(-1).render(snapshot, MIB, 0, 8)).isEqualTo("100 MiB");
    assertThat(new ProgressLine(-1).render(snapshot, MIB, 0, 3)).isEqualTo("100");
  }

  @Test
  void memoryIsDroppedFirstAndWhatStandsLeftOfItStays() {
    var snapshot = report(1, 100 * MIB, 100, 800, 100);
    String all = "100 MiB  100 MiB/s  10 %  ETA 0:09  huge.log waits for gzip  heap 12M  rss 60M";
    for (int columns = all.length(); columns > 7; columns--) {
      String line = new ProgressLine(1000 * MIB).render(snapshot, 12 * MIB, 60 * MIB, columns);
      assertThat(line.length()).isLessThanOrEqualTo(columns);
      assertThat(all).startsWith(line);
      assertThat(all.substring(line.length())).matches("|  .*");
    }
  }

  @Test
  void anEightyColumnTerminalSaysWhoWaitsForAFileOfALongName() {
    var stages = List.of(stage("logs/access.log.2026-01-01-00-00", 50_000 * MIB, 9), stage("throttle", 0, 80));
    var line = new ProgressLine(1_000_000 * MIB);
    assertThat(line.render(report(Duration.ofHours(1), stages), 12 * MIB, 60 * MIB, 79))
        .isEqualTo("48.8 GiB  13.9 MiB/s  5 %  ETA 19:00:00  access.log.2026-01… waits for throttle");
    var copy =
        List.of(stage("logs/access.log.2026-01-01-00-00", 50_000 * MIB, 80), stage("/mnt/usb-stick-of-us", 0, 9));
    assertThat(line.render(report(Duration.ofHours(2), copy), 12 * MIB, 60 * MIB, 79))
        .endsWith("  usb-stick-of… waits for access.log.20…");
  }

  @Test
  void whereNoStageStandsOutNoneIsNamed() {
    assertThat(new ProgressLine(-1).render(report(1, 100 * MIB, 500, 490, 10), MIB, 0, WIDE))
        .isEqualTo("100 MiB  100 MiB/s  0:01  heap 1M");
  }

  @Test
  void nothingAtAllIsStillALine() {
    assertThat(new ProgressLine(0).render(report(0, 0, 0, 0, 0), 0, 0, WIDE)).isEqualTo("0 B  0 B/s  100 %  heap 0M");
  }
}
