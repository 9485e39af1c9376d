package highwater.process;

import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A process could not be started, or did not do all that was asked of it.
public final class ProcessException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int NONE = -1;

  private final int exitCode;

  ProcessException(String message, int exitCode, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  ProcessException(String message, @Nullable Throwable cause) {
    this(message, NONE, cause);
  }

  /// The code it ended with, 128 + n where signal n ended it; empty where it was not started or had not ended.
  public OptionalInt exitCode() {
    return exitCode == NONE ? OptionalInt.empty() : OptionalInt.of(exitCode);
  }
}
