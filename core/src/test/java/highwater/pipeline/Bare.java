package highwater.pipeline;

/// Neither an `Exception` nor an `Error`, as a function of the user's may throw one all the same.
final class Bare extends Throwable {
  private static final long serialVersionUID = 1L;

  /// Throws itself where nothing is declared.
  RuntimeException thrown() {
    return Bare.<RuntimeException>sneak(this);
  }

  @SuppressWarnings("unchecked") // The cast is erased.
  private static <X extends Throwable> RuntimeException sneak(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
