package highwater.lab;

import highwater.ReadableStream;
import highwater.Source;
import highwater.StreamOptions;
import highwater.io.FileStreams;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The experiment: the same log through gzip into a slow file, once with the answer of `write` respected, once with it ignored.
///
/// Each trial is a process of its own, and the two manners take turns. Tables go to stdout, plots into an HTML file.
final class Experiment {
  /// Its row in the table of subcommands.
  static final LabCommand COMMAND =
      new LabCommand(
          "",
          "",
          "Compresses a generated log into a file that is slower than its reader, in fresh JVMs with the same flags:"
              + " one respects the answer of write(), one ignores it. Prints the times, pauses and memory of both, and"
              + " writes a report with plots. With the defaults it takes about six minutes, twice that where Node runs"
              + " beside.",
          Plan.OPTIONS,
          Experiment::run);

  private static final int CHUNK_BYTES = 64 << 10;

  /// Enough for a steady rate; a small log is measured in whole.
  private static final long CALIBRATION_BYTES = 256_000_000;

  /// The bystander is alone for as long as a trial takes, but no longer than this.
  private static final int CONTROL_SECONDS_MAX = 5;

  private final Plan plan;
  private final LabConsole console;

  private Experiment(Plan plan, LabConsole console) {
    this.plan = plan;
    this.console = console;
  }

  private static void run(LabLine line, LabConsole console) throws LabException, IOException, InterruptedException {
    new Experiment(Plan.of(line), console).run();
  }

  private void run() throws LabException, IOException, InterruptedException {
    Outcome outcome;
    try (var bench = Workbench.open(plan.folder(), plan.keep(), console)) {
      outcome = measure(bench);
    }
    ReportPage.write(outcome, plan.report());
    console.out().print(plan.json() ? Figures.of(outcome) + "\n" : text(outcome));
  }

  private Outcome measure(Workbench bench) throws LabException, IOException, InterruptedException {
    var log = bench.folder().resolve("access.log");
    generate(log);
    if (plan.keep()) console.line("lab: the log and what follows stay in " + bench.folder());
    var runner = new TrialRunner(plan, bench, console, log);
    var speeds = runner.calibrate(Math.min(plan.sizeBytes(), CALIBRATION_BYTES));
    String node = plan.node() == null ? null : versionOfNode(plan.node());
    console.line(
        "lab: gzip can take "
            + Bytes.text(speeds.gzipBytes())
            + "/s here, the file takes "
            + Bytes.text(speeds.paceBytes())
            + "/s of the log: a trial lasts about "
            + Math.round((double) plan.sizeBytes() / speeds.paceBytes())
            + " s");
    var alone = runner.control(Math.clamp(plan.sizeBytes() / speeds.paceBytes(), 1, CONTROL_SECONDS_MAX));
    var groups = trials(runner, speeds, node == null ? List.of(Engine.HIGHWATER) : List.of(Engine.values()));
    checkOutputs(groups);
    return new Outcome(
        plan, speeds, TrialRunner.flags(plan.heapBytes()), versionOfJava(), node, machine(), alone, groups);
  }

  private List<Group> trials(TrialRunner runner, Speeds speeds, List<Engine> engines)
      throws LabException, IOException, InterruptedException {
    Map<Engine, Map<Manner, List<TrialResult>>> results = new EnumMap<>(Engine.class);
    int all = plan.trials() * engines.size() * Manner.values().length;
    int begun = 0;
    for (int trial = 0; trial < plan.trials(); trial++) {
      for (var engine : engines) {
        for (var manner : Manner.values()) {
          String title = "trial " + ++begun + " of " + all + ", " + engine.title + ", " + manner.title;
          var result = runner.run(engine, manner, speeds, title);
          results
              .computeIfAbsent(engine, _ -> new EnumMap<>(Manner.class))
              .computeIfAbsent(manner, _ -> new ArrayList<>())
              .add(result);
          console.line("lab: " + title + ": " + summary(result));
        }
      }
    }
    var groups = new ArrayList<Group>();
    results.forEach(
        (engine, manners) -> manners.forEach((manner, list) -> groups.add(new Group(engine, manner, list))));
    return groups;
  }

  private static String summary(TrialResult result) {
    String words =
        String.format(Locale.ROOT, "%.1f s, ", result.realSeconds())
            + Bytes.text(result.proc().residentPeakBytes())
            + " at most";
    return result.death() == null ? words : words + ", died: " + result.death();
  }

  /// Both manners must have done the same work, or nothing is worth comparing.
  private static void checkOutputs(List<Group> groups) throws LabException {
    Map<Engine, Long> crcs = new EnumMap<>(Engine.class);
    for (var group : groups) {
      for (var trial : group.trials()) {
        if (trial.death() != null) continue;
        Long before = crcs.putIfAbsent(group.engine(), trial.crc());
        if (before != null && before != trial.crc()) {
          throw LabException.failed(
              "two trials of "
                  + group.engine().title
                  + " wrote different files (CRC-32 "
                  + Long.toHexString(before)
                  + " and "
                  + Long.toHexString(trial.crc())
                  + "): nothing of this run is to be trusted",
              null);
        }
      }
    }
  }

  // ---------------------------------------------------------------- the log

  private void generate(Path log) throws LabException {
    console.draw("lab: writing " + Bytes.text(plan.sizeBytes()) + " of log");
    try {
      Pipeline.from(Origin.of("the log", () -> ReadableStream.from(text(plan), StreamOptions.bytes())))
          .to(FileStreams.write(log))
          .run();
    } catch (PipelineException e) {
      throw LabException.failed("cannot write the log: " + e.getMessage(), e);
    }
  }

  /// The log as a source: made as it is asked for.
  static Source<ByteBuffer> text(Plan plan) {
    var text = new LogText(plan.seed());
    var left = new long[] {plan.sizeBytes()};
    return feed -> {
      if (left[0] == 0) {
        feed.end();
        return;
      }
      var bytes = new byte[(int) Math.min(CHUNK_BYTES, left[0])];
      text.fill(bytes);
      left[0] -= bytes.length;
      boolean _ = feed.push(ByteBuffer.wrap(bytes));
    };
  }

  // ---------------------------------------------------------------- the machine

  private static String versionOfJava() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }

  private static @Nullable String versionOfNode(Path node) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(node.toString(), "--version").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    // A version is shorter than a pipe, so it ends without being read.
    if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      return null;
    }
    return LabConsole.oneLine(new String(process.getInputStream().readNBytes(64), StandardCharsets.UTF_8).strip());
  }

  private static String machine() throws IOException {
    long kibibytes = 0;
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) kibibytes = Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
    return Runtime.getRuntime().availableProcessors()
        + " processors, "
        + Bytes.text(kibibytes * 1024)
        + " of memory, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + ", "
        + System.getProperty("os.arch");
  }

  // ---------------------------------------------------------------- the words

  /// What stdout gets.
  private static String text(Outcome outcome) {
    var text = new StringBuilder();
    for (String line : conditions(outcome)) text.append(line).append('\n');
    for (var table : Tables.of(outcome)) text.append('\n').append(table.text());
    for (var group : outcome.groups()) {
      if (group.manner() != Manner.HONEST) continue;
      text.append('\n').append(group.engine().title).append(": ");
      text.append(outcome.comparison(group.engine()).sentence()).append('\n');
    }
    return text.append("\nReport with plots: ").append(outcome.plan().report()).append('\n').toString();
  }

  /// What was done, where, and with which flags; one sentence each.
  static List<String> conditions(Outcome outcome) {
    var plan = outcome.plan();
    var speeds = outcome.speeds();
    var lines = new ArrayList<String>();
    lines.add(
        Bytes.text(plan.sizeBytes())
            + " of access log (seed "
            + plan.seed()
            + ") through gzip level "
            + plan.level()
            + " into a file that takes "
            + Bytes.text(speeds.paceBytes())
            + "/s of it; read at "
            + (speeds.readerBytes() == 0 ? "full speed" : Bytes.text(speeds.readerBytes()) + "/s")
            + "; gzip alone could take "
            + Bytes.text(speeds.gzipBytes())
            + "/s.");
    lines.add("Machine: " + outcome.machine() + ".");
    lines.add(outcome.java() + ", MALLOC_ARENA_MAX=1, each run with " + String.join(" ", outcome.flags()) + ".");
    if (outcome.node() != null) lines.add("Node " + outcome.node() + ", without options.");
    return lines;
  }
}
