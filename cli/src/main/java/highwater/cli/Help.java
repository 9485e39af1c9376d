package highwater.cli;

import java.util.List;

/// The description as text for a terminal.
final class Help {
  private static final int TERM_COLUMNS = 26;

  private final StringBuilder text = new StringBuilder();
  private final int width;

  private Help(int width) {
    this.width = width;
  }

  /// The sections, wrapped at `width` columns.
  static String render(String title, List<Manual.Section> sections, int width) {
    var help = new Help(Math.clamp(width, 50, 100));
    help.wrapped(title, 0, 0);
    for (var section : sections) {
      help.text.append('\n').append(section.title()).append('\n');
      boolean afterTerm = false;
      for (var entry : section.entries()) {
        if (afterTerm && entry.term().isEmpty()) help.text.append('\n');
        help.entry(entry);
        afterTerm = !entry.term().isEmpty();
      }
    }
    return help.text.toString();
  }

  private void entry(Manual.Entry entry) {
    if (entry.term().isEmpty()) {
      wrapped(entry.text(), 2, 0);
      return;
    }
    text.append("  ").append(entry.term());
    int column = 2 + entry.term().length();
    if (column + 2 > TERM_COLUMNS) {
      text.append('\n');
      column = 0;
    }
    wrapped(entry.text(), TERM_COLUMNS, column);
  }

  /// Writes `words` between the columns `indent` and `width`; the cursor stands at `column`.
  private void wrapped(String words, int indent, int column) {
    int at = column;
    boolean lineIsEmpty = true;
    for (int start = 0; start < words.length(); ) {
      int space = words.indexOf(' ', start);
      String word = words.substring(start, space < 0 ? words.length() : space);
      start = space < 0 ? words.length() : space + 1;
      if (!lineIsEmpty && at + 1 + word.length() > width) {
        text.append('\n');
        at = 0;
        lineIsEmpty = true;
      }
      if (lineIsEmpty) {
        while (at < indent) {
          text.append(' ');
          at++;
        }
      } else {
        text.append(' ');
        at++;
      }
      text.append(word);
      at += word.length();
      lineIsEmpty = false;
    }
    text.append('\n');
  }
}
