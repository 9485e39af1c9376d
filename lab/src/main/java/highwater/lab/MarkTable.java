package highwater.lab;

import highwater.pipeline.ByteSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The result of a sweep as text: a table whose last column is a bar chart of the medians.
final class MarkTable {
  private static final int BAR_COLUMNS = 24;
  private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  private static final List<String> HEAD = List.of("mark", "MB/s", "middle half", "CPU s", "chunks", "in flight", "");

  private MarkTable() {}

  /// Renders what the marks gave, the knee's row pointed at where there is one; every line ends with a line feed.
  static String render(List<MarkFigures> figures, Knee knee) {
    double most = figures.stream().mapToDouble(MarkFigures::median).max().orElse(1);
    var rows = new ArrayList<List<String>>();
    rows.add(HEAD);
    for (var each : figures) rows.add(row(each, most, knee));
    var text = new StringBuilder();
    for (var row : rows) text.append(line(row, widths(rows))).append('\n');
    return text.toString();
  }

  private static List<String> row(MarkFigures each, double most, Knee knee) {
    return List.of(
        ByteSizes.exact(each.markBytes()),
        megabytes(each.median()),
        megabytes(each.lowerQuartile()) + "–" + megabytes(each.upperQuartile()),
        String.format(Locale.ROOT, "%.3f", each.cpuNanos() / 1e9),
        ByteSizes.grouped(each.chunks()),
        ByteSizes.rounded(each.inFlightBytes()),
        bar(each.median() / most) + (knee.differs() && each.markBytes() == knee.markBytes() ? " ◀ knee" : ""));
  }

  private static String megabytes(double bytesPerSecond) {
    double value = bytesPerSecond / 1e6;
    return value < 99.95 ? String.format(Locale.ROOT, "%.1f", value) : ByteSizes.grouped(Math.round(value));
  }

  /// A bar for a part from 0 to 1, exact to an eighth of a column.
  static String bar(double part) {
    long eighths = Math.round(part * BAR_COLUMNS * 8);
    return "█".repeat((int) (eighths / 8)) + EIGHTHS[(int) (eighths % 8)];
  }

  private static int[] widths(List<List<String>> rows) {
    var widths = new int[HEAD.size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], row.get(i).length());
    }
    return widths;
  }

  /// All columns to the right, but for the bars.
  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    int last = row.size() - 1;
    for (int i = 0; i < last; i++) line.repeat(' ', widths[i] - row.get(i).length()).append(row.get(i)).append("  ");
    return line.append(row.get(last)).toString().stripTrailing();
  }
}
