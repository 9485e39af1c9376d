package highwater.archive;

import java.util.Locale;

/// Names from archives as messages show them: on one line, whatever they hold, and not longer than a line should be.
final class Shown {
  private static final int CHARACTERS_MAX = 80;

  private Shown() {}

  static String name(String name) {
    int end = name.length() <= CHARACTERS_MAX ? name.length() : name.offsetByCodePoints(0, CHARACTERS_MAX / 2);
    var shown = new StringBuilder();
    for (int i = 0; i < end; i++) {
      char c = name.charAt(i);
      // Format characters too: some of them turn the direction in which a line is read.
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        shown.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    if (end < name.length()) shown.append("… (").append(name.length()).append(" characters)");
    return shown.toString();
  }
}
