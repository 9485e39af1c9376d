package highwater.lab;

import java.io.PrintStream;

/// Where the laboratory speaks: results on stdout, everything else on stderr, and there one line drawn over and over.
///
/// Thread rule: any thread.
public final class LabConsole {
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean draws;
  private boolean drawn;

  /// Speaks on these two; `draws` says whether a line may be drawn over and over on `err`, as on a terminal.
  public LabConsole(PrintStream out, PrintStream err, boolean draws) {
    this.out = out;
    this.err = err;
    this.draws = draws;
  }

  /// Where results go. What is drawn on stderr is erased first.
  public synchronized PrintStream out() {
    erase();
    return out;
  }

  /// Writes a line on stderr, in place of the drawn one, without control characters.
  public synchronized void line(String text) {
    erase();
    err.println(oneLine(text));
    err.flush();
  }

  /// Draws `text` in place of the drawn line; says nothing where lines are not drawn.
  public synchronized void draw(String text) {
    if (!draws) return;
    err.print(ERASE + oneLine(text));
    err.flush();
    drawn = true;
  }

  /// Erases the drawn line.
  public synchronized void erase() {
    if (!drawn) return;
    err.print(ERASE);
    err.flush();
    drawn = false;
  }

  /// Writes a stack trace on stderr, for `--debug`.
  synchronized void trace(Throwable error) {
    erase();
    error.printStackTrace(err);
    err.flush();
  }

  /// Whether lines are drawn.
  public boolean draws() {
    return draws;
  }

  /// The text with its control characters as spaces, so that it is one line whatever a file is called.
  static String oneLine(String text) {
    var line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) if (Character.isISOControl(line.charAt(i))) line.setCharAt(i, ' ');
    return line.toString();
  }
}
