package highwater.cli;

import highwater.io.FileStreams;
import highwater.io.Leftovers;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Looks at what a run would write before anything is opened, so that a run that cannot end well does not begin.
///
/// The library looks again when it opens and when it commits; this is for the better message, the exit code and the leftovers
/// of killed runs.
final class Preflight {
  private static final End.File STDIN = new End.File("stdin", Path.of("/dev/fd/0"));
  private static final End.File STDOUT = new End.File("stdout", Path.of("/dev/fd/1"));
  private static final End.File STDERR = new End.File("stderr", Path.of("/dev/fd/2"));

  private final Route route;
  private final Settings settings;

  /// Makes the check of a route whose sink is named.
  Preflight(Route route, Settings settings) {
    this.route = route;
    this.settings = settings;
  }

  /// Throws where the run must not begin; tells `remark` of leftovers.
  void check(Consumer<String> remark) throws CommandException {
    checkDifferent();
    var files = new ArrayList<End.File>();
    for (End end : Plan.written(route)) if (end instanceof End.File file) files.add(file);
    if (route.unpacking() != null) files.remove(route.sink());
    checkFolder();
    for (End.File file : files) checkTarget(file);
    checkTerminal();
    checkReport();
    for (End.File file : files) leftovers(file, remark);
    if (route.unpacking() != null && route.sink() instanceof End.File folder) foldersLeft(folder, remark);
  }

  /// Refuses one regular file for two results: one of them would be lost.
  private void checkDifferent() throws CommandException {
    var written = Plan.written(route);
    for (int i = 1; i < written.size(); i++) {
      boolean remote = written.get(i) instanceof End.Stored || written.get(i) instanceof End.Url;
      if (remote && written.subList(0, i).contains(written.get(i))) {
        throw CommandException.refused(
            written.get(i).name() + " is written twice (expected: an object of its own for each tee and the sink)");
      }
    }
    var files = asFiles(written);
    if (settings.report() && settings.reportFile() == null) files.add(STDERR);
    for (int i = 1; i < files.size(); i++) {
      for (int j = 0; j < i; j++) refuseTwice(files.get(j), files.get(i));
    }
    if (!writesResults()) return;
    for (End.File file : files) if (file != STDERR && file != STDOUT) refuseTwice(file, STDERR);
  }

  private static void refuseTwice(End.File one, End.File other) throws CommandException {
    if (!isSameRegular(one.path(), other.path())) return;
    String names = one.name().equals(other.name()) ? "" : ", as " + one.name() + " and as " + other.name();
    throw CommandException.refused(
        one.name() + " is written twice" + names + " (expected: a file of its own for each tee, the sink and stderr)");
  }

  /// Whether stages have results, which go to stderr.
  private boolean writesResults() {
    if (settings.json() && settings.reportFile() == null) return false;
    for (StageWord stage : route.stages()) {
      if (stage.name() == StageName.HASH || stage.name() == StageName.COUNT) return true;
    }
    return false;
  }

  /// Refuses a folder that would be packed into itself, and a sink to unpack into that is no folder.
  private void checkFolder() throws CommandException {
    if (route.packing() != null && route.sources().getFirst() instanceof End.File folder) {
      for (End end : Plan.written(route)) {
        if (end instanceof End.File file && isWithin(file.path(), folder.path())) {
          throw CommandException.refused(
              file.name() + " lies in " + folder.name() + ", which is packed (expected: a sink outside it)");
        }
      }
    }
    if (route.unpacking() == null || !(route.sink() instanceof End.File folder)) return;
    if (Files.exists(folder.path()) && !Files.isDirectory(folder.path())) {
      throw CommandException.refused(
          folder.name() + " is no folder (expected: a folder to unpack into, or a new name for one)");
    }
  }

  private static boolean isWithin(Path file, Path folder) {
    try {
      var parent = file.toAbsolutePath().normalize().getParent();
      return parent != null && parent.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false; // The run will say what is wrong.
    }
  }

  private void checkTarget(End.File file) throws CommandException {
    if (Files.isDirectory(file.path())) {
      throw CommandException.usage(
          file.name()
              + " is a directory (expected: a file; to write into it under the source's name,"
              + " "
              + file.name()
              + (file.endsInSlash() ? "NAME)" : "/)"));
    }
    try {
      Plan.fileTarget(file, settings).check();
    } catch (IOException e) {
      if (e.getCause() instanceof FileAlreadyExistsException) {
        refuseSource(file);
        throw CommandException.refused(
            file.name() + " exists (expected: a new name; --force replaces it, --append adds to it)");
      }
      throw CommandException.failed(Failure.oneLine(String.valueOf(e.getMessage())), e);
    }
    boolean intoItself = settings.mode() == Settings.Mode.APPEND || settings.mode() == Settings.Mode.IN_PLACE;
    if (intoItself) refuseSource(file);
  }

  private void refuseSource(End.File file) throws CommandException {
    for (End.File source : asFiles(route.sources())) {
      if (isSameRegular(source.path(), file.path())) {
        throw CommandException.refused(
            file.name()
                + " is a source too (expected: another sink, or --force, which replaces it"
                + " when all is read)");
      }
    }
  }

  /// Refuses to fill a terminal with compressed bytes that nobody asked for in so many words.
  private void checkTerminal() throws CommandException {
    if (!route.impliedSink()) return;
    var compression = route.compression();
    if (compression == null || !Terminal.isStdout()) return;
    Path name = route.sources().getFirst() instanceof End.File source ? source.path().getFileName() : null;
    throw CommandException.usage(
        "stdout is a terminal, and what "
            + compression.word
            + " makes is no text (expected: a sink such as ./"
            + Failure.oneLine(name == null ? "out" : name.toString())
            + compression.suffix
            + ", or - to insist)");
  }

  private void checkReport() throws CommandException {
    var reportFile = settings.reportFile();
    if (reportFile == null) return;
    checkReportApart();
    try {
      reportFile.check();
    } catch (IOException e) {
      throw new CommandException(ExitCode.USAGE, "--report: " + Failure.oneLine(String.valueOf(e.getMessage())), e);
    }
  }

  /// Throws where the report would go into what the run reads or writes: before it, and once more before the report.
  void checkReportApart() throws CommandException {
    var reportFile = settings.reportFile();
    if (reportFile == null) return;
    Path report = reportFile.path();
    var used = asFiles(Plan.written(route));
    used.addAll(asFiles(route.sources()));
    if (writesResults()) used.add(STDERR);
    for (End.File file : used) {
      // A report into stdout by its own name comes behind the data.
      if (isSameRegular(file.path(), report) && !names(report, file)) {
        throw CommandException.refused("--report: " + report + " is a source or a sink (expected: a file of its own)");
      }
    }
  }

  private void leftovers(End.File file, Consumer<String> remark) throws CommandException {
    try {
      for (var leftover : Leftovers.find(file.path())) {
        String found = Failure.oneLine(leftover.path().toString());
        String size = Figures.bytes(leftover.sizeBytes());
        if (settings.mode() == Settings.Mode.REPLACE && leftover.remove()) {
          remark.accept("removed " + found + " (" + size + "), left by a killed run");
        } else {
          remark.accept("a killed run left " + found + " (" + size + "): --force removes it, so does rm");
        }
      }
    } catch (IOException e) {
      throw CommandException.failed("cannot look for leftovers beside " + file.name() + ": " + e.getMessage(), e);
    }
  }

  /// A folder has no lock, so whether its run lives is known of this machine alone: it is named and never removed.
  private static void foldersLeft(End.File folder, Consumer<String> remark) throws CommandException {
    try {
      for (var left : Ends.leftovers(folder)) {
        remark.accept("a killed run left " + left + ": rm -r removes it");
      }
    } catch (IOException e) {
      throw CommandException.failed("cannot look for leftovers of " + folder.name() + ": " + e.getMessage(), e);
    }
  }

  /// The ends as files: the standard ones by the names of their descriptors.
  private static List<End.File> asFiles(List<End> ends) {
    var files = new ArrayList<End.File>(ends.size() + 1);
    for (End end : ends) {
      if (end instanceof End.File file) files.add(file);
      else if (end instanceof End.Stdio) files.add(end == End.Stdio.IN ? STDIN : STDOUT);
    }
    return files;
  }

  /// Whether `path` is one of the names of the standard descriptor that `file` is.
  private static boolean names(Path path, End.File file) {
    if (file != STDOUT && file != STDERR) return false;
    String name = path.toString();
    return name.equals("/dev/" + file.name())
        || name.equals(file.path().toString())
        || name.equals("/proc/self/fd/" + file.path().getFileName());
  }

  /// Whether both lead to one regular file, there already or not; what is no regular file may be written twice.
  private static boolean isSameRegular(Path one, Path other) {
    try {
      return FileStreams.isSameFile(one, other) && (!Files.exists(one) || Files.isRegularFile(one));
    } catch (IOException e) {
      // What cannot be looked at cannot be opened; two words for it are one mistake all the same.
      return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }
  }
}
