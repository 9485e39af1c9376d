package highwater.lab;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.CancelledException;
import highwater.pipeline.PipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `highwater lab marks FILE`: which mark is large enough on this machine, measured on a file of the user's.
final class MarksCommand {
  private static final long FROM_BYTES = 4 << 10;
  private static final long TO_BYTES = 4 << 20;
  private static final long MARK_MAX = 16 << 20;
  private static final int ROUNDS = 5;

  /// What a disk should have left beside the copy.
  private static final long SPARE_BYTES = 16 << 20;

  /// Its row in the table of subcommands.
  static final LabCommand COMMAND =
      new LabCommand(
          "marks",
          "FILE",
          "Finds the smallest mark that is fast enough here: reads FILE with one mark after the other, through a"
              + " CRC-32C, into a temporary file beside it, and names the knee, the smallest mark within 5 % of the"
              + " best. FILE is read again and again, so it comes from the system’s cache where it fits: 64MiB or more"
              + " make a measurement, more than the memory shows the disk. Every run writes as much as FILE holds.",
          List.of(
              new LabOption("from", "SIZE", "The smallest mark (4KiB)."),
              new LabOption("to", "SIZE", "The largest mark; those between are powers of two (4MiB)."),
              new LabOption("repeat", "N", "How many runs with each mark, 1 to 100 (5)."),
              new LabOption("seed", "N", "What the order of the runs is made from (1)."),
              new LabOption("read-only", "", "Writes nothing: only reads FILE."),
              new LabOption("dir", "DIR", "Where the temporary file is made (the folder of FILE)."),
              new LabOption("sync", "", "Each run ends only when its file is on the disk (fsync)."),
              new LabOption("json", "", "Prints one JSON document instead of the table.")),
          MarksCommand::run);

  private MarksCommand() {}

  private static void run(LabLine line, LabConsole console) throws LabException, IOException {
    var file = file(line);
    var plan = plan(file, line);
    long bytes = size(file);
    var sweep = new MarkSweep(plan, (run, runs, mark) -> console.draw(progress(run, runs, mark)));
    var hook = new Thread(() -> interrupted(sweep, console), "highwater-marks-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    remarks(plan, bytes, console);
    List<MarkFigures> figures;
    try {
      figures = sweep.run();
    } catch (PipelineException e) {
      throw LabException.failed(String.valueOf(e.getMessage()), e);
    } catch (CancelledException e) {
      awaitTheEnd();
      throw e;
    } finally {
      removeHook(hook);
    }
    console.erase();
    var knee = Knee.of(figures);
    console.out().print(line.has("json") ? MarksDocument.of(plan, figures, knee) : text(plan, bytes, figures, knee));
  }

  // ---------------------------------------------------------------- what is asked for

  private static Path file(LabLine line) throws LabException {
    if (line.operands().size() != 1) {
      throw LabException.usage(
          line.operands().isEmpty()
              ? "lab marks: FILE is missing (expected: highwater lab marks FILE)"
              : "lab marks: " + line.operands().size() + " words after it (expected: highwater lab marks FILE)");
    }
    return Path.of(line.operands().getFirst());
  }

  private static long size(Path file) throws LabException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw LabException.failed(
            file
                + " is "
                + (attributes.isDirectory() ? "a directory" : "no regular file")
                + " (expected: a regular file, which can be read again and again)",
            null);
      }
      if (attributes.size() == 0) {
        throw LabException.failed(file + " is empty (expected: a file of 64 MiB or more)", null);
      }
      if (!Files.isReadable(file)) {
        throw LabException.failed(file + " cannot be read (expected: a file this user may read)", null);
      }
      return attributes.size();
    } catch (NoSuchFileException e) {
      throw LabException.failed("there is no " + file + " (expected: a file of 64 MiB or more)", e);
    } catch (IOException e) {
      throw LabException.failed(file + " cannot be looked at: " + e + " (expected: a file this user may read)", e);
    }
  }

  private static MarkSweep.Plan plan(Path file, LabLine line) throws LabException, IOException {
    var marks = marks(line.bytes("from", FROM_BYTES), line.bytes("to", TO_BYTES));
    int rounds = Math.toIntExact(line.number("repeat", ROUNDS, 1, 100));
    long seed = line.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    boolean readOnly = line.has("read-only");
    for (String word : List.of("dir", "sync")) {
      if (readOnly && line.has(word)) {
        throw LabException.usage("--" + word + " says nothing with --read-only (expected: one of them)");
      }
    }
    long bytes = size(file);
    var target = readOnly ? null : target(file, line.value("dir"), bytes);
    return new MarkSweep.Plan(file, target, line.has("sync"), marks, rounds, seed);
  }

  /// The powers of two from one to the other, and both of these.
  static List<Long> marks(long from, long to) throws LabException {
    if (from > to || to > MARK_MAX) {
      throw LabException.usage(
          "marks from "
              + ByteSizes.inWords(from)
              + " to "
              + ByteSizes.inWords(to)
              + " (expected: --from SIZE no larger than --to SIZE, and that 16 MiB at most)");
    }
    var marks = new ArrayList<Long>(List.of(from));
    for (long mark = Long.highestOneBit(from) << 1; mark < to; mark <<= 1) marks.add(mark);
    if (to > from) marks.add(to);
    return marks;
  }

  private static Path target(Path file, @Nullable String dir, long bytes) throws LabException, IOException {
    var parent = file.toAbsolutePath().getParent();
    var folder = dir != null ? Path.of(dir) : parent == null ? Path.of(".") : parent;
    if (!Files.isDirectory(folder)) {
      throw LabException.failed(folder + " is no directory (expected: --dir DIR, an existing directory)", null);
    }
    if (!Files.isWritable(folder)) {
      throw LabException.failed(
          folder + " may not be written (expected: --dir DIR, a directory this user may write, or --read-only)", null);
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes + SPARE_BYTES) {
      throw LabException.failed(
          folder
              + " has "
              + Bytes.text(free)
              + " left (expected: "
              + Bytes.text(bytes + SPARE_BYTES)
              + " or more for a copy of "
              + file
              + "; --dir DIR writes elsewhere, --read-only nothing)",
          null);
    }
    return folder.resolve("highwater-marks-" + ProcessHandle.current().pid() + ".tmp");
  }

  // ---------------------------------------------------------------- words

  private static void remarks(MarkSweep.Plan plan, long bytes, LabConsole console) {
    int runs = plan.marks().size() * plan.rounds() + 1;
    String what = plan.target() == null ? "read" : "read and write";
    console.line(runs + " runs, which " + what + " " + Bytes.text(bytes * runs) + " in all");
    if (bytes < Knee.ENOUGH_BYTES) {
      console.line(
          "warning: "
              + plan.file()
              + " has "
              + Bytes.text(bytes)
              + ", so a run is over too soon to tell marks apart (expected: 64 MiB or more)");
    }
  }

  private static String progress(int run, int runs, long mark) {
    return run == 0 ? "warming up" : "run " + run + " of " + runs + ": mark " + ByteSizes.exact(mark);
  }

  private static String text(MarkSweep.Plan plan, long bytes, List<MarkFigures> figures, Knee knee) {
    String end =
        plan.target() == null
            ? "dropped"
            : plan.sync() ? "a file, to the disk (fsync)" : "a file, in the system’s cache";
    return String.format(
        Locale.ROOT,
        "%s, %s: read with each mark ▶ CRC-32C ▶ %s; median and middle half of %d runs, seed %d%n%n%s%n%s%n",
        LabConsole.oneLine(plan.file().toString()),
        Bytes.text(bytes),
        end,
        plan.rounds(),
        plan.seed(),
        MarkTable.render(figures, knee),
        knee.sentence());
  }

  // ---------------------------------------------------------------- the end before its time

  /// Runs in the shutdown hook: the JVM gives the signal's exit code.
  private static void interrupted(MarkSweep sweep, LabConsole console) {
    sweep.stop("interrupted");
    console.line("highwater: interrupted; no temporary file is left");
  }

  /// The process is ending, by the hook that has cancelled the run: no line and no code of ours.
  private static void awaitTheEnd() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already.
    }
  }
}
