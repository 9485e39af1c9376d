package highwater.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Outcomes that no machine had a part in, for tests of what is made of them.
final class Outcomes {
  private Outcomes() {}

  static Plan plan(int trials) {
    return new Plan(
        2_000_000_000, 1, trials, 0, 0, 6, 4L << 30, null, Path.of("/tmp"), Path.of("report.html"), false, false);
  }

  /// A trial of so many seconds and so much memory, whose pauses take these milliseconds, evenly spread.
  static TrialResult trial(Manner manner, double seconds, long peakBytes, @Nullable String death, double... pauses) {
    var list = new ArrayList<Pause>();
    var resident = new ArrayList<Sample>();
    for (int i = 0; i < pauses.length; i++) {
      double at = seconds * (i + 0.5) / pauses.length;
      list.add(new Pause(at, pauses[i], "Pause Young", 8 << 20, 4 << 20, 16 << 20));
      resident.add(new Sample(at, peakBytes * (i + 1) / pauses.length));
    }
    var proc =
        new Proc(20_000_000_000L, 500_000_000L, peakBytes / 2, peakBytes, 12345, 6, 7000, 800, 4096, 250_000_000);
    return new TrialResult(
        Engine.HIGHWATER,
        manner,
        seconds,
        seconds * 0.8,
        death,
        2_000_000_000,
        250_000_000,
        17,
        65536,
        30518,
        30517,
        proc,
        resident,
        List.of(new Sample(0.25, 65536)),
        list,
        new Latency(1000, 150, 900, 4000));
  }

  static Outcome of(List<TrialResult> honest, List<TrialResult> ignoring) {
    return new Outcome(
        plan(honest.size()),
        new Speeds(120_000_000, 72_000_000, 90_000_000, 9_000_000),
        List.of("-XX:+UseG1GC", "-Xmx4096m"),
        "OpenJDK <25>",
        null,
        "2 processors",
        new Latency(1000, 100, 200, 300),
        List.of(
            new Group(Engine.HIGHWATER, Manner.HONEST, honest),
            new Group(Engine.HIGHWATER, Manner.IGNORING, ignoring)));
  }
}
