package highwater.strand;

/// A clock in nanoseconds, read for differences alone: what a strand's timers and measurements go by.
///
/// Thread rule: any thread, unless the implementation says otherwise.
@FunctionalInterface
public interface NanoClock {
  /// The JVM's own clock, `System.nanoTime`.
  NanoClock SYSTEM = System::nanoTime;

  /// The moment, in nanoseconds since an arbitrary origin; may overflow, so compare by subtraction.
  long nanoTime();
}
