package highwater.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The figures of one case: what each contender's process gave in each round.
///
/// A ratio is made within a round, of two processes that ran one after the other, and then the median is taken.
final class Rounds {
  private final Case measured;
  private final Map<String, List<Map<String, Double>>> samples = new LinkedHashMap<>();

  private Rounds(Case measured) {
    this.measured = measured;
  }

  /// Lets the contenders run in turn, each time beginning with another.
  static Rounds of(Case measured, Pace pace) throws Exception {
    var rounds = new Rounds(measured);
    var present = new ArrayList<Contender>();
    for (var contender : measured.contenders()) {
      if (contender.isMissing().isEmpty()) present.add(contender);
      else say(contender.name() + " is left out: " + contender.isMissing());
    }
    for (var contender : present) rounds.samples.put(contender.name(), new ArrayList<>());
    var loops = measured.awake() ? BusyLoops.onEveryCore() : BusyLoops.none();
    try (loops) {
      for (int round = 0; round < pace.rounds(); round++) {
        for (int i = 0; i < present.size(); i++) rounds.take(present.get((round + i) % present.size()), round, pace);
      }
    }
    return rounds;
  }

  private void take(Contender contender, int round, Pace pace) throws Exception {
    var figures = contender.sample(pace);
    measuredBy(contender.name()).add(figures);
    say(
        String.format(
            Locale.ROOT,
            "%s, round %d of %d: %s: %s %s",
            measured.work().word,
            round + 1,
            pace.rounds(),
            contender.name(),
            Table.number(figures.getOrDefault(measured.figure(), Double.NaN)),
            measured.figure()));
  }

  private static void say(String what) {
    System.err.println("bench: " + what);
  }

  private List<Map<String, Double>> measuredBy(String contender) {
    var taken = samples.get(contender);
    if (taken == null) throw new IllegalArgumentException("no contender is called " + contender);
    return taken;
  }

  Case measured() {
    return measured;
  }

  Set<String> contenders() {
    return samples.keySet();
  }

  boolean has(String contender) {
    return samples.containsKey(contender);
  }

  /// The headings of all figures, the one that is compared first.
  Set<String> figures() {
    var headings = new LinkedHashSet<String>();
    headings.add(measured.figure());
    for (var each : samples.values()) for (var sample : each) headings.addAll(sample.keySet());
    return headings;
  }

  /// A contender's figures of this heading, in the order of the rounds.
  Spread spread(String contender, String figure) {
    return new Spread(values(contender, figure));
  }

  private double[] values(String contender, String figure) {
    return measuredBy(contender).stream().mapToDouble(sample -> sample.getOrDefault(figure, Double.NaN)).toArray();
  }

  /// Its figures over those of a peer.
  Spread ratio(String contender, String peer, String figure) {
    var mine = values(contender, figure);
    var theirs = values(peer, figure);
    var ratios = new double[mine.length];
    for (int i = 0; i < ratios.length; i++) ratios[i] = mine[i] / theirs[i];
    return new Spread(ratios);
  }

  /// Numbers that were measured for one thing.
  static final class Spread {
    private final double[] sorted;

    Spread(double[] values) {
      sorted = values.clone();
      Arrays.sort(sorted);
    }

    double median() {
      int half = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    double least() {
      return sorted[0];
    }

    double most() {
      return sorted[sorted.length - 1];
    }
  }
}
