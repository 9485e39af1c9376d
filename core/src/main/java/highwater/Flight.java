package highwater;

import org.jspecify.annotations.Nullable;

/// Finds out whether a flight recording may be on, without loading anything of JFR.
///
/// As its namesake in `highwater.pipeline`, by the system property that the JVM sets when the first recording starts.
final class Flight {
  private static final String REPOSITORY = "jdk.jfr.repository";

  /// Somebody set the property by hand where there is no JFR.
  private static volatile boolean absent;

  private Flight() {}

  /// Whether a recording has been started in this process.
  static boolean mayBeOn() {
    return System.getProperty(REPOSITORY) != null && !absent;
  }

  /// What records `stream` from now on, or null where no recording has been started.
  static @Nullable StreamFlight of(Life stream) {
    if (!mayBeOn()) return null;
    try {
      return new StreamFlight(stream);
    } catch (LinkageError missing) {
      absent = true;
      return null;
    }
  }
}
