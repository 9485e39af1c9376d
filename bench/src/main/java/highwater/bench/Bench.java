package highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The benchmarks: Highwater beside its peers, each in processes of its own, in turn.
/// ```
/// ./dev bench [NAME...] [--quick] [--rounds=N] [--awake] [--list]
/// ./dev bench accounts [OPTION...]          those of [AccountsCost]
/// ./dev bench gzip|gunzip|copy|sync|digest [OPTION...]          those of bench/scripts/race
/// ```
/// NAME is a case's, or the beginning of several. Without one it is all that have peers; whole commands are raced where
/// `./dev build` has made ours. Ends with 1 where a process fails or its result is wrong; a bar that is missed is said.
public final class Bench {
  private static final List<String> RACES = List.of("gzip", "gunzip", "copy", "sync", "digest");
  private static final String ACCOUNTS = "accounts";

  private Bench() {}

  /// Measures what the words ask for.
  public static void main(String... words) throws Exception {
    try {
      measure(words);
    } catch (IllegalArgumentException | IllegalStateException | IOException failed) {
      System.err.println("bench: " + failed.getMessage());
      System.exit(1);
    }
  }

  private static void measure(String... words) throws Exception {
    var first = words.length == 0 ? "" : words[0];
    var rest = words.length == 0 ? words : Arrays.copyOfRange(words, 1, words.length);
    if (first.equals(ACCOUNTS)) AccountsCost.main(rest);
    else if (RACES.contains(first)) race(first, rest);
    else measureCases(words);
  }

  private static void measureCases(String... words) throws Exception {
    var names = new ArrayList<String>();
    var pace = Pace.FULL;
    int rounds = 0;
    boolean awake = false;
    boolean quick = false;
    for (var word : words) {
      if (word.equals("--quick")) quick = true;
      else if (word.equals("--awake")) awake = true;
      else if (word.startsWith("--rounds=")) rounds = rounds(word);
      else if (word.equals("--list")) {
        list();
        return;
      } else if (word.startsWith("-"))
        throw new IllegalArgumentException(
            "unknown option " + word + " (expected: --quick, --rounds=N, --awake, --list)");
      else names.add(word);
    }
    if (quick) pace = Pace.QUICK;
    if (rounds > 0) pace = pace.rounds(rounds);
    for (var name : names)
      if (all().noneMatch(each -> isMeant(each, name))) {
        throw new IllegalArgumentException(
            "no case is called " + name + " (expected: " + all().collect(Collectors.joining(", ")) + ")");
      }
    run(
        each -> names.isEmpty() || names.stream().anyMatch(name -> isMeant(each, name)),
        names.isEmpty(),
        pace,
        awake,
        raceOptions(quick, rounds));
  }

  private static String[] raceOptions(boolean quick, int rounds) {
    var options = new ArrayList<String>();
    if (quick) options.add("--quick");
    if (rounds > 0) options.add("--rounds=" + rounds);
    return options.toArray(String[]::new);
  }

  private static int rounds(String word) {
    var number = word.substring("--rounds=".length());
    if (!number.matches("[1-9][0-9]{0,3}"))
      throw new IllegalArgumentException(word + " (expected: --rounds=N, N from 1 to 9999)");
    return Integer.parseInt(number);
  }

  private static Stream<String> all() {
    return Stream.concat(Cases.all().stream().map(Case::name), RACES.stream());
  }

  private static boolean isMeant(String name, String word) {
    return name.equals(word) || name.startsWith(word + "-");
  }

  private static void run(Predicate<String> chosen, boolean isAll, Pace pace, boolean awake, String... options)
      throws Exception {
    var cases = Cases.all().stream().filter(each -> chosen.test(each.name())).toList();
    if (!cases.isEmpty()) IO.println(machine(pace));
    for (var each : cases) IO.println(Table.of(Rounds.of(awake ? each.keptAwake() : each, pace)));
    if (isAll && !Files.isExecutable(scripts().resolve("../../target/home/bin/highwater"))) {
      System.err.println("bench: whole commands are left out: no built command: run ./dev build");
      return;
    }
    // The script knows of more than one gzip.
    var races = isAll ? List.of("all") : RACES.stream().filter(chosen).toList();
    for (var race : races) race(race, options);
  }

  private static void race(String name, String... options) throws Exception {
    var line = new ArrayList<>(List.of(scripts().resolve("race").toString(), name));
    line.addAll(List.of(options));
    int status = new ProcessBuilder(line).inheritIO().start().waitFor();
    if (status != 0) System.exit(status);
  }

  static Path scripts() {
    return Path.of(System.getProperty("bench.scripts", "bench/scripts"));
  }

  private static void list() {
    for (var each : Cases.all()) line(each.name(), each.work());
    line(ACCOUNTS, "What the accounts of a run cost: on against off, with a control of off against off.");
    line("gzip", "Whole commands: gzip level 6 of a log of 500 MB, beside Node, pigz and gzip.");
    line("gunzip", "Whole commands: the same back.");
    line("copy", "Whole commands: a file of 2 GB, beside cp and Node.");
    line("sync", "Whole commands: the same onto the disk, beside dd.");
    line("digest", "Whole commands: the same with a digest in between, beside cp and sha256sum.");
  }

  private static void line(String name, String work) {
    IO.println(String.format("%-20s %s", name, work));
  }

  private static String machine(Pace pace) throws Exception {
    var cpus = Path.of("/proc/cpuinfo");
    var model = "";
    if (Files.isReadable(cpus)) {
      for (var line : Files.readAllLines(cpus)) {
        if (line.startsWith("model name")) model = line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "Commit %s, %d cores (%s), Java %s; %s, each process alone: median, least and most.%s"
        .formatted(
            System.getProperty("bench.commit", "unknown"),
            Runtime.getRuntime().availableProcessors(),
            model,
            Runtime.version(),
            pace.rounds() == 1 ? "1 round" : pace.rounds() + " rounds",
            pace.part() == 1 ? "" : " A tenth of most work, and little warm-up: such figures decide nothing.");
  }
}
