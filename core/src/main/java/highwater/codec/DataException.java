package highwater.codec;

import java.io.IOException;

/// Data that is not what it should be: damaged, cut short, too long, or different from what was expected.
///
/// The message says what was found at which byte, what was expected and what to do.
public final class DataException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Where it was found.
  private final long positionBytes;

  /// Made by stages, of the core and of others: `message` is one line, found after `positionBytes` of the input.
  public DataException(String message, long positionBytes) {
    super(message);
    this.positionBytes = positionBytes;
  }

  /// The same with what a library said.
  public DataException(String message, long positionBytes, Throwable cause) {
    super(message, cause);
    this.positionBytes = positionBytes;
  }

  /// How many bytes of the stage's input came before the place where this was found.
  public long positionBytes() {
    return positionBytes;
  }
}
