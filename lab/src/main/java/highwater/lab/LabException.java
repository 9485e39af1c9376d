package highwater.lab;

import org.jspecify.annotations.Nullable;

/// The end of a subcommand before its time: one line for the user, and the code the process answers.
public final class LabException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;

  /// What the process answers.
  private final int exitCode;

  private LabException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// A command line that makes no sense: code 2.
  public static LabException usage(String message) {
    return new LabException(USAGE, message, null);
  }

  /// A command line that makes sense and would destroy something: code 3.
  public static LabException refused(String message) {
    return new LabException(REFUSED, message, null);
  }

  /// A failure of the world: code 1.
  public static LabException failed(String message, @Nullable Throwable cause) {
    return new LabException(FAILED, message, cause);
  }

  /// What the process answers.
  public int exitCode() {
    return exitCode;
  }
}
