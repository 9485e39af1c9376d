package highwater.strand;

/// Carries a checked error that nobody listened to out of a run; [#getCause()] is that error.
///
/// An unchecked one is thrown as it is, so this type appears only where Java would not let the error itself through.
public final class UncaughtException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Wraps `cause`, a checked throwable.
  public UncaughtException(Throwable cause) {
    super("nobody handled: " + cause, cause);
  }

  /// `error` itself where it is unchecked, else an `UncaughtException` around it.
  static RuntimeException unchecked(Throwable error) {
    if (error instanceof Error unchecked) throw unchecked;
    return error instanceof RuntimeException unchecked ? unchecked : new UncaughtException(error);
  }
}
