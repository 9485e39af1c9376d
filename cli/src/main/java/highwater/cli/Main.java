package highwater.cli;

import highwater.ReadableStream;
import highwater.io.BrokenPipeException;
import highwater.io.StdStreams;
import highwater.lab.Lab;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
      System.out.print(Version.lines());
      // Looked at again below, for the words.
      if (!System.out.checkError()) return;
    }
    if (arguments.length > 0 && arguments[0].equals(Lab.WORD)) {
      System.exit(Lab.run(List.of(arguments).subList(1, arguments.length), System.out, System.err));
    }
    var stderr = new Stderr(System.err);
    // The libraries' own words, such as an XML parser's, are no lines of this command.
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    var interruption = new Interruption(stderr);
    if (isPipe(arguments)) interruption.install();
    var code = run(arguments, stderr, interruption);
    interruption.leave();
    // All threads of the library and of its clients are daemons. An exit looks for a logger in every jar first: 20 ms.
    if (code.number == 0) return;
    System.exit(code.number);
  }

  /// Whether a run may follow, as far as can be seen before the words are understood.
  private static boolean isPipe(String[] arguments) {
    boolean pipe = false;
    for (String word : arguments) {
      if (word.equals("--help") || word.equals("-h") || word.equals("--version") || word.equals("-V")) return false;
      if (word.equals("pipe")) pipe = true;
    }
    return pipe;
  }

  private static ExitCode run(String[] arguments, Stderr stderr, Interruption interruption) {
    boolean debug = false;
    try {
      var options = Options.parse(arguments);
      debug = options.has(Flag.DEBUG);
      return dispatch(options, stderr, interruption);
    } catch (CommandException e) {
      interruption.leave();
      stderr.line("highwater: " + e.getMessage());
      if (debug) stderr.trace(e);
      return e.code();
    } catch (OutOfMemoryError e) {
      interruption.leave();
      stderr.line("highwater: " + Failure.OUT_OF_MEMORY);
      if (debug) stderr.trace(e);
      return ExitCode.FAILED;
    } catch (Throwable e) {
      interruption.leave();
      stderr.line(
          "highwater: unexpected: "
              + Failure.oneLine(e.toString())
              + " (this is a fault of highwater; --debug shows where it was)");
      if (debug) stderr.trace(e);
      return ExitCode.FAILED;
    }
  }

  private static ExitCode dispatch(Options options, Stderr stderr, Interruption interruption) throws CommandException {
    if (options.has(Flag.VERSION)) return print(Version.lines());
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
    if (command != Command.PIPE && command != Command.LAB) refusePipeOptions(command, options);
    return switch (command) {
      case PIPE -> new PipeCommand(Settings.of(options), stderr, interruption, options.has(Flag.DEBUG)).run(operands);
      case ENDS -> {
        if (!operands.isEmpty())
          throw CommandException.usage("ends: " + operands.getFirst() + " (expected: nothing after ends)");
        yield print(EndName.list());
      }
      case LAB ->
          throw CommandException.usage(
              "lab has options of its own (expected: highwater lab first, then its options; more: highwater lab"
                  + " --help)");
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
    if (command == Command.LAB) return Lab.help(null, columns);
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
    if (StageName.named(word.substring(0, StageWord.nameLength(word))) != null) {
      return CommandException.usage(
          word
              + " is a stage, not a command (expected: highwater pipe [SOURCE…] "
              + word
              + " [SINK]; all stages: highwater help pipe)");
    }
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

  /// Prints `text` on stdout.
  static ExitCode print(String text) throws CommandException {
    System.out.print(text);
    return System.out.checkError() ? unprinted(text) : ExitCode.OK;
  }

  /// What to say and answer where stdout does not take `text`: the library knows why, so it is asked to write it again.
  private static ExitCode unprinted(String text) throws CommandException {
    var bytes = ByteBuffer.wrap(text.getBytes(System.out.charset()));
    try {
      Pipeline.from(Origin.of("the text", () -> ReadableStream.<ByteBuffer>from(feed -> feed.end(bytes))))
          .to(StdStreams.out())
          .run();
      return ExitCode.FAILED;
    } catch (PipelineException e) {
      if (e.getCause() instanceof BrokenPipeException) return ExitCode.BROKEN_PIPE;
      throw CommandException.failed(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
    }
  }
}
