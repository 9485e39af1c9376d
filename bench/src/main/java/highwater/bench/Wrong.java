package highwater.bench;

/// A result that is not what the work must give: no measurement.
final class Wrong extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private Wrong(String message) {
    super(message);
  }

  /// Returns `found`, and throws unless it is `expected`.
  static long unless(long expected, long found) {
    if (found != expected) throw new Wrong("the result is " + found + " (expected: " + expected + ")");
    return found;
  }
}
