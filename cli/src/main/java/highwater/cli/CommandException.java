package highwater.cli;

import org.jspecify.annotations.Nullable;

/// The end of the command before its time: the one line to say and the code to end with.
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What the process answers.
  private final ExitCode code;

  /// Ends with `code`; `message` says what happened, what was expected and what to do, and becomes one line here, whatever the
  /// words of the command line hold.
  CommandException(ExitCode code, String message, @Nullable Throwable cause) {
    super(Failure.oneLine(message), cause);
    this.code = code;
  }

  /// A command line that makes no sense.
  static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message, null);
  }

  /// A command line that makes sense and would destroy something.
  static CommandException refused(String message) {
    return new CommandException(ExitCode.REFUSED, message, null);
  }

  /// A failure of the world.
  static CommandException failed(String message, @Nullable Throwable cause) {
    return new CommandException(ExitCode.FAILED, message, cause);
  }

  /// What the process answers.
  ExitCode code() {
    return code;
  }
}
