package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is named, what is not, and how sure that is.
final class VerdictTest {
  private static final String[] NAMES = {"huge.log", "gzip level 6", "huge.log.gz"};

  /// A run of so many milliseconds and chunks, whose stages were busy so many of them.
  private static Report report(long millis, long chunks, long... busyMillis) {
    var stages = new ArrayList<StageReport>();
    for (int i = 0; i < busyMillis.length; i++) {
      long busy = busyMillis[i] * 1_000_000;
      long rest = millis * 1_000_000 - busy;
      boolean isLast = i == busyMillis.length - 1;
      stages.add(
          new StageReport(
              NAMES[i],
              i == 0 ? 0 : chunks,
              0,
              isLast ? 0 : chunks,
              0,
              busy,
              i == 0 ? 0 : rest,
              i == 0 ? rest : 0,
              0,
              0,
              0,
              BufferReport.NONE));
    }
    return new Report(Duration.ofMillis(millis), stages, -1, null, Verdict.undecided("not looked at"));
  }

  private static Verdict verdict(Report report) {
    return Verdict.of(report, stage -> "advice for " + NAMES[stage]);
  }

  @Test
  void theBusiestStageIsNamedWithWhoWaitsForItAndWhatWouldHelp() {
    var verdict = verdict(report(1000, 500, 40, 970, 30));
    assertThat(verdict.stage()).isEqualTo(1);
    assertThat(verdict.sentence()).isEqualTo("gzip level 6 is busy 97 % of the time; huge.log waits for it 96 %");
    assertThat(verdict.advice()).isEqualTo("advice for gzip level 6");
    assertThat(verdict.sureness()).isGreaterThan(0.99);
  }

  @Test
  void aSlowOriginIsWaitedForByTheStageBehindIt() {
    assertThat(verdict(report(1000, 500, 900, 80, 20)).sentence())
        .isEqualTo("huge.log is busy 90 % of the time; gzip level 6 waits for it 92 %");
  }

  @Test
  void stagesOfOnePaceAreATie() {
    var verdict = verdict(report(1000, 500, 330, 340, 330));
    assertThat(verdict.isDecided()).isFalse();
    assertThat(verdict.sentence())
        .isEqualTo("no stage stands out: huge.log is busy 33 % of the time, gzip level 6 34 %");
    assertThat(verdict.sureness()).isZero();
    assertThat(verdict.advice()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"1.1, false", "1.27, false", "1.3, true", "1.5, true", "3, true", "10, true"})
  void theRatioToTheNextStageDecides(double ratio, boolean decided) {
    long other = 10_000;
    long slow = Math.round(ratio * other);
    assertThat(verdict(report(60_000_000, 1_000, other, slow, other)).isDecided()).isEqualTo(decided);
    // The same where stages overlap and the slow one works all the time.
    assertThat(verdict(report(slow, 1_000, other, slow, 0)).isDecided()).isEqualTo(decided);
  }

  @Test
  void littleTimeAndFewChunksDecideNothing() {
    assertThat(verdict(report(9, 500, 0, 9, 0)).isDecided()).isFalse();
    assertThat(verdict(report(1000, 1, 200, 500, 200)).isDecided()).isFalse();
    assertThat(verdict(report(1000, 1, 200, 500, 200)).sentence()).contains("few chunks");
    assertThat(verdict(report(1000, 10, 200, 500, 200)).isDecided()).isTrue();
    assertThat(verdict(report(1000, 500, 0, 0, 0)).isDecided()).isFalse();
  }

  @Test
  void surenessIsTheChanceThatTheOrderIsRight() {
    // ln 1.5 / sqrt(2 / 32) is 1.62, below which 94.8 % of a normal distribution lie.
    assertThat(verdict(report(1000, 32, 200, 300, 200)).sureness()).isCloseTo(0.948, within(0.001));
    assertThat(verdict(report(1000, 8, 200, 300, 200)).sureness())
        .isLessThan(verdict(report(1000, 9, 200, 300, 200)).sureness());
  }

  @Test
  void whatHappenedBetweenTwoReportsHasAVerdictOfItsOwn() {
    var earlier = report(1000, 500, 900, 50, 50);
    var later = report(2000, 1000, 950, 1000, 50);
    assertThat(verdict(later).isDecided()).isFalse();
    var recent = Verdict.of(earlier, later);
    assertThat(recent.stage()).isEqualTo(1);
    assertThat(recent.sentence()).isEqualTo("gzip level 6 is busy 95 % of the time; huge.log waits for it 95 %");
    assertThatThrownBy(() -> Verdict.of(later, earlier))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the earlier one first");
  }

  @Test
  void aReportPrintsAsATable() {
    assertThat(report(1000, 1500, 40, 970, 30).toString())
        .isEqualTo(
            """
            stage         busy  starved  blocked  chunks  bytes  made wait  longest
            huge.log       4 %      0 %     96 %   1,500      0          0        -
            gzip level 6  97 %      3 %      0 %   1,500      0          0        -
            huge.log.gz    3 %     97 %      0 %   1,500      0          0        -
            1.00 s: not looked at\
            """);
  }
}
