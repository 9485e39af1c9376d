package highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/// What the accounts cost: each [AccountedWork] with accounts on and off, in processes of its own.
///
/// A round is three processes, one with accounts on and two with them off, in an order that changes from round to
/// round; it gives a ratio of on to off (the geometric mean of the two) and, as a control, of off to off. The figures
/// are the medians over the rounds. The limit is the upper end of the 95 % interval of the first (two-sided): the 97.5th
/// percentile of the medians of 20,000 samples of rounds, drawn with replacement from those that were (a bootstrap).
/// `DIR` in the environment says where the files lie: in memory (`/dev/shm`) unless told. A bar that is missed, and a control that
/// shows that the machine was not quiet, are said.
public final class AccountsCost {
  private static final double CONTROL_BAR = 1.005;
  private static final int SAMPLES = 20_000;
  private static final long SEED = 5;
  private static final Path MEMORY = Path.of("/dev/shm");

  private final int rounds;
  private final double seconds;
  private final boolean isQuick;
  private final Path folder;

  private AccountsCost(Words words, Path folder) {
    this.rounds = words.rounds() > 0 ? words.rounds() : words.isQuick() ? 3 : 10;
    this.seconds = words.seconds() > 0 ? words.seconds() : words.isQuick() ? 0.3 : 1.9;
    this.isQuick = words.isQuick();
    this.folder = folder;
  }

  /// One of the processes that measure.
  public static void main(String... words) throws IOException {
    var work = AccountedWork.valueOf(words[0]);
    double seconds = Double.parseDouble(words[2]);
    IO.println(work.measure(Path.of(words[1]), seconds / 2, seconds));
  }

  /// Measures these and prints their table.
  static void measure(List<Work> chosen, Words words) throws IOException, InterruptedException {
    var place = System.getenv("DIR");
    var parent = place != null ? Path.of(place) : Files.isWritable(MEMORY) ? MEMORY : Path.of("");
    var folder = Files.createTempDirectory(parent.toAbsolutePath(), "accounts-");
    try {
      new AccountsCost(words, folder).measure(chosen);
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (var file : files.toList()) Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private void measure(List<Work> chosen) throws IOException, InterruptedException {
    IO.println("\n### accounts\n");
    IO.println(
        "What the accounts of a run cost: "
            + rounds
            + " rounds of on, off, off; files in "
            + folder.getParent()
            + (isQuick ? ". Such short ones decide nothing." : ".")
            + "\n");
    IO.println(line("work", "ms off", "on / off", "upper 95 %", "bar", "control", ""));
    for (var work : AccountedWork.values()) {
      if (!chosen.contains(work.work)) continue;
      var ratios = new double[rounds];
      var controls = new double[rounds];
      var offs = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        var times = new double[3];
        for (int i = 0; i < times.length; i++) {
          int place = (round + i) % times.length;
          times[place] = inAProcess(work, place == 0);
        }
        offs[round] = Math.sqrt(times[1] * times[2]);
        ratios[round] = times[0] / offs[round];
        // Either comes first as often.
        controls[round] = round % 2 == 0 ? times[1] / times[2] : times[2] / times[1];
      }
      print(work, ratios, controls, offs);
    }
  }

  private void print(AccountedWork work, double[] ratios, double[] controls, double[] offs) {
    double limit = upperLimit(ratios);
    double control = median(controls);
    boolean hasBar = !Double.isNaN(work.bar);
    boolean isQuiet = control <= CONTROL_BAR && control >= 1 / CONTROL_BAR;
    boolean isCheap = !hasBar || limit <= work.bar;
    String word = !hasBar ? "told only" : !isQuiet ? "NOT QUIET" : isCheap ? "met" : "MISSED";
    if (isQuick) word = "a look";
    IO.println(
        line(
            work.work.word,
            figure(median(offs) / 1e6),
            figure(median(ratios)),
            figure(limit),
            hasBar ? figure(work.bar) : "-",
            figure(control),
            word));
  }

  private static String line(
      String work, String off, String ratio, String limit, String bar, String control, String word) {
    return String.format(Locale.ROOT, "%-24s %9s %8s %11s %7s %8s  %s", work, off, ratio, limit, bar, control, word)
        .stripTrailing();
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private double inAProcess(AccountedWork work, boolean on) throws IOException, InterruptedException {
    var options =
        List.of(
            "-Xms256m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            // Code is compiled when it is due, not when a thread finds time: processes are more alike.
            "-Xbatch",
            "-Dhighwater.accounts=" + (on ? "on" : "off"));
    var words = List.of(work.name(), folder.toString(), Double.toString(seconds));
    var text = ChildProcess.output(ChildProcess.java(options, AccountsCost.class, words));
    return Double.parseDouble(text);
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static double upperLimit(double[] ratios) {
    var random = new Random(SEED);
    var medians = new double[SAMPLES];
    var sample = new double[ratios.length];
    for (int i = 0; i < SAMPLES; i++) {
      for (int j = 0; j < sample.length; j++) sample[j] = ratios[random.nextInt(ratios.length)];
      medians[i] = median(sample);
    }
    Arrays.sort(medians);
    return medians[(int) (SAMPLES * 0.975)];
  }
}
