package highwater.dashboard;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// Writes one JSON document (RFC 8259) on one line, a member at a time.
///
/// Text is written so that it may also stand inside a page's script: `<` and `>` are escaped, and whatever is no character
/// of its own (a lone surrogate, a control character). Thread rule: one thread at a time.
public final class Json {
  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  /// Begins an empty document.
  public Json() {}

  /// Opens an object, as a member called `name` or, where that is empty, as an element or the document.
  public Json object(String name) {
    return open(name, '{');
  }

  /// Opens an array.
  public Json array(String name) {
    return open(name, '[');
  }

  /// Closes what was opened last, with its own bracket.
  public Json close(char bracket) {
    text.append(bracket);
    first = false;
    return this;
  }

  /// Writes a string, or null.
  public Json put(String name, @Nullable String value) {
    name(name);
    if (value == null) text.append("null");
    else quoted(value);
    return this;
  }

  /// Writes a whole number.
  public Json put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /// Writes a number with at most six decimals, or null for one that JSON has no word for.
  public Json put(String name, double value) {
    if (!Double.isFinite(value)) return put(name, (String) null);
    return put(name, BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_UP).stripTrailingZeros());
  }

  /// Writes a number with the decimals that it has.
  public Json put(String name, BigDecimal value) {
    name(name);
    text.append(value.toPlainString());
    return this;
  }

  /// Writes true or false.
  public Json put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  /// The document.
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
      } else if (c < ' ' || c == '<' || c == '>' || (c >= '\u007f' && c < '\u00a0') || isAlone(value, i)) {
        escape(c);
      } else if (c == '\u2028' || c == '\u2029') {
        escape(c);
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /// Whether the character at `i` is half of a pair whose other half is missing.
  private static boolean isAlone(String value, int i) {
    char c = value.charAt(i);
    if (Character.isHighSurrogate(c)) return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
    return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)));
  }

  private void escape(char c) {
    text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) text.append(Character.forDigit(c >> shift & 15, 16));
  }
}
