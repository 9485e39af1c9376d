package highwater.lab;

import java.util.Locale;

/// Writes one JSON document (RFC 8259), a member at a time, on one line.
///
/// What would end a script element of a page is escaped, so the document can stand in one.
final class JsonText {
  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  /// Opens an object or array with its bracket, as a member called `name`, or without one where that is empty.
  JsonText open(String name, char bracket) {
    name(name);
    text.append(bracket);
    first = true;
    return this;
  }

  /// Closes what was opened last, with its own bracket.
  JsonText close(char bracket) {
    text.append(bracket);
    first = false;
    return this;
  }

  /// Writes a string.
  JsonText put(String name, String value) {
    name(name);
    quoted(value);
    return this;
  }

  /// Writes a whole number.
  JsonText put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /// Writes true or false.
  JsonText put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  /// Writes a number with at most six decimals; null where it is none.
  JsonText put(String name, double value) {
    name(name);
    if (!Double.isFinite(value)) {
      text.append("null");
      return this;
    }
    String number = String.format(Locale.ROOT, "%.6f", value);
    int end = number.length();
    while (number.charAt(end - 1) == '0') end--;
    if (number.charAt(end - 1) == '.') end--;
    text.append(number, 0, end);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void name(String name) {
    if (!first) text.append(',');
    first = false;
    if (name.isEmpty()) return;
    quoted(name);
    text.append(':');
  }

  private void quoted(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c == '\u007f' || c == '<') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
