package highwater.lab;

import java.util.ArrayList;
import java.util.List;

/// A table: a title, a head for each column of figures, and rows that begin with what they tell.
///
/// @param title what it is about
/// @param columns the heads of the columns, without that of the first
/// @param rows at least one
record Table(String title, List<String> columns, List<Row> rows) {
  private static final String GAP = "  ";

  /// One row.
  ///
  /// @param label what it tells
  /// @param cells as many as the columns
  record Row(String label, List<String> cells) {}

  /// The table as text with aligned columns.
  String text() {
    var widths = new ArrayList<Integer>();
    int labels = title.length();
    for (var row : rows) labels = Math.max(labels, row.label().length());
    for (int column = 0; column < columns.size(); column++) {
      int width = columns.get(column).length();
      for (var row : rows) width = Math.max(width, row.cells().get(column).length());
      widths.add(width);
    }
    var text = new StringBuilder();
    line(text, title, columns, labels, widths);
    for (var row : rows) line(text, row.label(), row.cells(), labels, widths);
    return text.toString();
  }

  private static void line(StringBuilder text, String label, List<String> cells, int labels, List<Integer> widths) {
    text.append(label);
    int end = text.length() + labels - label.length();
    for (int column = 0; column < cells.size(); column++) {
      end += GAP.length() + widths.get(column);
      text.repeat(' ', Math.max(0, end - text.length() - cells.get(column).length())).append(cells.get(column));
    }
    text.append('\n');
  }
}
