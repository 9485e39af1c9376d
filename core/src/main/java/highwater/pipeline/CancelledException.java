package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// Says that a run was stopped on request; the message is the reason, and the cause what was given as one, if it was an
/// object.
public final class CancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Makes one with its reason.
  public CancelledException(String reason) {
    super(reason);
  }

  /// Makes one with its reason in words, and the object that was given as one.
  public CancelledException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }

  /// Why the run was stopped, as the one who stopped it said.
  public String reason() {
    var reason = getMessage();
    return reason == null ? "" : reason;
  }
}
