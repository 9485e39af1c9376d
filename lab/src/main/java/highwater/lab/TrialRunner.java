package highwater.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs trials, each in a fresh process with a bystander beside it, and reads what they tell.
final class TrialRunner {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// A trial may take so many times what its pace says, and a minute; then it is killed.
  private static final int LIMIT_FACTOR = 10;

  private static final long LIMIT_NANOS = 60 * SECOND;

  private static final int EXIT_OUT_OF_MEMORY = 3;
  private static final int EXIT_ABORTED = 128 + 6;
  private static final int EXIT_KILLED = 128 + 9;
  private static final List<Integer> EXITS_BY_SIGNAL = List.of(128 + 1, 128 + 2, EXIT_KILLED, 128 + 15);

  private final Plan plan;
  private final Workbench bench;
  private final LabConsole console;
  private final Path log;
  private int begun;

  /// Runs over the log at `log`.
  TrialRunner(Plan plan, Workbench bench, LabConsole console, Path log) {
    this.plan = plan;
    this.bench = bench;
    this.console = console;
    this.log = log;
  }

  /// The flags of every child JVM that runs a trial, but its own GC log's name.
  static List<String> flags(long heapBytes) {
    return List.of(
        // The JDK's default collector. The heap starts small, and grows for data only: not to collect less often.
        "-XX:+UseG1GC",
        "-Xms8m",
        "-Xmx" + (heapBytes >> 20) + "m",
        "-XX:GCTimeRatio=4",
        // Young are a quarter of it or more, at any size, about as other collectors have it: a pause copies in
        // proportion.
        "-XX:+UnlockExperimentalVMOptions",
        "-XX:G1NewSizePercent=25",
        // Nor for pauses of more than 1 % of the time, which a busy machine makes of any: 74 MB on one day were 94 on
        // another.
        "-XX:G1ExpandByPercentOfAvailable=0",
        // zlib does the work: the second compiler would only add some megabytes of its own.
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:+DisplayVMOutputToStderr");
  }

  /// The command of a JVM with the class path of this one.
  private static List<String> java(List<String> flags, Class<?> main) {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(flags);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return line;
  }

  /// Measures what gzip can do where nothing holds it up, on the first `bytes` of the log.
  Speeds calibrate(long bytes) throws LabException, IOException, InterruptedException {
    var output = bench.folder().resolve("calibration.gz");
    var line = java(flags(plan.heapBytes()), Trial.class);
    line.addAll(words(Manner.HONEST, output, 0, 0, bytes));
    console.draw("lab: measuring gzip");
    var watched = watch(line, Long.MAX_VALUE / 2, "measuring gzip");
    Files.deleteIfExists(output);
    if (watched.exitCode() != 0) throw failed("the run that measures gzip", watched);
    var told = numbers(watched.lines());
    return Speeds.of(
        plan,
        told.getOrDefault("bytesIn", 0L),
        told.getOrDefault("bytesOut", 1L),
        told.getOrDefault("finished", 1L) / 1e9);
  }

  /// The bystander alone for so many seconds.
  Latency control(int seconds) throws LabException, IOException, InterruptedException {
    var process = startBystander();
    for (int second = 0; second < seconds; second++) {
      console.draw("lab: the bystander alone, " + (seconds - second) + " s");
      if (process.waitFor(1, TimeUnit.SECONDS)) break;
    }
    return endBystander(process);
  }

  /// Runs one trial; `title` is what the progress line calls it.
  TrialResult run(Engine engine, Manner manner, Speeds speeds, String title)
      throws LabException, IOException, InterruptedException {
    int number = ++begun;
    var output = bench.folder().resolve("trial-" + number + ".gz");
    var gcLog = bench.folder().resolve("trial-" + number + "-" + manner.word + ".gc.log");
    var line = commandLine(engine, gcLog);
    line.addAll(words(manner, output, speeds.readerBytes(), speeds.sinkBytes(), plan.sizeBytes()));
    var bystander = startBystander();
    long limit = LIMIT_NANOS + (long) (LIMIT_FACTOR * SECOND * ((double) plan.sizeBytes() / speeds.paceBytes()));
    var watched = watch(line, limit, title);
    var latency = endBystander(bystander);
    Files.deleteIfExists(output);
    String death = watched.exitCode() == 0 ? null : death(engine, manner, watched);
    var pauses = engine == Engine.HIGHWATER ? gcLog(gcLog) : pausesOfNode(watched.lines());
    return result(engine, manner, watched, death, pauses, latency);
  }

  private List<String> commandLine(Engine engine, Path gcLog) throws IOException {
    if (engine == Engine.HIGHWATER) {
      var flags = new ArrayList<>(flags(plan.heapBytes()));
      flags.add("-Xlog:gc:file=" + gcLog + ":uptime:filecount=0");
      return java(flags, Trial.class);
    }
    return new ArrayList<>(List.of(String.valueOf(plan.node()), script().toString()));
  }

  private Path script() throws IOException {
    var script = bench.folder().resolve("trial.cjs");
    if (!Files.exists(script)) {
      try (InputStream in = TrialRunner.class.getResourceAsStream("trial.cjs")) {
        if (in == null) throw new IOException("trial.cjs is not in the jar");
        Files.copy(in, script);
      }
    }
    return script;
  }

  private List<String> words(Manner manner, Path output, long readerBytes, long sinkBytes, long bytes) {
    return List.of(
        manner.name(),
        log.toString(),
        output.toString(),
        Long.toString(readerBytes),
        Long.toString(sinkBytes),
        Integer.toString(plan.level()),
        Long.toString(bytes));
  }

  private Watched watch(List<String> line, long limitNanos, String title) throws IOException, InterruptedException {
    long start = System.nanoTime();
    var process =
        bench.start(
            new ProcessBuilder(line).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())));
    try {
      return Watched.untilItEnds(
          process,
          start,
          limitNanos,
          (seconds, bytes) ->
              console.draw(
                  "lab: " + title + String.format(Locale.ROOT, "  %.0f s  resident ", seconds) + Bytes.text(bytes)));
    } finally {
      bench.ended(process);
    }
  }

  // ---------------------------------------------------------------- what a trial died of

  /// What ended a run that ignores the answer, where that is the result; else a failure of the laboratory.
  private String death(Engine engine, Manner manner, Watched watched) throws LabException, InterruptedException {
    boolean killed = EXITS_BY_SIGNAL.contains(watched.exitCode()) && !watched.overdue();
    if (killed && bench.isInterrupted()) throw LabException.failed("interrupted", null);
    if (manner == Manner.IGNORING && !watched.overdue()) {
      if (watched.exitCode() == EXIT_OUT_OF_MEMORY) return "OutOfMemoryError";
      if (watched.exitCode() == EXIT_ABORTED && engine == Engine.NODE) return "out of heap";
      if (watched.exitCode() == EXIT_KILLED) return "killed, as the kernel does when memory is out";
    }
    throw failed("the run of " + engine.title + " that " + manner.title, watched);
  }

  private static LabException failed(String who, Watched watched) {
    if (watched.overdue()) {
      return LabException.failed(
          who
              + " did not end in "
              + watched.realNanos() / SECOND
              + " s and was killed (expected: a tenth of that; a larger --pace, or a quieter machine)",
          null);
    }
    String why = watched.complaint().isBlank() ? "it said nothing" : watched.complaint();
    return LabException.failed(who + " ended with code " + watched.exitCode() + ": " + why, null);
  }

  // ---------------------------------------------------------------- what a trial tells

  private TrialResult result(
      Engine engine, Manner manner, Watched watched, @Nullable String death, List<Pause> pauses, Latency latency) {
    var told = numbers(watched.lines());
    var buffered = buffered(watched.lines());
    long peak = 0;
    for (var sample : buffered) peak = Math.max(peak, sample.bytes());
    var proc = death == null || watched.last() == null ? Proc.parse(watched.lines()) : watched.last();
    return new TrialResult(
        engine,
        manner,
        watched.realNanos() / 1e9,
        told.getOrDefault("read", 0L) / 1e9,
        death,
        told.getOrDefault("bytesIn", 0L),
        told.getOrDefault("bytesOut", 0L),
        told.getOrDefault("crc", 0L),
        Math.max(peak, told.getOrDefault("peakBuffered", 0L)),
        told.getOrDefault("falseAnswers", 0L),
        told.getOrDefault("drains", 0L),
        proc,
        watched.resident(),
        buffered,
        pauses,
        latency);
  }

  /// The lines of a word and a number.
  private static Map<String, Long> numbers(List<String> lines) {
    var numbers = new HashMap<String, Long>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space < 0 || space != line.lastIndexOf(' ')) continue;
      try {
        numbers.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
      } catch (NumberFormatException e) {
        // Words of somebody else.
      }
    }
    return numbers;
  }

  /// The lines `at NANOS BYTES`.
  private static List<Sample> buffered(List<String> lines) {
    var samples = new ArrayList<Sample>();
    for (String line : lines) {
      if (!line.startsWith("at ")) continue;
      var words = line.split(" ", -1);
      if (words.length == 3) samples.add(new Sample(Long.parseLong(words[1]) / 1e9, Long.parseLong(words[2])));
    }
    return samples;
  }

  private static List<Pause> gcLog(Path file) throws IOException {
    if (!Files.exists(file)) return List.of();
    return GcLog.parse(Files.readAllLines(file, StandardCharsets.UTF_8));
  }

  /// The lines `gc AT_MILLIS MILLIS KIND`.
  private static List<Pause> pausesOfNode(List<String> lines) {
    var pauses = new ArrayList<Pause>();
    for (String line : lines) {
      if (!line.startsWith("gc ")) continue;
      var words = line.split(" ", -1);
      if (words.length != 4) continue;
      pauses.add(new Pause(Double.parseDouble(words[1]) / 1000, Double.parseDouble(words[2]), kind(words[3]), 0, 0, 0));
    }
    return pauses;
  }

  /// V8's numbers for kinds of collections, as `perf_hooks.constants` names them.
  private static String kind(String number) {
    return switch (number) {
      case "1" -> "Scavenge";
      case "4" -> "Mark-compact";
      case "8" -> "Incremental marking";
      case "16" -> "Weak callbacks";
      default -> "kind " + number;
    };
  }

  // ---------------------------------------------------------------- the bystander

  private Process startBystander() throws IOException {
    var flags = List.of("-XX:+UseSerialGC", "-Xmx16m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");
    return bench.start(new ProcessBuilder(java(flags, Bystander.class)).redirectError(ProcessBuilder.Redirect.DISCARD));
  }

  private Latency endBystander(Process process) throws LabException, IOException, InterruptedException {
    try {
      process.getOutputStream().close();
      String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      for (String line : words.lines().toList()) {
        if (!line.startsWith("latency ")) continue;
        var figures = line.split(" ", -1);
        return new Latency(
            Long.parseLong(figures[1]),
            Long.parseLong(figures[2]),
            Long.parseLong(figures[3]),
            Long.parseLong(figures[4]));
      }
      throw LabException.failed("the bystander ended with code " + process.waitFor() + " and told nothing", null);
    } finally {
      process.destroyForcibly();
      bench.ended(process);
    }
  }
}
