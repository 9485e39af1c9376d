package highwater.conformance;

import java.util.List;

/// A recorded trace beside the one that a replay left.
///
/// @param scenario what was played
/// @param actual Highwater's lines
record Comparison(Scenario scenario, List<String> actual) {
  private static final String NOTHING = "(nothing)";

  /// Plays `scenario` and compares.
  static Comparison of(Scenario scenario) {
    return new Comparison(scenario, Replay.of(scenario));
  }

  private List<String> recorded() {
    return scenario.trace();
  }

  boolean same() {
    return recorded().equals(actual);
  }

  /// The index of the first line that differs; the length where none does.
  private int firstDifference() {
    int line = 0;
    while (line < recorded().size() && line < actual.size() && recorded().get(line).equals(actual.get(line))) line++;
    return line;
  }

  private static String at(List<String> trace, int line) {
    return line < trace.size() ? trace.get(line) : NOTHING;
  }

  /// The id and the first lines that differ, as three lines.
  String summary() {
    int line = firstDifference();
    return scenario.id()
        + " differs at line "
        + (line + 1)
        + "\n    Node:      "
        + at(recorded(), line)
        + "\n    Highwater: "
        + at(actual, line);
  }

  /// Both traces side by side; the first line that differs begins with `>`.
  String sideBySide() {
    int width = recorded().stream().mapToInt(String::length).max().orElse(0);
    width = Math.max(width, NOTHING.length());
    var text = new StringBuilder();
    text.append("  ").append(padded("Node", width)).append(" | Highwater\n");
    int first = firstDifference();
    for (int line = 0; line < Math.max(recorded().size(), actual.size()); line++) {
      text.append(line == first ? "> " : "  ")
          .append(padded(at(recorded(), line), width))
          .append(" | ")
          .append(at(actual, line))
          .append('\n');
    }
    return text.append(same() ? "the same" : "the first difference is marked with >").toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
