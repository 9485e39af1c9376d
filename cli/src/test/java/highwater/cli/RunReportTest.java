package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Bound;
import highwater.pipeline.MemoryReport;
import highwater.pipeline.Report;
import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import highwater.pipeline.Term;
import highwater.pipeline.Verdict;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static final Verdict DECIDED =
      new Verdict(1, 0.75, "out.gz is busy 75 % of the time", "give it a faster disk");

  private static RunReport report(String outcome, @Nullable String error, String name, Verdict verdict, long resident) {
    var stages =
        List.of(
            new StageReport(name, 0, 0, 20, 2_000_000, 500_000_000, 0, 1_500_000_000, 0, 0, 0, BufferReport.NONE),
            new StageReport(
                "out.gz",
                20,
                2_000_000,
                0,
                0,
                1_500_000_000,
                500_000_000,
                0,
                1_003,
                1_002,
                112_400_000,
                new BufferReport(0, 131_072, 65_536, false)));
    return new RunReport(
        outcome,
        error,
        new Report(Duration.ofSeconds(2), stages, -1, null, verdict),
        new Bound(List.of(Term.of("read", 2, 1024)), null),
        List.of(new RunReport.Result("hash:md5", "00ff")),
        new MemoryReport(2 << 20, 3 << 20, 1 << 20, resident, resident));
  }

  @Test
  void theTablesHaveARowForEachStageAndTheVerdictBelow() {
    assertThat(report("done", null, "in.log", DECIDED, 60 << 20).table())
        .isEqualTo(
            """
            done in 2.000 s, 977 KiB/s
            in       2,000,000 bytes
            out      2,000,000 bytes
            memory   heap at most 3.00 MiB, direct 1.00 MiB, resident at most 60.0 MiB
            in flight at most 2 KiB = read 2 × 1 KiB

            stage   chunks in   bytes in  chunks out  bytes out  busy s  starved s  blocked s
            in.log          0          0          20  2,000,000   0.500      0.000      1.500
            out.gz         20  2,000,000           0          0   1.500      0.500      0.000

            stage   waits  longest s  held at most      mark
            in.log      0      0.000           0 B         -
            out.gz  1,003      0.112       128 KiB  64.0 KiB

            verdict: out.gz is busy 75 % of the time
            advice:  give it a faster disk
            """);
  }

  @Test
  void withoutAdviceTheVerdictIsTheLastLine() {
    assertThat(report("done", null, "in.log", Verdict.undecided("no stage\nstands out"), 0).table())
        .contains("direct 1.00 MiB\nin flight")
        .endsWith("\nverdict: no stage stands out\n");
  }

  @Test
  void theDocumentIsOneLineOfJson() {
    assertThat(report("failed", "a \"b\"", "in\\\n.log", DECIDED, 60 << 20).json())
        .isEqualTo(
            "{\"highwater\":\"0.1.0-SNAPSHOT\",\"outcome\":\"failed\",\"error\":\"a \\\"b\\\"\","
                + "\"elapsedSeconds\":2.000000000,\"bytesIn\":2000000,\"bytesOut\":2000000,"
                + "\"memory\":{\"heapPeakBytes\":3145728,\"directBytes\":1048576,\"residentPeakBytes\":62914560,"
                + "\"boundBytes\":2048},"
                + "\"results\":[{\"stage\":\"hash:md5\",\"value\":\"00ff\"}],"
                + "\"stages\":[{\"name\":\"in\\\\\\u000a.log\",\"chunksIn\":0,\"bytesIn\":0,\"chunksOut\":20,"
                + "\"bytesOut\":2000000,\"busySeconds\":0.500000000,\"starvedSeconds\":0.000000000,"
                + "\"blockedSeconds\":1.500000000,\"falseAnswers\":0,\"drains\":0,\"longestWaitSeconds\":0.000000000,"
                + "\"buffer\":{\"unit\":\"bytes\",\"peak\":0}},"
                + "{\"name\":\"out.gz\",\"chunksIn\":20,\"bytesIn\":2000000,"
                + "\"chunksOut\":0,\"bytesOut\":0,\"busySeconds\":1.500000000,\"starvedSeconds\":0.500000000,"
                + "\"blockedSeconds\":0.000000000,\"falseAnswers\":1003,\"drains\":1002,"
                + "\"longestWaitSeconds\":0.112400000,\"buffer\":{\"unit\":\"bytes\",\"peak\":131072,\"mark\":65536}}],"
                + "\"verdict\":{\"stage\":1,\"name\":\"out.gz\",\"sureness\":0.750,"
                + "\"sentence\":\"out.gz is busy 75 % of the time\",\"advice\":\"give it a faster disk\"}}");
  }

  @Test
  void theDocumentFitsItsSchema() throws Exception {
    assertThat(ReportSchema.errorsOf(report("done", null, "in.log", DECIDED, 60 << 20).json())).isEmpty();
    assertThat(ReportSchema.errorsOf(report("failed", "why", "in", Verdict.undecided("none"), 0).json())).isEmpty();
  }

  @Test
  void theSchemaRefusesWhatItDoesNotSay() throws Exception {
    String fits = report("done", null, "in.log", DECIDED, 0).json();
    assertThat(ReportSchema.errorsOf(fits.replace("\"sureness\":0.750", "\"sureness\":1.5")))
        .singleElement()
        .asString()
        .startsWith("/verdict/sureness: 1.5");
    assertThat(ReportSchema.errorsOf(fits.replace("\"chunksOut\":20", "\"chunksOut\":\"20\""))).isNotEmpty();
    assertThat(ReportSchema.errorsOf(fits.replace("\"unit\":\"bytes\"", "\"unit\":\"litres\""))).hasSize(2);
    assertThat(ReportSchema.errorsOf(fits.replace("\"outcome\":\"done\",", "")))
        .singleElement()
        .asString()
        .contains("expected: required");
    assertThat(ReportSchema.errorsOf(fits.replace("\"bytesIn\":", "\"more\":1,\"bytesIn\":")))
        .contains("/more is not documented", "/stages/0/more is not documented");
  }
}
