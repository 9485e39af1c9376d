package highwater.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `highwater` command: finds out what is wanted, does it, and ends the process with an [ExitCode].
///
/// Every error is one line on stderr that begins with `highwater: `. Only what a command needs is loaded, and `--version`
/// alone needs nothing.
public final class Main {
  private static final int COLUMNS = 80;

  private Main() {}

  /// Runs the command line and ends the process.
  public static void main(String[] arguments) {
    if (arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
      System.out.println("highwater " + Version.TEXT);
      return;
    }
    var code = run(arguments, new Stderr(System.err));
    // A daemon of the library may still wait in a read that nothing can end; and once a signal has begun to end the
    // process,
    // this waits for that.
    System.exit(code.number);
  }

  private static ExitCode run(String[] arguments, Stderr stderr) {
    boolean debug = false;
    try {
      var options = Options.parse(arguments);
      debug = options.has(Flag.DEBUG);
      return dispatch(options, stderr);
    } catch (CommandException e) {
      stderr.line("highwater: " + e.getMessage());
      if (debug) stderr.trace(e);
      return e.code();
    } catch (OutOfMemoryError e) {
      stderr.line("highwater: " + Failure.OUT_OF_MEMORY);
      if (debug) stderr.trace(e);
      return ExitCode.FAILED;
    } catch (Throwable e) {
      stderr.line(
          "highwater: unexpected: "
              + Failure.oneLine(e.toString())
              + " (this is a fault of highwater; --debug shows where it was)");
      if (debug) stderr.trace(e);
      return ExitCode.FAILED;
    }
  }

  private static ExitCode dispatch(Options options, Stderr stderr) throws CommandException {
    if (options.has(Flag.VERSION)) return print("highwater " + Version.TEXT + "\n");
    if (options.words().isEmpty()) {
      if (options.has(Flag.HELP)) return print(help(null));
      throw CommandException.usage(
          "no command (expected: highwater pipe [SOURCE…] [STAGE…] [SINK]; more: highwater --help)");
    }
    String word = options.words().getFirst();
    var operands = options.words().subList(1, options.words().size());
    var command = Command.named(word);
    if (command == null) throw unknownCommand(word);
    if (options.has(Flag.HELP)) return print(help(command));
    if (command != Command.PIPE) refusePipeOptions(command, options);
    return switch (command) {
      case PIPE -> new PipeCommand(Settings.of(options), stderr, options.has(Flag.DEBUG)).run(operands);
      case HELP -> print(help(operands.isEmpty() ? null : known(only(command, operands))));
      case COMPLETION -> print(completion(only(command, operands)));
      case MAN -> {
        if (!operands.isEmpty())
          throw CommandException.usage("man: " + operands.getFirst() + " (expected: nothing after man)");
        yield print(ManPage.render());
      }
    };
  }

  private static void refusePipeOptions(Command command, Options options) throws CommandException {
    for (Flag flag : options.values().keySet()) {
      if (!flag.isGeneral()) {
        throw CommandException.usage(
            "--" + flag.word + " says nothing to " + command.word + " (it is an option of pipe)");
      }
    }
  }

  private static String help(@Nullable Command command) {
    int columns = Terminal.exportedColumns(COLUMNS);
    return command == Command.PIPE
        ? Help.render("highwater pipe " + Manual.SUMMARY + ".", Manual.pipe(), columns)
        : Help.render("highwater " + Manual.SUMMARY + ".", Manual.overview(), columns);
  }

  private static String completion(String shell) throws CommandException {
    String script = Completion.script(shell);
    if (script == null) throw CommandException.usage("completion: " + shell + " (expected: bash or zsh)");
    return script;
  }

  private static String only(Command command, List<String> operands) throws CommandException {
    if (operands.size() != 1) {
      throw CommandException.usage(
          command.word
              + ": "
              + operands.size()
              + " words after it (expected: highwater "
              + command.word
              + " "
              + command.operands
              + ")");
    }
    return operands.getFirst();
  }

  private static Command known(String word) throws CommandException {
    var command = Command.named(word);
    if (command == null) throw unknownCommand(word);
    return command;
  }

  private static CommandException unknownCommand(String word) {
    var commands = new ArrayList<String>();
    for (Command command : Command.values()) commands.add(command.word);
    String meant = Nearest.to(word, commands);
    return CommandException.usage(
        "unknown command "
            + word
            + (meant == null
                ? " (expected: " + String.join(", ", commands) + ", as in highwater pipe " + word + " …)"
                : " (did you mean " + meant + "?)"));
  }

  private static ExitCode print(String text) throws CommandException {
    System.out.print(text);
    if (System.out.checkError()) throw CommandException.failed("cannot write stdout", null);
    return ExitCode.OK;
  }
}
