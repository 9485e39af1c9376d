package highwater.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is known of the terminal, without a native call: a look at `/proc` costs microseconds, the foreign-function API 30 ms.
final class Terminal {
  private static final int COLUMNS_UNKNOWN = 80;

  private Terminal() {}

  /// Whether stdout is a terminal.
  static boolean isStdout() {
    return isTerminal(Path.of("/proc/self/fd/1"));
  }

  /// Whether stderr is a terminal.
  static boolean isStderr() {
    return isTerminal(Path.of("/proc/self/fd/2"));
  }

  /// Whether a descriptor's entry leads to a terminal; where there is no such entry (not Linux), whether stdin and stdout are
  /// one, which is what Java can tell.
  static boolean isTerminal(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException e) {
      return isConsole();
    }
  }

  @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25, where one of the two is no terminal.
  private static boolean isConsole() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  /// How wide the terminal is now: `COLUMNS` where it is set, else what `stty` says, else 80.
  static int columns() {
    int exported = exportedColumns(0);
    if (exported > 0) return exported;
    int asked = askStty();
    return asked > 0 ? asked : COLUMNS_UNKNOWN;
  }

  /// What `COLUMNS` says, or `otherwise`.
  static int exportedColumns(int otherwise) {
    int exported = positive(System.getenv("COLUMNS"));
    return exported > 0 ? exported : otherwise;
  }

  private static int askStty() {
    try {
      var stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return 0;
      }
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return positive(size.substring(size.indexOf(' ') + 1));
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int positive(@Nullable String number) {
    try {
      return number == null ? 0 : Math.max(0, Integer.parseInt(number));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
