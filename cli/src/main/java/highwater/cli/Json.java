package highwater.cli;

/// Writes one JSON document (RFC 8259), a member at a time, on one line.
final class Json {
  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  /// Opens an object, as a member called `name` or, where that is empty, as an element or the document.
  Json object(String name) {
    return open(name, '{');
  }

  /// Opens an array.
  Json array(String name) {
    return open(name, '[');
  }

  /// Closes what was opened last, with its own bracket.
  Json close(char bracket) {
    text.append(bracket);
    first = false;
    return this;
  }

  /// Writes a string.
  Json put(String name, String value) {
    name(name);
    quoted(value);
    return this;
  }

  /// Writes a whole number.
  Json put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /// Writes nanoseconds as seconds with nine decimals.
  Json putSeconds(String name, long nanos) {
    name(name);
    String fraction = Long.toString(1_000_000_000 + nanos % 1_000_000_000).substring(1);
    text.append(nanos / 1_000_000_000).append('.').append(fraction);
    return this;
  }

  /// Writes a share, from 0 to 1, with three decimals.
  Json putShare(String name, double value) {
    name(name);
    text.append(Figures.decimal(value, 3));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private Json open(String name, char bracket) {
    name(name);
    text.append(bracket);
    first = true;
    return this;
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
      } else if (c < ' ' || c == '\u007f') {
        text.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
