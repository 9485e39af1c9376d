package highwater.hub;

/// Says that a bounded buffer had no room and its owner wished that to be an error: [Overflow#FAIL], [Overflow#REFUSE],
/// [Pace.Detach]. The message has the figures.
public final class OverflowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OverflowException(String message) {
    super(message);
  }
}
