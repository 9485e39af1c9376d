package highwater.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;

/// The words of the command: whole lines on stderr, and below them one line that is drawn over and over.
///
/// Thread rule: any thread.
final class Stderr {
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream out;
  private boolean drawn;

  /// Writes to `out`.
  Stderr(PrintStream out) {
    this.out = out;
  }

  /// Writes a line, in place of the drawn one.
  synchronized void line(String text) {
    out.print((drawn ? ERASE : "") + text + System.lineSeparator());
    out.flush();
    drawn = false;
  }

  /// Writes a stack trace, for `--debug`.
  synchronized void trace(Throwable error) {
    var trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    // Line by line: a message may hold what would steer the terminal.
    trace
        .toString()
        .lines()
        .forEach(line -> out.println((line.startsWith("\t") ? "\t" : "") + Failure.oneLine(line.stripLeading())));
    out.flush();
  }

  /// Whether something that was written could not be.
  synchronized boolean hasFailed() {
    return out.checkError();
  }

  /// Draws `text` in place of the drawn line.
  synchronized void draw(String text) {
    out.print(ERASE + text);
    out.flush();
    drawn = true;
  }

  /// Erases the drawn line.
  synchronized void erase() {
    if (!drawn) return;
    out.print(ERASE);
    out.flush();
    drawn = false;
  }
}
