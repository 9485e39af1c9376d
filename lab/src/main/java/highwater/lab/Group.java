package highwater.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The trials of one kind: the same streams, the same manner.
///
/// @param engine whose streams
/// @param manner what was done with the answer of `write`
/// @param trials at least one, in order
record Group(Engine engine, Manner manner, List<TrialResult> trials) {
  /// What tables call it.
  String title() {
    return engine.title + ", " + manner.title;
  }

  /// The mean of a figure over the trials.
  double mean(ToDoubleFunction<TrialResult> figure) {
    var mean = new Mean();
    for (var trial : trials) mean.add(figure.applyAsDouble(trial));
    return mean.mean();
  }

  /// The largest of a figure over the trials.
  double max(ToDoubleFunction<TrialResult> figure) {
    var mean = new Mean();
    for (var trial : trials) mean.add(figure.applyAsDouble(trial));
    return mean.max();
  }

  /// The smallest of a figure over the trials.
  double min(ToDoubleFunction<TrialResult> figure) {
    var mean = new Mean();
    for (var trial : trials) mean.add(figure.applyAsDouble(trial));
    return mean.min();
  }

  /// The most resident memory of any trial.
  long peakResidentBytes() {
    return (long) max(trial -> trial.proc().residentPeakBytes());
  }

  /// The pauses of each trial.
  List<List<Pause>> pauses() {
    return trials.stream().map(TrialResult::pauses).toList();
  }

  /// The pauses of all trials.
  Mean pause() {
    var mean = new Mean();
    for (var trial : trials) for (var pause : trial.pauses()) mean.add(pause.millis());
    return mean;
  }

  /// Mean pauses by the order of the collections.
  Thirds byCollections() {
    return Thirds.ofCollections(pauses());
  }

  /// Mean pauses by the time of the run.
  Thirds byTime() {
    var seconds = new ArrayList<Double>();
    for (var trial : trials) seconds.add(trial.realSeconds());
    return Thirds.ofTime(pauses(), seconds);
  }

  /// Whether every trial came to its end.
  boolean allEnded() {
    return trials.stream().allMatch(trial -> trial.death() == null);
  }
}
