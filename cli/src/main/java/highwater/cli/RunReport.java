package highwater.cli;

import highwater.pipeline.Bound;
import highwater.pipeline.Report;
import highwater.pipeline.Report.StageReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `--report` tells of a run, as a table for people or as JSON for programs.
///
/// @param outcome `done`, `failed` or `cancelled`
/// @param error the line of the error, or null
/// @param report what the run has done
/// @param bound the bytes it can hold
/// @param results what hash and count found, in order
/// @param heapPeakBytes the most of the heap that was in use
/// @param residentPeakBytes the most memory the process had, 0 where the system does not tell
record RunReport(
    String outcome,
    @Nullable String error,
    Report report,
    Bound bound,
    List<Result> results,
    long heapPeakBytes,
    long residentPeakBytes) {
  /// What a stage of the command line found out.
  record Result(String stage, String value) {}

  private static final String[] HEADINGS = {
    "stage", "chunks in", "bytes in", "chunks out", "bytes out", "busy s", "starved s", "blocked s"
  };

  /// Takes the memory figures of this moment.
  static RunReport now(String outcome, @Nullable String error, Report report, Bound bound, List<Result> results) {
    return new RunReport(
        outcome,
        error,
        report,
        bound,
        List.copyOf(results),
        ProcessMemory.heapPeakBytes(),
        ProcessMemory.residentPeakBytes());
  }

  private long bytesIn() {
    return report.stages().getFirst().bytesOut();
  }

  /// The table, its lines ended by line feeds.
  String table() {
    long nanos = report.elapsed().toNanos();
    var text = new StringBuilder();
    text.append(outcome).append(" in ").append(Figures.seconds(nanos)).append(" s, ");
    text.append(Figures.rate(bytesIn(), nanos)).append('\n');
    text.append("in       ").append(Figures.grouped(bytesIn())).append(" bytes\n");
    text.append("out      ").append(Figures.grouped(report.bytesOut())).append(" bytes\n");
    text.append("memory   heap at most ").append(Figures.bytes(heapPeakBytes));
    if (residentPeakBytes > 0) text.append(", resident at most ").append(Figures.bytes(residentPeakBytes));
    text.append('\n');
    text.append("in flight at most ").append(bound).append("\n\n");
    var rows = new String[report.stages().size() + 1][];
    rows[0] = HEADINGS;
    for (int i = 1; i < rows.length; i++) rows[i] = row(report.stages().get(i - 1));
    append(text, rows);
    return text.toString();
  }

  private static String[] row(StageReport stage) {
    return new String[] {
      stage.name(),
      Figures.grouped(stage.chunksIn()),
      Figures.grouped(stage.bytesIn()),
      Figures.grouped(stage.chunksOut()),
      Figures.grouped(stage.bytesOut()),
      Figures.seconds(stage.busyNanos()),
      Figures.seconds(stage.starvedNanos()),
      Figures.seconds(stage.blockedNanos())
    };
  }

  /// Appends the rows: the first column to the left, figures to the right, two spaces between.
  private static void append(StringBuilder text, String[][] rows) {
    for (String[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        String spaces = " ".repeat(width(rows, column) - row[column].length());
        if (column == 0) text.append(row[column]).append(spaces);
        else text.append("  ").append(spaces).append(row[column]);
      }
      text.append('\n');
    }
  }

  private static int width(String[][] rows, int column) {
    int width = 0;
    for (String[] row : rows) width = Math.max(width, row[column].length());
    return width;
  }

  /// The document, on one line; its members are listed in `docs/command.md`.
  String json() {
    var json = new Json().object("");
    json.put("highwater", Version.TEXT).put("outcome", outcome);
    if (error != null) json.put("error", error);
    json.putSeconds("elapsedSeconds", report.elapsed().toNanos());
    json.put("bytesIn", bytesIn()).put("bytesOut", report.bytesOut());
    json.object("memory").put("heapPeakBytes", heapPeakBytes);
    if (residentPeakBytes > 0) json.put("residentPeakBytes", residentPeakBytes);
    if (bound.totalBytes().isPresent()) json.put("boundBytes", bound.totalBytes().getAsLong());
    json.close('}').array("results");
    for (Result result : results) {
      json.object("").put("stage", result.stage()).put("value", result.value()).close('}');
    }
    json.close(']').array("stages");
    for (StageReport stage : report.stages()) {
      json.object("").put("name", stage.name());
      json.put("chunksIn", stage.chunksIn()).put("bytesIn", stage.bytesIn());
      json.put("chunksOut", stage.chunksOut()).put("bytesOut", stage.bytesOut());
      json.putSeconds("busySeconds", stage.busyNanos());
      json.putSeconds("starvedSeconds", stage.starvedNanos());
      json.putSeconds("blockedSeconds", stage.blockedNanos()).close('}');
    }
    return json.close(']').close('}').toString();
  }
}
