package highwater.pipeline;

import highwater.pipeline.Report.StageReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Prints a report: a line for each stage, and the verdict.
///
/// ```
/// stage          busy  starved  blocked      chunks        bytes  waits
/// huge.log        3 %      0 %     97 %      16 384  1073741824      -
/// gzip level 6   97 %      3 %      0 %  ...
/// gzip level 6 is busy 97 % of the time; huge.log waits for it 97 %: give it another worker, or level 4
/// ```
final class ReportTable {
  private static final List<String> HEAD =
      List.of("stage", "busy", "starved", "blocked", "chunks", "bytes", "made wait", "longest");

  private final Report report;

  ReportTable(Report report) {
    this.report = report;
  }

  @Override
  public String toString() {
    var rows = new ArrayList<List<String>>();
    rows.add(HEAD);
    for (int i = 0; i < report.stages().size(); i++) rows.add(row(report.stages().get(i), i == 0));
    var text = new StringBuilder();
    for (var row : rows) {
      for (int column = 0; column < HEAD.size(); column++) {
        var cell = row.get(column);
        int width = width(rows, column);
        if (column == 0) text.append(cell).repeat(" ", width - cell.length());
        else text.append("  ").repeat(" ", width - cell.length()).append(cell);
      }
      text.append('\n');
    }
    text.append(inWords(report.elapsed().toNanos())).append(": ").append(report.verdict().sentence());
    if (report.verdict().advice() != null) text.append(": ").append(report.verdict().advice());
    return text.toString();
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private List<String> row(StageReport stage, boolean isOrigin) {
    return List.of(
        stage.name(),
        percent(stage.busyNanos()),
        percent(stage.starvedNanos()),
        percent(stage.blockedNanos()),
        ByteSizes.grouped(isOrigin ? stage.chunksOut() : stage.chunksIn()),
        ByteSizes.grouped(isOrigin ? stage.bytesOut() : stage.bytesIn()),
        ByteSizes.grouped(stage.falseAnswers()),
        stage.falseAnswers() == 0 ? "-" : inWords(stage.longestWaitNanos()));
  }

  private String percent(long nanos) {
    long life = report.elapsed().toNanos();
    return life == 0 ? "-" : Math.round(100.0 * nanos / life) + " %";
  }

  private static String inWords(long nanos) {
    if (nanos < 1_000_000) return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
    if (nanos < 1_000_000_000) return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
