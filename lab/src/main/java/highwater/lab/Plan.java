package highwater.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the experiment is to do, from its options.
///
/// @param sizeBytes how much log
/// @param seed what it is generated from
/// @param trials how many of each kind
/// @param paceBytes how much of the log the sink takes a second, 0 for a share of what gzip can do
/// @param readerBytes how much the reader gives a second, 0 for a multiple of the pace, `Long.MAX_VALUE` for as fast as it goes
/// @param level gzip's
/// @param heapBytes what the heap of a child may grow to
/// @param node the `node` to run beside, or null
/// @param folder where the files are made
/// @param report where the report goes
/// @param json whether stdout gets the figures as JSON in place of tables
/// @param keep whether the files stay
record Plan(
    long sizeBytes,
    long seed,
    int trials,
    long paceBytes,
    long readerBytes,
    int level,
    long heapBytes,
    @Nullable Path node,
    Path folder,
    Path report,
    boolean json,
    boolean keep) {
  /// The options, as the help tells them.
  static final List<LabOption> OPTIONS =
      List.of(
          new LabOption("size", "SIZE", "How much log is generated (2GB)."),
          new LabOption("seed", "N", "What it is generated from: one seed and size always give the same file (1)."),
          new LabOption("trials", "N", "How many runs of each kind, taking turns, 1 to 20 (5)."),
          new LabOption("quick", "", "A short look: 200MB and one trial, where nothing else is said."),
          new LabOption(
              "pace",
              "RATE",
              "How much of the log the slow file takes a second, such as 60MB (three fifths of what gzip can do"
                  + " here)."),
          new LabOption("reader", "RATE|max", "How much is read a second (1.25 times the pace); max for no limit."),
          new LabOption("level", "N", "The level of gzip, 1 to 9 (6)."),
          new LabOption("heap", "SIZE", "What the heap of each run may grow to, -Xmx (4GiB, or half of free memory)."),
          new LabOption("node", "auto|never", "Whether node runs the same beside, where it is on the PATH (auto)."),
          new LabOption(
              "folder", "FOLDER", "Where the log and what is made of it lie meanwhile (the temporary folder)."),
          new LabOption("out", "FILE", "Where the report goes, one HTML file (highwater-lab.html)."),
          new LabOption("force", "", "Replaces a report that is there."),
          new LabOption("json", "", "Prints all figures as a JSON document in place of the tables."),
          new LabOption("keep", "", "Leaves the log and the collectors' own logs, and says where."));

  private static final long SIZE_BYTES = 2_000_000_000;
  private static final long QUICK_SIZE_BYTES = 200_000_000;
  private static final int TRIALS = 5;
  private static final int TRIALS_MAX = 20;
  private static final long HEAP_BYTES_MIN = 64L << 20;
  private static final long HEAP_BYTES = 4L << 30;
  private static final String REPORT = "highwater-lab.html";

  /// What the log may become beside itself: a log compresses to less than half.
  private static final double FILES_PER_SIZE = 1.5;

  /// Checks the options against this machine; nothing is made yet.
  static Plan of(LabLine line) throws LabException, IOException {
    boolean quick = line.has("quick");
    String reader = line.value("reader");
    var plan =
        new Plan(
            line.bytes("size", quick ? QUICK_SIZE_BYTES : SIZE_BYTES),
            line.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
            (int) line.number("trials", quick ? 1 : TRIALS, 1, TRIALS_MAX),
            rate(line, "pace"),
            "max".equals(reader) ? Long.MAX_VALUE : rate(line, "reader"),
            (int) line.number("level", 6, 1, 9),
            line.bytes("heap", Math.max(HEAP_BYTES_MIN, Math.min(HEAP_BYTES, freeMemoryBytes() / 2))),
            node(line),
            Path.of(or(line.value("folder"), System.getProperty("java.io.tmpdir"))),
            Path.of(or(line.value("out"), REPORT)),
            line.has("json"),
            line.has("keep"));
    plan.check(line.has("force"));
    return plan;
  }

  private void check(boolean force) throws LabException, IOException {
    if (!Proc.isThere()) {
      throw LabException.failed("lab measures through /proc, which is not here (expected: Linux)", null);
    }
    if (heapBytes < HEAP_BYTES_MIN) {
      throw LabException.usage("--heap: " + Bytes.text(heapBytes) + " (expected: 64MiB or more)");
    }
    if (Files.exists(report) && !force) {
      throw LabException.refused(
          report + " is there already (expected: a new name with --out, or --force to replace it)");
    }
    var parent = report.toAbsolutePath().getParent();
    if (parent == null || !Files.isWritable(parent)) {
      throw LabException.failed("cannot write the report " + report + ": its folder cannot be written to", null);
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw LabException.failed(folder + " is no folder to write to (expected: one with --folder)", null);
    }
    long usable = Files.getFileStore(folder).getUsableSpace();
    long needed = (long) (sizeBytes * FILES_PER_SIZE);
    if (usable < needed) {
      throw LabException.failed(
          folder
              + " has room for "
              + Bytes.text(usable)
              + " (expected: "
              + Bytes.text(needed)
              + " for the log and what it becomes; take another --folder or a smaller --size)",
          null);
    }
  }

  private static long rate(LabLine line, String word) throws LabException {
    String text = line.value(word);
    if (text == null) return 0;
    return Bytes.parsePositive("--" + word, text.endsWith("/s") ? text.substring(0, text.length() - 2) : text);
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private static @Nullable Path node(LabLine line) throws LabException {
    String wanted = or(line.value("node"), "auto");
    return switch (wanted) {
      case "never" -> null;
      case "auto" -> onThePath("node");
      default -> throw LabException.usage("--node: " + wanted + " (expected: auto or never)");
    };
  }

  private static @Nullable Path onThePath(String program) {
    for (String folder : or(System.getenv("PATH"), "").split(":", -1)) {
      if (folder.isEmpty()) continue;
      var file = Path.of(folder, program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) return file;
    }
    return null;
  }

  /// What programs can still get, as the kernel estimates it.
  private static long freeMemoryBytes() throws IOException {
    var meminfo = Path.of("/proc/meminfo");
    if (!Files.isReadable(meminfo)) return Long.MAX_VALUE;
    for (String line : Files.readAllLines(meminfo)) {
      if (line.startsWith("MemAvailable:")) return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }
    return Long.MAX_VALUE;
  }
}
