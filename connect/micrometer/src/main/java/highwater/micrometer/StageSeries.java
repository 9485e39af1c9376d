package highwater.micrometer;

import highwater.pipeline.Report.StageReport;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// The figures of all stages that share a pipeline's and a stage's tag.
///
/// What grows is the sum over the runs that are over and those under way, and never shrinks; what comes and goes is summed
/// over those under way; a peak is the highest of those, and of the runs that ended in the last two minutes, as the maxima
/// of Micrometer's own timers. Thread rule: under the lock of its [Ledger].
final class StageSeries {
  private static final Figure[] FIGURES = Figure.values();
  private static final long PEAK_STEP_MILLIS = TimeUnit.SECONDS.toMillis(40);
  private static final int PEAK_STEPS = 3;

  private final long[] ended = new long[FIGURES.length];
  private final long[] live = new long[FIGURES.length];
  private final long[] shown = new long[FIGURES.length];
  private final TimeWindowMax endedPeak = new TimeWindowMax(Clock.SYSTEM, PEAK_STEP_MILLIS, PEAK_STEPS);
  private final TimeWindowMax endedWait = new TimeWindowMax(Clock.SYSTEM, PEAK_STEP_MILLIS, PEAK_STEPS);
  private long held;
  private long mark;
  private long livePeak;
  private long liveWaitNanos;

  /// A run is over, and this is what its stage did.
  void end(StageReport stage) {
    for (var figure : FIGURES) ended[figure.ordinal()] += figure.of(stage);
    endedPeak.record((double) stage.buffer().peak());
    endedWait.record((double) stage.longestWaitNanos());
  }

  /// Forgets the runs under way, which are counted anew.
  void clearLive() {
    Arrays.fill(live, 0);
    held = 0;
    mark = 0;
    livePeak = 0;
    liveWaitNanos = 0;
  }

  /// A run under way has such a stage.
  void addLive(StageReport stage) {
    for (var figure : FIGURES) live[figure.ordinal()] += figure.of(stage);
    held += stage.buffer().held();
    mark += Math.max(0, stage.buffer().mark());
    livePeak = Math.max(livePeak, stage.buffer().peak());
    liveWaitNanos = Math.max(liveWaitNanos, stage.longestWaitNanos());
  }

  /// All runs under way were added. The times of a run may be divided anew between its stages, so that one shrinks a
  /// little; a counter must not.
  void show() {
    for (int i = 0; i < shown.length; i++) shown[i] = Math.max(shown[i], ended[i] + live[i]);
  }

  double shown(Figure figure) {
    return figure.shown(shown[figure.ordinal()]);
  }

  double held() {
    return held;
  }

  double mark() {
    return mark;
  }

  double peak() {
    return Math.max((double) livePeak, endedPeak.poll());
  }

  double longestWaitNanos() {
    return Math.max((double) liveWaitNanos, endedWait.poll());
  }
}
