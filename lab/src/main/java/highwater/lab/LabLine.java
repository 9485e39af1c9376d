package highwater.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The words of one subcommand, parsed: what was asked for, and what is left.
///
/// Options stand anywhere before `--`, their values behind `=` or as the next word, as in every command of highwater. Of an
/// option given twice the last counts.
///
/// @param operands the words that are no options, in order
/// @param values each option that was given, with its value or an empty string
public record LabLine(List<String> operands, Map<String, String> values) {
  /// Copies both.
  public LabLine {
    operands = List.copyOf(operands);
    values = Map.copyOf(values);
  }

  /// Parses what follows the subcommand's word; an option that it has not is refused.
  public static LabLine parse(LabCommand command, List<String> words) throws LabException {
    var operands = new ArrayList<String>();
    var values = new HashMap<String, String>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        operands.addAll(words.subList(i + 1, words.size()));
        break;
      }
      if (word.length() < 2 || word.charAt(0) != '-') {
        operands.add(word);
        continue;
      }
      int equals = word.indexOf('=');
      var option = option(command, equals < 0 ? word : word.substring(0, equals));
      if (option.value().isEmpty()) {
        if (equals >= 0) throw LabException.usage("--" + option.word() + " takes no value");
        values.put(option.word(), "");
      } else if (equals >= 0) {
        values.put(option.word(), word.substring(equals + 1));
      } else if (i + 1 < words.size() && !words.get(i + 1).startsWith("--")) {
        values.put(option.word(), words.get(++i));
      } else {
        throw LabException.usage("--" + option.word() + " needs a value (expected: " + option.synopsis() + ")");
      }
    }
    return new LabLine(operands, values);
  }

  private static LabOption option(LabCommand command, String written) throws LabException {
    for (var option : command.options()) if (written.equals("--" + option.word())) return option;
    for (var option : Lab.GENERAL) if (written.equals("--" + option.word())) return option;
    throw LabException.usage(
        "unknown option "
            + written
            + " (expected: "
            + command.options().stream().map(option -> "--" + option.word()).collect(Collectors.joining(", "))
            + "; more: "
            + command.line()
            + " --help)");
  }

  /// Whether the option of this name was given.
  public boolean has(String word) {
    return values.containsKey(word);
  }

  /// The value of the option of this name, or null where it was not given.
  public @Nullable String value(String word) {
    return values.get(word);
  }

  /// The option's value as bytes, such as `64KiB` or `2GB`, 1 or more; `otherwise` where it was not given.
  public long bytes(String word, long otherwise) throws LabException {
    String text = values.get(word);
    return text == null ? otherwise : Bytes.parsePositive("--" + word, text);
  }

  /// The option's value as a whole number; `otherwise` where it was not given.
  public long number(String word, long otherwise, long min, long max) throws LabException {
    String text = values.get(word);
    if (text == null) return otherwise;
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) return number;
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw LabException.usage("--" + word + ": " + text + " (expected: a whole number from " + min + " to " + max + ")");
  }
}
