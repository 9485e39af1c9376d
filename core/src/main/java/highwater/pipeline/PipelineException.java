package highwater.pipeline;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Says which stage of a pipeline failed first, and where; the cause is the very object that it failed with.
///
/// What failed later, while the run was being undone, is suppressed.
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The stage's name.
  private final String stage;

  /// How far it had come.
  private final long positionBytes;

  /// Makes the report that `stage` failed with `cause` after `positionBytes` of its input, or of its output for an
  /// origin.
  public PipelineException(String stage, long positionBytes, Throwable cause) {
    super(stage + " failed at byte " + ByteSizes.grouped(positionBytes) + ": " + describe(stage, cause), cause);
    this.stage = stage;
    this.positionBytes = positionBytes;
  }

  /// The name of the stage that failed.
  public String stage() {
    return stage;
  }

  /// The bytes of its input that it had used up, or for an origin those it had given; objects count nothing. A stage that is a
  /// stream of the user's counts the chunk at work as used up, since nobody can see how far in it is.
  public long positionBytes() {
    return positionBytes;
  }

  /// One line for `cause`: its message, in words where the JDK's would be a bare file name.
  private static String describe(String stage, Throwable cause) {
    var message = cause.getMessage();
    if (message == null || message.isBlank()) return cause.getClass().getSimpleName();
    if (cause instanceof FileSystemException file && file.getReason() == null) {
      if (cause instanceof NoSuchFileException) return message + ": no such file";
      if (cause instanceof AccessDeniedException) return message + ": permission denied";
      if (cause instanceof FileAlreadyExistsException) return message + ": exists already";
      return message + ": " + cause.getClass().getSimpleName();
    }
    var line = message.lines().findFirst().orElse(message);
    return line.startsWith(stage + ": ") ? line.substring(stage.length() + 2) : line;
  }
}
