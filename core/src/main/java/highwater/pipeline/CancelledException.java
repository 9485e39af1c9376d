package highwater.pipeline;

/// Says that a run was stopped on request; the message is the reason.
public final class CancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Makes one with its reason.
  public CancelledException(String reason) {
    super(reason);
  }

  /// Why the run was stopped, as the one who stopped it said.
  public String reason() {
    var reason = getMessage();
    return reason == null ? "" : reason;
  }
}
