package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Bound;
import highwater.pipeline.Report;
import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import highwater.pipeline.Term;
import highwater.pipeline.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static RunReport report(String outcome, String error, String name) {
    var stages =
        List.of(
            new StageReport(name, 0, 0, 20, 2_000_000, 500_000_000, 0, 1_500_000_000, 0, 0, 0, BufferReport.NONE),
            new StageReport("out.gz", 20, 2_000_000, 0, 0, 1_500_000_000, 500_000_000, 0, 0, 0, 0, BufferReport.NONE));
    return new RunReport(
        outcome,
        error,
        new Report(Duration.ofSeconds(2), stages, -1, null, Verdict.undecided("not looked at")),
        new Bound(List.of(Term.of("read", 2, 1024)), null),
        List.of(new RunReport.Result("hash:md5", "00ff")),
        3 << 20,
        60 << 20);
  }

  @Test
  void theTableHasARowForEachStage() {
    assertThat(report("done", null, "in.log").table())
        .isEqualTo(
            """
            done in 2.000 s, 977 KiB/s
            in       2,000,000 bytes
            out      2,000,000 bytes
            memory   heap at most 3.00 MiB, resident at most 60.0 MiB
            in flight at most 2 KiB = read 2 × 1 KiB

            stage   chunks in   bytes in  chunks out  bytes out  busy s  starved s  blocked s
            in.log          0          0          20  2,000,000   0.500      0.000      1.500
            out.gz         20  2,000,000           0          0   1.500      0.500      0.000
            """);
  }

  @Test
  void theDocumentIsOneLineOfJson() {
    assertThat(report("failed", "a \"b\"", "in\\\n.log").json())
        .isEqualTo(
            "{\"highwater\":\"0.1.0-SNAPSHOT\",\"outcome\":\"failed\",\"error\":\"a \\\"b\\\"\","
                + "\"elapsedSeconds\":2.000000000,\"bytesIn\":2000000,\"bytesOut\":2000000,"
                + "\"memory\":{\"heapPeakBytes\":3145728,\"residentPeakBytes\":62914560,\"boundBytes\":2048},"
                + "\"results\":[{\"stage\":\"hash:md5\",\"value\":\"00ff\"}],"
                + "\"stages\":[{\"name\":\"in\\\\\\u000a.log\",\"chunksIn\":0,\"bytesIn\":0,\"chunksOut\":20,"
                + "\"bytesOut\":2000000,\"busySeconds\":0.500000000,\"starvedSeconds\":0.000000000,"
                + "\"blockedSeconds\":1.500000000},{\"name\":\"out.gz\",\"chunksIn\":20,\"bytesIn\":2000000,"
                + "\"chunksOut\":0,\"bytesOut\":0,\"busySeconds\":1.500000000,\"starvedSeconds\":0.500000000,"
                + "\"blockedSeconds\":0.000000000}]}");
  }
}
