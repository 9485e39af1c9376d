package highwater.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The laboratory, `highwater lab`: what back pressure saves, shown on the user's own machine.
///
/// The first word names a subcommand of [#commands()]; without one it is the experiment. Only what the subcommand needs is
/// loaded. Thread rule: the main thread of a process; a subcommand may block for minutes.
public final class Lab {
  /// What every subcommand understands.
  static final List<LabOption> GENERAL =
      List.of(
          new LabOption("help", "", "Prints the help of this subcommand."),
          new LabOption("debug", "", "Prints the stack trace of an error after its line."));

  private static final int FAILED = 1;
  private static final int BROKEN_PIPE = 141;
  private static final int TERM_COLUMNS = 22;

  /// The word of the command that this is.
  public static final String WORD = "lab";

  private Lab() {}

  /// The subcommands, the experiment first.
  public static List<LabCommand> commands() {
    return List.of(Experiment.COMMAND, WaterCommand.COMMAND, MarksCommand.COMMAND);
  }

  /// Runs what follows `highwater lab` and returns the exit code; results go to `out`, words and errors to `err`.
  ///
  /// Every error is one line on `err` that begins with `highwater: `.
  public static int run(List<String> words, PrintStream out, PrintStream err) {
    var console = new LabConsole(out, err, isTerminal());
    try {
      dispatch(words, console);
      console.erase();
      return out.checkError() ? BROKEN_PIPE : 0;
    } catch (LabException e) {
      return failed(console, words, e.exitCode(), String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      return failed(console, words, FAILED, e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(console, words, FAILED, "interrupted", e);
    } catch (RuntimeException | Error e) {
      return failed(console, words, FAILED, "unexpected: " + e + " (this is a fault of highwater)", e);
    }
  }

  private static void dispatch(List<String> words, LabConsole console)
      throws LabException, IOException, InterruptedException {
    var named = words.isEmpty() ? null : named(words.getFirst());
    var command = named == null ? Experiment.COMMAND : named;
    if (words.contains("--help") || words.contains("-h")) {
      console.out().print(help(named, COLUMNS));
      return;
    }
    var line = LabLine.parse(command, named == null ? words : words.subList(1, words.size()));
    if (named == null && !line.operands().isEmpty()) throw unknown(line.operands().getFirst());
    if (command.operands().isEmpty() && !line.operands().isEmpty()) {
      throw LabException.usage(
          command.line().substring("highwater ".length())
              + ": "
              + line.operands().getFirst()
              + " (expected: no word after it)");
    }
    command.body().run(line, console);
  }

  private static final int COLUMNS = 80;

  private static int failed(LabConsole console, List<String> words, int code, String message, Throwable error) {
    console.line("highwater: " + message);
    if (words.contains("--debug")) console.trace(error);
    return code;
  }

  private static @Nullable LabCommand named(String word) {
    for (var command : commands()) if (!command.word().isEmpty() && command.word().equals(word)) return command;
    return null;
  }

  private static LabException unknown(String word) {
    return LabException.usage(
        "lab: "
            + word
            + " is no subcommand (expected: "
            + commands().stream()
                .map(command -> command.word().isEmpty() ? "nothing" : command.word())
                .collect(Collectors.joining(", "))
            + "; more: highwater lab --help)");
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  // ---------------------------------------------------------------- the help

  /// The help of one subcommand by its word, or of all for a null or unknown one, wrapped at `columns`.
  public static String help(@Nullable String word, int columns) {
    return help(word == null ? null : named(word), columns);
  }

  private static String help(@Nullable LabCommand named, int columns) {
    int width = Math.clamp(columns, 50, 100);
    var text = new StringBuilder();
    wrapped(text, "highwater lab: what back pressure saves, shown on this machine.", 0, 0, width);
    for (var command : named == null ? commands() : List.of(named)) {
      text.append('\n').append(command.line()).append(" [OPTION…]\n");
      wrapped(text, command.help(), 2, 0, width);
      var options = new ArrayList<>(command.options());
      options.addAll(GENERAL);
      for (var option : options) {
        text.append("  ").append(option.synopsis());
        int column = 2 + option.synopsis().length();
        if (column + 2 > TERM_COLUMNS) {
          text.append('\n');
          column = 0;
        }
        wrapped(text, option.help(), TERM_COLUMNS, column, width);
      }
    }
    return text.toString();
  }

  /// Writes `words` between the columns `indent` and `width`; the cursor stands at `column`.
  private static void wrapped(StringBuilder text, String words, int indent, int column, int width) {
    int at = column;
    boolean lineIsEmpty = true;
    for (String word : words.split(" ", -1)) {
      if (!lineIsEmpty && at + 1 + word.length() > width) {
        text.append('\n');
        at = 0;
        lineIsEmpty = true;
      }
      int gap = lineIsEmpty ? Math.max(0, indent - at) : 1;
      text.repeat(' ', gap).append(word);
      at += gap + word.length();
      lineIsEmpty = false;
    }
    text.append('\n');
  }
}
