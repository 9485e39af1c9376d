package highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The benchmarks: Highwater beside its peers, each in processes of its own, in turn: `./dev bench --help`.
///
/// Whole commands are raced where `./dev build` has made ours. Ends with 1 where a process fails or its result is wrong; a bar
/// that is missed is said.
public final class Bench {
  private Bench() {}

  /// Measures what the words ask for.
  public static void main(String... words) throws Exception {
    try {
      var answer = Words.answer(words);
      if (answer.isEmpty()) measure(Words.of(words));
      else IO.print(answer);
    } catch (IllegalArgumentException | IllegalStateException | IOException failed) {
      System.err.println("bench: " + failed.getMessage());
      System.exit(1);
    }
  }

  private static void measure(Words words) throws Exception {
    var pace = words.isQuick() ? Pace.QUICK : Pace.FULL;
    if (words.rounds() > 0) pace = pace.rounds(words.rounds());
    var chosen = words.of(Work.Kind.CASE);
    var accounts = words.of(Work.Kind.ACCOUNTS);
    if (!chosen.isEmpty() || !accounts.isEmpty()) IO.println(machine());
    if (!chosen.isEmpty()) IO.println(rounds(pace));
    for (var each : Cases.all()) {
      if (!chosen.contains(each.work())) continue;
      IO.println(Table.of(Rounds.of(words.isAwake() ? each.keptAwake() : each, pace), pace));
    }
    if (!accounts.isEmpty()) AccountsCost.measure(accounts, words);
    if (words.isAll() && !Files.isExecutable(scripts().resolve("../../target/home/bin/highwater"))) {
      System.err.println("bench: whole commands are left out: no built command: run ./dev build");
      return;
    }
    // The script knows of more than one gzip.
    var races = words.isAll() ? List.of("all") : words.of(Work.Kind.RACE).stream().map(work -> work.word).toList();
    for (var race : races) race(race, words);
  }

  private static void race(String name, Words words) throws Exception {
    var line = new ArrayList<>(List.of(scripts().resolve("race").toString(), name));
    if (words.isQuick()) line.add("--quick");
    if (words.rounds() > 0) line.add("--rounds=" + words.rounds());
    int status = new ProcessBuilder(line).inheritIO().start().waitFor();
    if (status != 0) System.exit(status);
  }

  static Path scripts() {
    return Path.of(System.getProperty("bench.scripts", "bench/scripts"));
  }

  private static String machine() throws IOException {
    var cpus = Path.of("/proc/cpuinfo");
    var model = "";
    if (Files.isReadable(cpus)) {
      for (var line : Files.readAllLines(cpus)) {
        if (line.startsWith("model name")) model = line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "Commit %s, %d cores (%s), Java %s."
        .formatted(
            System.getProperty("bench.commit", "unknown"),
            Runtime.getRuntime().availableProcessors(),
            model,
            Runtime.version());
  }

  private static String rounds(Pace pace) {
    return "%s, each process alone: median, least and most.%s"
        .formatted(
            pace.rounds() == 1 ? "1 round" : pace.rounds() + " rounds",
            pace.isFull() ? "" : " A tenth of most work, and little warm-up: such figures decide nothing.");
  }
}
