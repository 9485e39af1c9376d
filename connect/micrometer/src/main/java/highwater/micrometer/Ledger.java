package highwater.micrometer;

import highwater.pipeline.PipelineRun;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The sums behind the meters: what ended runs did, and, looked up when a meter is read, what those under way do.
///
/// A run leaves [PipelineRun#running()] after it was told to have ended, so between the two it is in `leaving`, and no run is
/// ever counted twice or missed: a counter that fell would look like a restart. One look serves all meters that are read
/// within [#LOOK_NANOS]. Thread rule: any thread, under its lock; a look takes about a microsecond for each run.
final class Ledger {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int LEAVING_MAX = 256;
  private static final String OTHER = "other";
  private static final String UNNAMED = "unnamed";

  private final Function<? super PipelineRun, String> tagOf;
  private final int pipelinesMax;
  private final Map<String, PipelineSeries> pipelines = new LinkedHashMap<>();

  /// The runs under way.
  private final Map<PipelineRun, PipelineSeries> live = new HashMap<>();

  private final Set<PipelineRun> leaving = new HashSet<>();
  private boolean looked;
  private long lookedNanos;

  Ledger(Function<? super PipelineRun, String> tagOf, int pipelinesMax) {
    this.tagOf = tagOf;
    this.pipelinesMax = pipelinesMax;
  }

  /// A run is under way. Returns its series.
  PipelineSeries started(PipelineRun run) {
    // The user's function: outside the lock.
    var tag = tagFor(run);
    synchronized (this) {
      looked = false;
      var series = series(tag);
      var _ = series.of(run.report().stages());
      if (!leaving.contains(run)) live.putIfAbsent(run, series);
      return series;
    }
  }

  /// A run is over.
  PipelineSeries ended(PipelineRun run) {
    var tag = tagFor(run);
    synchronized (this) {
      looked = false;
      var known = live.remove(run);
      var series = known == null ? series(tag) : known;
      series.end(run.report().stages());
      leaving.add(run);
      if (leaving.size() > LEAVING_MAX) leaving.retainAll(new HashSet<>(PipelineRun.running()));
      return series;
    }
  }

  private String tagFor(PipelineRun run) {
    try {
      var tag = tagOf.apply(run);
      return tag == null || tag.isBlank() ? UNNAMED : tag;
    } catch (RuntimeException _) {
      return UNNAMED;
    }
  }

  private PipelineSeries series(String tag) {
    var known = pipelines.get(tag);
    if (known != null) return known;
    return pipelines.computeIfAbsent(pipelines.size() < pipelinesMax ? tag : OTHER, PipelineSeries::new);
  }

  /// All pipelines so far.
  synchronized Collection<PipelineSeries> pipelines() {
    return List.copyOf(pipelines.values());
  }

  /// The stages of a pipeline so far, by their tags.
  synchronized Map<String, StageSeries> stages(PipelineSeries series) {
    return series.stages();
  }

  /// Reads one figure of this moment.
  synchronized <T> double read(T of, ToDoubleFunction<? super T> figure) {
    look();
    return figure.applyAsDouble(of);
  }

  private void look() {
    long now = System.nanoTime();
    if (looked && now - lookedNanos < LOOK_NANOS) return;
    looked = true;
    lookedNanos = now;
    var running = new HashSet<>(PipelineRun.running());
    leaving.retainAll(running);
    live.keySet().retainAll(running);
    pipelines.values().forEach(PipelineSeries::clearLive);
    live.forEach((run, series) -> series.addLive(run.report().stages()));
    pipelines.values().forEach(PipelineSeries::show);
  }
}
