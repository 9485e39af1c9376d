package highwater.cli;

import highwater.io.BrokenPipeException;
import highwater.pipeline.PipelineException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// Turns what ended a run into one line and an exit code.
final class Failure {
  /// What to say when the heap is full.
  static final String OUT_OF_MEMORY =
      "out of memory (expected: a run within its bound, see --explain; take fewer workers, a smaller block= or --mark,"
          + " or a larger heap: HIGHWATER_OPTS=-Xmx256m)";

  private Failure() {}

  private static boolean isFolderReadAsFile(String name, Route route) {
    if (route.packing() != null) return false;
    for (End source : route.sources()) {
      if (source instanceof End.File file && file.name().equals(name) && Files.isDirectory(file.path())) return true;
    }
    return false;
  }

  /// What to say and answer for `error`, which ended the run of `route`.
  static CommandException of(Throwable error, Route route) {
    if (has(error, OutOfMemoryError.class)) return CommandException.failed(OUT_OF_MEMORY, error);
    if (!(error instanceof PipelineException failed)) {
      return CommandException.failed(oneLine(String.valueOf(error.getMessage())), error);
    }
    if (has(error, BrokenPipeException.class) && route.writesStdout(failed.stage())) {
      return new CommandException(ExitCode.BROKEN_PIPE, "stdout: nobody reads any more", error);
    }
    if (has(error, FileAlreadyExistsException.class)) {
      return new CommandException(ExitCode.REFUSED, message(failed) + "; --force replaces it", error);
    }
    String hint = "";
    if (has(error, NoSuchFileException.class)) {
      String meant = Route.meantStage(failed.stage());
      if (meant != null) hint = "; did you mean the stage " + meant + "?";
    } else if (isFolderReadAsFile(failed.stage(), route)) {
      hint = "; tar or zip behind it packs a folder";
    }
    return CommandException.failed(message(failed) + hint + besides(failed), error);
  }

  /// What went wrong while the run was undone: somebody has to clean up.
  private static String besides(PipelineException failed) {
    var besides = new StringBuilder();
    for (Throwable later : failed.getSuppressed()) {
      besides.append("; besides: ").append(oneLine(String.valueOf(later.getMessage())));
    }
    return besides.toString();
  }

  /// Why a report could not be written.
  static String ofReport(Exception error) {
    String why = error instanceof PipelineException failed ? message(failed) : String.valueOf(error.getMessage());
    return "its report could not be written: " + why;
  }

  /// The cause's own line; the stage's name is put before it where it does not say it itself.
  private static String message(PipelineException failed) {
    var cause = failed.getCause();
    String message = cause == null ? null : cause.getMessage();
    if (message == null || message.isBlank()) return oneLine(String.valueOf(failed.getMessage()));
    message = inOptions(message);
    boolean saysWho = message.startsWith("cannot ") || message.contains(failed.stage());
    return oneLine(saysWho ? message : failed.stage() + ": " + message);
  }

  /// The library's advice in the command's words.
  private static String inOptions(String message) {
    return message
        .replace("with connectTimeout)", "with --connect-timeout)")
        .replace("with acceptTimeout)", "with --connect-timeout)")
        .replace("with idleTimeout)", "with --idle-timeout)")
        .replace("look at those of the data source)", "set PGUSER and PGPASSWORD, or a line in ~/.pgpass)")
        .replace("by awaitPeerEnd(false)", "by --send-only")
        .replace("with Tls.trusting(…))", "with --tls-ca FILE)")
        .replace("with Tls.requiringClients(…))", "with --tls-client-ca FILE)")
        .replace("with Tls.showing(…))", "with --tls-cert FILE and --tls-key FILE)")
        .replace(": Tls.showing(…))", ": --tls-cert FILE, --tls-key FILE)");
  }

  private static boolean has(Throwable error, Class<? extends Throwable> kind) {
    for (@Nullable Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) return true;
    }
    return false;
  }

  /// The text with its control characters as spaces, so that it is one line whatever a file is called.
  static String oneLine(String text) {
    var line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) if (Character.isISOControl(line.charAt(i))) line.setCharAt(i, ' ');
    return line.toString();
  }
}
