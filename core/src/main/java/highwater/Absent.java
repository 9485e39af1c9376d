package highwater;

/// How the default of an optional hook says that nobody overrode it: the stream then goes on as if there were no hook.
///
/// Node looks whether `_writev`, `_final` or `_flush` exists, and its ticks differ by it. A Java interface cannot be asked
/// without reflection, so the default body answers for itself.
interface Absent {
  /// Notes that the hook does not exist.
  void absent();

  static void in(Done done) {
    // A user may call `super.finish(done)` with an acknowledgement of their own: nothing to do is success.
    if (done instanceof Absent hook) hook.absent();
    else done.ok();
  }
}
