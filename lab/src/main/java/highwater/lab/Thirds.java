package highwater.lab;

import java.util.List;

/// The mean pause of the first, the middle and the last third, in milliseconds; NaN for a third without any.
///
/// @param first of the first third
/// @param middle of the one between
/// @param last of the last third
record Thirds(double first, double middle, double last) {
  /// The thirds of the collections in their order, of all trials together: the first third of each, and so on.
  static Thirds ofCollections(List<List<Pause>> trials) {
    var means = new Mean[] {new Mean(), new Mean(), new Mean()};
    for (var pauses : trials) {
      for (int i = 0; i < pauses.size(); i++) means[i * 3 / pauses.size()].add(pauses.get(i).millis());
    }
    return of(means);
  }

  /// The thirds of the run's time: what began in the first third of `seconds`, and so on.
  static Thirds ofTime(List<List<Pause>> trials, List<Double> seconds) {
    var means = new Mean[] {new Mean(), new Mean(), new Mean()};
    for (int trial = 0; trial < trials.size(); trial++) {
      for (var pause : trials.get(trial)) {
        int third = (int) (pause.atSeconds() * 3 / seconds.get(trial));
        means[Math.clamp(third, 0, 2)].add(pause.millis());
      }
    }
    return of(means);
  }

  private static Thirds of(Mean[] means) {
    return new Thirds(means[0].mean(), means[1].mean(), means[2].mean());
  }

  /// How many times the last third's mean is the first one's.
  double growth() {
    return last / first;
  }
}
