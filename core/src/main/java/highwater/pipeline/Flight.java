package highwater.pipeline;

import highwater.Diagnosis;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Finds out whether a flight recording may be on, without loading anything of JFR.
///
/// The JVM sets a system property when the first recording of a process starts, whoever starts it (an option, `jcmd`,
/// code), and never takes it away; looking it up takes some 10 ns. Where the module `jdk.jfr` is absent nobody sets it. Only
/// then are [RunFlight] and the events touched, whose own switches say the rest (decision 0023).
final class Flight {
  /// How long a span of a recorded run is at least; also how often a run looks whether a recording was started.
  static final long SPAN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final String REPOSITORY = "jdk.jfr.repository";

  /// Somebody set the property by hand where there is no JFR.
  private static volatile boolean absent;

  private Flight() {}

  /// Whether a recording has been started in this process.
  static boolean mayBeOn() {
    return System.getProperty(REPOSITORY) != null && !absent;
  }

  /// What records `run` from now on, or null where no recording has been started.
  static @Nullable RunFlight of(Execution run) {
    if (!mayBeOn()) return null;
    try {
      return new RunFlight(run);
    } catch (LinkageError missing) {
      absent = true;
      return null;
    }
  }

  /// Has runs sampled, those too that wait and so never look themselves.
  static void lookForRecording() {
    if (!mayBeOn()) return;
    try {
      RunFlight.sampleRuns();
    } catch (LinkageError missing) {
      absent = true;
    }
  }

  /// Records a stall that a watch has found.
  static void stalled(Diagnosis diagnosis) {
    if (!mayBeOn()) return;
    try {
      FlightEvents.stall(diagnosis).commit();
    } catch (LinkageError missing) {
      absent = true;
    }
  }
}
