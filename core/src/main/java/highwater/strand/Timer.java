package highwater.strand;

/// A turn due at a moment of the strand's clock; made by [Strand#after].
///
/// Thread rule: its strand alone.
public interface Timer {
  /// Takes the turn back if it has not begun; does nothing otherwise.
  void cancel();

  /// Lets the strand end although this timer is not due, and returns it: for watches and throttles, which are no work of
  /// their own. Such a timer runs while something else keeps the strand, and is dropped when the strand ends.
  Timer unref();
}
