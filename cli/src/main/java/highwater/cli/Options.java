package highwater.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/// The options and the words of a command line.
///
/// Parsed by commons-cli, which lets options stand anywhere before `--`. Three of its habits are kept out: a long option
/// behind one hyphen, an abbreviated one, and an optional value in the next word (`--report in.log` would swallow the source).
///
/// @param values each option that was given, with its value or an empty string
/// @param words everything else, in order
record Options(Map<Flag, String> values, List<String> words) {
  /// Parses what follows `highwater`.
  static Options parse(String[] arguments) throws CommandException {
    var known = new org.apache.commons.cli.Options();
    for (Flag flag : Flag.values()) {
      known.addOption(Option.builder(flag.letter()).longOpt(flag.word).hasArg(!flag.value.isEmpty()).get());
    }
    var parser = DefaultParser.builder().setAllowPartialMatching(false).setStripLeadingAndTrailingQuotes(false).get();
    CommandLine line;
    try {
      line = parser.parse(known, prepared(arguments));
    } catch (UnrecognizedOptionException e) {
      throw unknownOption(e.getOption());
    } catch (MissingArgumentException e) {
      throw CommandException.usage(
          "--" + e.getOption().getLongOpt() + " needs a value (expected: " + flag(e.getOption()).synopsis() + ")");
    } catch (ParseException e) {
      throw new CommandException(ExitCode.USAGE, e.getMessage() + " (see: highwater help)", e);
    }
    var values = new EnumMap<Flag, String>(Flag.class);
    for (Option option : line.getOptions()) {
      String value = option.getValue();
      // Where one may be given several times, each is a line.
      values.merge(
          flag(option),
          value == null ? "" : value,
          (one, other) -> option.getLongOpt().equals(Flag.HEADER.word) ? one + "\0" + other : other);
    }
    return new Options(values, line.getArgList());
  }

  /// Writes a bare `--report` as `--report=`, and refuses `-force`, before commons-cli reads them its way.
  private static String[] prepared(String[] arguments) throws CommandException {
    var prepared = arguments.clone();
    for (int i = 0; i < prepared.length && !prepared[i].equals("--"); i++) {
      String word = prepared[i];
      if (word.length() > 2 && word.charAt(0) == '-' && word.charAt(1) != '-' && !isNumber(word)) {
        throw unknownOption(word);
      }
      for (Flag flag : Flag.values()) {
        if (flag.takesOptionalValue() && word.equals("--" + flag.word)) prepared[i] = word + "=";
      }
    }
    return prepared;
  }

  private static boolean isNumber(String word) {
    return word.charAt(1) >= '0' && word.charAt(1) <= '9';
  }

  private static CommandException unknownOption(String written) {
    int equals = written.indexOf('=');
    String option = equals < 0 ? written : written.substring(0, equals);
    var flags = new ArrayList<String>();
    for (Flag flag : Flag.values()) {
      if (option.equals("--" + flag.word)) {
        return CommandException.usage(option + " takes no value (expected: " + flag.synopsis() + ")");
      }
      flags.add("--" + flag.word);
    }
    int hyphens = option.startsWith("--") ? 2 : 1;
    String meant = Nearest.to("--" + option.substring(hyphens), flags);
    return CommandException.usage(
        "unknown option "
            + option
            + (meant == null ? " (all: highwater help pipe." : " (did you mean " + meant + "?")
            + " For a file of that name write ./"
            + option
            + ")");
  }

  private static Flag flag(Option option) {
    for (Flag flag : Flag.values()) if (flag.word.equals(option.getLongOpt())) return flag;
    throw new AssertionError(option);
  }

  /// Whether the option was given.
  boolean has(Flag flag) {
    return values.containsKey(flag);
  }

  /// The option's value, or null where it was not given.
  @Nullable String value(Flag flag) {
    return values.get(flag);
  }
}
