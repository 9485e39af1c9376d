package highwater.lab;

import java.util.Locale;

/// What respecting the answer of `write` saved, on one engine: computed, and said in one sentence.
///
/// @param honest the trials that respect it
/// @param ignoring those that ignore it
record Comparison(Group honest, Group ignoring) {
  /// Closer than this counts as the same time.
  private static final double SAME_TIME = 0.05;

  /// Below this factor there is nothing to speak of.
  private static final double WORTH_SAYING = 1.1;

  /// The mean time of the ignoring trials over that of the honest ones.
  double timeRatio() {
    return ignoring.mean(TrialResult::realSeconds) / honest.mean(TrialResult::realSeconds);
  }

  /// The peak memory of the ignoring trials over that of the honest ones.
  double memoryRatio() {
    return (double) ignoring.peakResidentBytes() / honest.peakResidentBytes();
  }

  /// One sentence: what was saved, or that nothing was.
  String sentence() {
    if (!ignoring.allEnded()) return "Respecting write()'s answer " + survival();
    return "Respecting write()'s answer " + time() + " and " + memory() + pauses() + "." + doubt();
  }

  private String survival() {
    var died = ignoring.trials().stream().filter(trial -> trial.death() != null).toList();
    var first = died.getFirst();
    return String.format(
        Locale.ROOT,
        "got the work done, in %s and %s; ignoring it did not: %d of %d runs died, the first after %s with %s (%s).",
        seconds(honest.mean(TrialResult::realSeconds)),
        Bytes.text(honest.peakResidentBytes()),
        died.size(),
        ignoring.trials().size(),
        seconds(first.realSeconds()),
        Bytes.text(first.proc().residentPeakBytes()),
        first.death());
  }

  private String time() {
    double ratio = timeRatio();
    String figures =
        String.format(
            Locale.ROOT,
            "(%s against %s, ratio %.3f)",
            seconds(honest.mean(TrialResult::realSeconds)),
            seconds(ignoring.mean(TrialResult::realSeconds)),
            ratio);
    if (isSameTime()) return "took the same time " + figures;
    return String.format(
            Locale.ROOT, "took %.0f %% %s time ", Math.abs(1 - 1 / ratio) * 100, ratio > 1 ? "less" : "more")
        + figures;
  }

  /// What speaks against the difference in time that is claimed, if anything does.
  private String doubt() {
    if (isSameTime()) return "";
    if (Math.min(honest.trials().size(), ignoring.trials().size()) < 2) {
      return " With one run of a kind nobody knows how far runs differ by themselves: the time may be noise.";
    }
    var faster = timeRatio() > 1 ? honest : ignoring;
    var slower = faster == honest ? ignoring : honest;
    return faster.max(TrialResult::realSeconds) < slower.min(TrialResult::realSeconds)
        ? ""
        : " The slowest of the faster runs took as long as the fastest of the slower ones: the time may be noise.";
  }

  private boolean isSameTime() {
    return Math.abs(timeRatio() - 1) <= SAME_TIME;
  }

  private String memory() {
    double ratio = memoryRatio();
    String mine = Bytes.text(honest.peakResidentBytes());
    String other = Bytes.text(ignoring.peakResidentBytes());
    if (ratio < WORTH_SAYING) return "saved no memory here (" + mine + " against " + other + ")";
    return String.format(Locale.ROOT, "%s of memory instead of %s, %.1f times less", mine, other, ratio);
  }

  private String pauses() {
    var mine = honest.byCollections();
    var other = ignoring.byCollections();
    if (Double.isNaN(mine.growth()) || Double.isNaN(other.growth()) || other.growth() < WORTH_SAYING) return "";
    return String.format(
        Locale.ROOT,
        "; a collection stopped it for %.1f ms at first and %.1f ms at last, the other for %.1f ms and then %.1f ms",
        mine.first(),
        mine.last(),
        other.first(),
        other.last());
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
