package highwater.cli;

import highwater.dashboard.Json;
import highwater.pipeline.Bound;
import highwater.pipeline.MemoryReport;
import highwater.pipeline.Report;
import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What `--report` tells of a run, as a table for people or as JSON for programs.
///
/// @param outcome `done`, `failed` or `cancelled`
/// @param error the line of the error, or null
/// @param report what the run has done
/// @param bound the bytes it can hold
/// @param results what hash and count found, in order
/// @param memory what the process takes
record RunReport(
    String outcome, @Nullable String error, Report report, Bound bound, List<Result> results, MemoryReport memory) {
  /// What a stage of the command line found out.
  record Result(String stage, String value) {}

  private static final String[] HEADINGS = {
    "stage", "chunks in", "bytes in", "chunks out", "bytes out", "busy s", "starved s", "blocked s"
  };
  private static final String[] PRESSURE_HEADINGS = {"stage", "waits", "longest s", "held at most", "mark"};

  /// Stands for what is not known.
  private static final String NOTHING = "-";

  /// Takes the memory figures of this moment.
  static RunReport now(String outcome, @Nullable String error, Report report, Bound bound, List<Result> results) {
    return new RunReport(outcome, error, report, bound, List.copyOf(results), MemoryReport.now());
  }

  private long bytesIn() {
    return report.stages().getFirst().bytesOut();
  }

  /// The tables, their lines ended by line feeds: who moved what in which time, who was told to wait; then the verdict.
  String table() {
    long nanos = report.elapsed().toNanos();
    var text = new StringBuilder();
    text.append(outcome).append(" in ").append(Figures.seconds(nanos)).append(" s, ");
    text.append(Figures.rate(bytesIn(), nanos)).append('\n');
    text.append("in       ").append(Figures.grouped(bytesIn())).append(" bytes\n");
    text.append("out      ").append(Figures.grouped(report.bytesOut())).append(" bytes\n");
    text.append("memory   heap at most ").append(Figures.bytes(memory.heapPeakBytes()));
    text.append(", direct ").append(Figures.bytes(memory.directBytes()));
    if (memory.residentPeakBytes() > 0) {
      text.append(", resident at most ").append(Figures.bytes(memory.residentPeakBytes()));
    }
    text.append('\n');
    text.append("in flight at most ").append(bound).append("\n\n");
    append(text, HEADINGS, RunReport::row);
    text.append('\n');
    append(text, PRESSURE_HEADINGS, RunReport::pressureRow);
    var verdict = report.verdict();
    text.append("\nverdict: ").append(Failure.oneLine(verdict.sentence()));
    if (verdict.advice() != null) text.append("\nadvice:  ").append(Failure.oneLine(verdict.advice()));
    return text.append('\n').toString();
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

  private static String[] pressureRow(StageReport stage) {
    var buffer = stage.buffer();
    return new String[] {
      stage.name(),
      Figures.grouped(stage.falseAnswers()),
      Figures.seconds(stage.longestWaitNanos()),
      length(buffer, buffer.peak()),
      buffer.mark() < 0 ? NOTHING : length(buffer, buffer.mark())
    };
  }

  private static String length(BufferReport buffer, long length) {
    return buffer.inObjects() ? Figures.grouped(length) + " objects" : Figures.bytes(length);
  }

  /// Appends a row for each stage under its headings: the first column to the left, figures to the right, two spaces between.
  private void append(StringBuilder text, String[] headings, Function<StageReport, String[]> rowOf) {
    var rows = new String[report.stages().size() + 1][];
    rows[0] = headings;
    for (int i = 1; i < rows.length; i++) rows[i] = rowOf.apply(report.stages().get(i - 1));
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
    json.put("elapsedSeconds", seconds(report.elapsed().toNanos()));
    json.put("bytesIn", bytesIn()).put("bytesOut", report.bytesOut());
    json.object("memory").put("heapPeakBytes", memory.heapPeakBytes()).put("directBytes", memory.directBytes());
    if (memory.residentPeakBytes() > 0) json.put("residentPeakBytes", memory.residentPeakBytes());
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
      json.put("busySeconds", seconds(stage.busyNanos()));
      json.put("starvedSeconds", seconds(stage.starvedNanos()));
      json.put("blockedSeconds", seconds(stage.blockedNanos()));
      json.put("falseAnswers", stage.falseAnswers()).put("drains", stage.drains());
      json.put("longestWaitSeconds", seconds(stage.longestWaitNanos()));
      put(json, stage.buffer());
      json.close('}');
    }
    json.close(']').object("verdict");
    var verdict = report.verdict();
    if (verdict.isDecided()) {
      json.put("stage", verdict.stage()).put("name", report.stages().get(verdict.stage()).name());
    }
    json.put("sureness", BigDecimal.valueOf(verdict.sureness()).setScale(3, RoundingMode.HALF_UP))
        .put("sentence", verdict.sentence());
    if (verdict.advice() != null) json.put("advice", verdict.advice());
    return json.close('}').close('}').toString();
  }

  private static BigDecimal seconds(long nanos) {
    return BigDecimal.valueOf(nanos, 9);
  }

  private static void put(Json json, BufferReport buffer) {
    json.object("buffer").put("unit", buffer.inObjects() ? "objects" : "bytes").put("peak", buffer.peak());
    if (buffer.mark() >= 0) json.put("mark", buffer.mark());
    json.close('}');
  }
}
