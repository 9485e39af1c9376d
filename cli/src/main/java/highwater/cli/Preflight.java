package highwater.cli;

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
  private final Route route;
  private final Settings settings;

  /// Makes the check of a route whose sink is named.
  Preflight(Route route, Settings settings) {
    this.route = route;
    this.settings = settings;
  }

  /// Throws where the run must not begin; tells `remark` of leftovers.
  void check(Consumer<String> remark) throws CommandException {
    var files = new ArrayList<End.File>();
    for (End end : Plan.written(route)) if (end instanceof End.File file) files.add(file);
    checkDifferent(files);
    for (End.File file : files) checkTarget(file);
    checkReport(files);
    for (End.File file : files) leftovers(file, remark);
  }

  private static void checkDifferent(List<End.File> files) throws CommandException {
    for (int i = 1; i < files.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (isSame(files.get(i).path(), files.get(j).path()) && !isSpecial(files.get(i).path())) {
          throw CommandException.usage(
              files.get(i).name() + " is written twice (expected: a file of its own for each" + " tee and the sink)");
        }
      }
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
        throw CommandException.refused(
            file.name() + " exists (expected: a new name; --force replaces it, --append adds to it)");
      }
      throw CommandException.failed(Failure.oneLine(String.valueOf(e.getMessage())), e);
    }
    boolean intoItself = settings.mode() == Settings.Mode.APPEND || settings.mode() == Settings.Mode.IN_PLACE;
    if (!intoItself || isSpecial(file.path())) return;
    for (End source : route.sources()) {
      if (source instanceof End.File read && isSame(read.path(), file.path())) {
        throw CommandException.refused(
            file.name()
                + " is a source too (expected: another sink, or --force, which replaces it"
                + " when all is read)");
      }
    }
  }

  private void checkReport(List<End.File> written) throws CommandException {
    Path report = settings.reportFile();
    if (report == null) return;
    var used = new ArrayList<>(written);
    for (End source : route.sources()) if (source instanceof End.File file) used.add(file);
    for (End.File file : used) {
      if (isSame(file.path(), report) && !isSpecial(report)) {
        throw CommandException.usage("--report: " + report + " is a source or a sink (expected: a file of its own)");
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

  private static boolean isSpecial(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path);
  }

  private static boolean isSame(Path one, Path other) {
    if (one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())) return true;
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // One of them does not exist.
    }
  }
}
