package highwater.process;

/// Words for the code a process ended with.
final class ExitCode {
  private static final int SIGNAL_BASE = 128;

  private ExitCode() {}

  /// Such as `it ended with exit code 137 (SIGKILL)`. A shell gives the code of a signal that ended what it ran, too, so the
  /// words do not say who was killed.
  static String words(int code) {
    var signal = signal(code - SIGNAL_BASE);
    return "it ended with exit code " + code + (signal.isEmpty() ? "" : " (" + signal + ")");
  }

  static String advice(int code) {
    return switch (code) {
      case 126 -> "exit code 0; a shell gives 126 for a program it may not run";
      case 127 -> "exit code 0; a shell gives 127 for a program it does not find";
      case SIGNAL_BASE + 9 -> "exit code 0; the system's log says whether it was killed for its memory";
      case SIGNAL_BASE + 13 -> "exit code 0; whoever read its output went away";
      default -> "exit code 0";
    };
  }

  /// The name of the signals whose numbers all Linux machines share.
  private static String signal(int number) {
    return switch (number) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 5 -> "SIGTRAP";
      case 6 -> "SIGABRT";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 14 -> "SIGALRM";
      case 15 -> "SIGTERM";
      default -> number > 0 && number <= 64 ? "signal " + number : "";
    };
  }
}
