package highwater.pipeline;

/// Throws on what was caught: the very object, also where it is neither an `Exception` nor an `Error`.
///
/// A function of the user's may throw anything, declared or not, and a future may be failed with anything.
final class Rethrow {
  private Rethrow() {}

  /// Throws `thrown`; the type it returns is for `throw asItIs(…)`, so that the compiler sees that nothing follows.
  static RuntimeException asItIs(Throwable thrown) {
    return Rethrow.<RuntimeException>unchecked(thrown);
  }

  @SuppressWarnings("unchecked") // The cast is erased: what is thrown is the object itself.
  private static <X extends Throwable> RuntimeException unchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
