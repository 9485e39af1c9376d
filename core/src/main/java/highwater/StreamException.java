package highwater;

import org.jspecify.annotations.Nullable;

/// What Highwater finds wrong with a stream; a user's own error is never wrapped in it.
///
/// The message says what happened, what was expected and what to do, with the figures of that moment.
public final class StreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The kind of failure.
  private final ErrorCode code;

  /// Makes one with its code and message.
  public StreamException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /// Makes one with its code, message and cause.
  public StreamException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// The kind of failure, in Node's words.
  public ErrorCode code() {
    return code;
  }
}
