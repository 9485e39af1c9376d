package highwater.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A stage as the command line names it: `name[:value][,key=value…]`.
///
/// @param name which stage
/// @param text the whole word, as written
/// @param value what follows the first `:`, or null
/// @param keys the `key=value` parts
record StageWord(StageName name, String text, @Nullable String value, Map<String, String> keys) {
  /// The stage that `text` is, or null when the word before its first `:` or `,` is no stage's name.
  static @Nullable StageWord of(String text) throws CommandException {
    int wordEnd = nameLength(text);
    var name = StageName.named(text.substring(0, wordEnd));
    if (name == null) return null;
    String rest = text.substring(wordEnd);
    // Paths and programs may hold commas, so these take all that follows.
    if (name == StageName.TEE || name.isProgram()) {
      return new StageWord(name, text, rest.isEmpty() ? null : rest.substring(1), Map.of());
    }
    String value = null;
    if (rest.startsWith(":")) {
      int comma = rest.indexOf(',');
      value = rest.substring(1, comma < 0 ? rest.length() : comma);
      rest = comma < 0 ? "" : rest.substring(comma);
    }
    return new StageWord(name, text, value, keys(text, rest));
  }

  /// The characters before the first `:` or `,` of a word.
  static int nameLength(String word) {
    int length = 0;
    while (length < word.length() && word.charAt(length) != ':' && word.charAt(length) != ',') length++;
    return length;
  }

  /// Reads `,key=value,key=value`.
  private static Map<String, String> keys(String text, String pairs) throws CommandException {
    if (pairs.isEmpty()) return Map.of();
    var keys = new TreeMap<String, String>();
    int at = 0;
    while (at < pairs.length()) {
      int next = pairs.indexOf(',', at + 1);
      String pair = pairs.substring(at + 1, next < 0 ? pairs.length() : next);
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw CommandException.usage(
            text + ": '" + pair + "' (expected: key=value after the comma; a file is ./" + text + ")");
      }
      if (keys.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw CommandException.usage(text + ": " + pair.substring(0, equals) + " twice (expected: once)");
      }
      at = next < 0 ? pairs.length() : next;
    }
    return keys;
  }

  /// The value, where the stage must have one.
  String requiredValue() throws CommandException {
    if (value == null || value.isEmpty()) {
      throw CommandException.usage(text + ": a value is missing (expected: " + name.word + name.form + ")");
    }
    return value;
  }

  /// Refuses keys other than `known`.
  void allowKeys(String... known) throws CommandException {
    for (String key : keys.keySet()) {
      if (!List.of(known).contains(key)) {
        throw CommandException.usage(
            text
                + ": "
                + key
                + " (expected: "
                + (known.length == 0 ? "no key=value" : String.join("=… or ", known) + "=…")
                + "; a file is ./"
                + text
                + ")");
      }
    }
  }

  /// The whole number that `digits` are, or null where there are none; `what` is named in the error.
  @Nullable Integer integer(String what, @Nullable String digits) throws CommandException {
    if (digits == null) return null;
    try {
      return Integer.valueOf(digits);
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          text
              + ": "
              + what
              + " '"
              + digits
              + "' (expected: a whole number, as in "
              + name.word
              + (what.equals("level") ? ":9" : "," + what + "=2")
              + (digits.equals(value) && digits.indexOf('=') > 0 ? ", or " + text.replaceFirst(":", ",") : "")
              + ")");
    }
  }

  /// The value of `key` as a size, or null.
  @Nullable Integer size(String key) throws CommandException {
    String size = keys.get(key);
    if (size == null) return null;
    return (int) Math.min(Integer.MAX_VALUE, Sizes.parse(text + ": " + key, size));
  }

  /// Refuses a value, for a stage that has keys alone.
  void refuseValue() throws CommandException {
    if (value != null) {
      throw CommandException.usage(
          text + ": " + name.word + " has no value (expected: " + name.word + "; a file is ./" + text + ")");
    }
  }

  /// Refuses a value and keys, for a stage that has none.
  void refuseSettings() throws CommandException {
    if (value != null || !keys.isEmpty()) {
      throw CommandException.usage(
          text + ": " + name.word + " has no settings (expected: " + name.word + "; a file is ./" + text + ")");
    }
  }
}
