package highwater.strand;

/// Whoever is called back in a tick by number, so that a tick costs no allocation.
///
/// Thread rule: called on the strand alone.
public interface Ticked {
  /// Runs the tick that was queued as `what`.
  void tick(int what);
}
