package highwater.archive;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the file system says of a folder's files, in one line: what happened, what was expected, what to do.
final class DiskErrors {
  private DiskErrors() {}

  static IOException reading(String path, IOException cause) {
    var advice =
        switch (cause) {
          case NoSuchFileException _ -> "a folder that nobody changes while it is packed; run again";
          case AccessDeniedException _ -> "what this user may read; check its permissions";
          default -> "what can be read to its end; the system's log may say more";
        };
    return new IOException(
        "cannot read " + Shown.name(path) + ": " + reason(cause) + " (expected: " + advice + ")", cause);
  }

  static IOException writing(String path, IOException cause, String afterwards) {
    var advice =
        switch (cause) {
          case AccessDeniedException _ -> "a folder this user may write; check its permissions";
          case NoSuchFileException _ -> "a folder around it, which nobody else changes; create it first";
          default ->
              switch (reason(cause)) {
                case "no space left on device", "disk quota exceeded" ->
                    "room for the rest; free some space, then run again";
                case "file name too long" -> "at most 255 bytes between two /, and 4,095 with the folder before it";
                case "invalid cross-device link" -> "one file system; unpack elsewhere, and move the files by hand";
                default -> "a folder that takes every file; the system's log may say more";
              };
        };
    return new IOException(
        "cannot write " + Shown.name(path) + ": " + reason(cause) + " (expected: " + advice + afterwards + ")", cause);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "a file of this name exists";
      case NotDirectoryException _ -> "it is no folder";
      case FileSystemException system -> decapitalised(system.getReason());
      default -> decapitalised(cause.getMessage());
    };
  }

  private static String decapitalised(@Nullable String words) {
    if (words == null || words.isEmpty()) return "it failed without a reason";
    return words.substring(0, 1).toLowerCase(Locale.ROOT) + Shown.name(words.substring(1));
  }
}
