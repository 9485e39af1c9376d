package highwater.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one JSON document (RFC 8259) strictly: an object is a `Map`, an array a `List`, a number a `BigDecimal`.
final class JsonValue {
  private final String text;
  private int at;

  private JsonValue(String text) {
    this.text = text;
  }

  /// The value that `text` is, with nothing behind it.
  static @Nullable Object parse(String text) {
    var reader = new JsonValue(text);
    var value = reader.value();
    reader.blanks();
    if (reader.at < text.length()) throw reader.unexpected("the end");
    return value;
  }

  private @Nullable Object value() {
    blanks();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object() {
    var members = new LinkedHashMap<String, @Nullable Object>();
    take('{');
    if (takeIf('}')) return members;
    do {
      blanks();
      String name = string();
      take(':');
      if (members.containsKey(name)) throw unexpected("a name that is new, not " + name);
      members.put(name, value());
    } while (takeIf(','));
    take('}');
    return members;
  }

  private List<@Nullable Object> array() {
    var elements = new ArrayList<@Nullable Object>();
    take('[');
    if (takeIf(']')) return elements;
    do elements.add(value());
    while (takeIf(','));
    take(']');
    return elements;
  }

  private String string() {
    if (peek() != '"') throw unexpected("a string");
    at++;
    var string = new StringBuilder();
    for (; ; ) {
      char c = peek();
      at++;
      if (c == '"') return string.toString();
      if (c < ' ') throw unexpected("no control character");
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      default -> throw unexpected("an escape");
    };
  }

  private BigDecimal number() {
    int from = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
    String number = text.substring(from, at);
    if (!number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) throw unexpected("a number");
    return new BigDecimal(number);
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) throw unexpected(word);
    at += word.length();
    return value;
  }

  private void take(char c) {
    if (!takeIf(c)) throw unexpected(String.valueOf(c));
  }

  private boolean takeIf(char c) {
    blanks();
    if (at == text.length() || text.charAt(at) != c) return false;
    at++;
    return true;
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
  }

  private char peek() {
    if (at == text.length()) throw unexpected("more");
    return text.charAt(at);
  }

  private IllegalArgumentException unexpected(String expected) {
    return new IllegalArgumentException("at " + at + " (expected: " + expected + ") of " + text);
  }
}
