package highwater.cli;

import java.util.Locale;

/// The description as a manual page, in the man macros of roff.
final class ManPage {
  private ManPage() {}

  /// The page `highwater(1)`.
  static String render() {
    var page = new StringBuilder();
    page.append(".TH HIGHWATER 1 \"\" \"highwater ").append(Version.TEXT).append("\" \"User Commands\"\n");
    page.append(".SH NAME\nhighwater \\- ").append(escaped(Manual.SUMMARY)).append('\n');
    page.append(".SH SYNOPSIS\n");
    for (Command command : Command.values()) {
      entry(page, new Manual.Entry(("highwater " + command.word + " " + command.operands).strip(), command.help));
    }
    for (var section : Manual.pipe()) {
      if (section.title().equals("Usage")) continue;
      page.append(".SH \"").append(section.title().toUpperCase(Locale.ROOT)).append("\"\n");
      for (var entry : section.entries()) entry(page, entry);
    }
    page.append(".SH LABORATORY\n");
    for (var entry : Manual.lab()) entry(page, entry);
    return page.toString();
  }

  private static void entry(StringBuilder page, Manual.Entry entry) {
    if (entry.term().isEmpty()) {
      page.append(".PP\n").append(line(entry.text()));
    } else {
      page.append(".TP\n.B ").append(escaped(entry.term())).append('\n').append(line(entry.text()));
    }
  }

  /// A line of text; one that begins with a dot or an apostrophe would be a request.
  private static String line(String text) {
    String escaped = escaped(text);
    return (escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "") + escaped + "\n";
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("×", "\\(mu");
  }
}
