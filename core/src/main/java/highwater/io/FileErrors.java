package highwater.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Words for what the file system reports: one line that says what happened, what was expected, and what to do.
final class FileErrors {
  /// The position of an error that happened before the first byte.
  static final long WHILE_OPENING = -1;

  private FileErrors() {}

  /// The name as the user gave it, on one line: control characters are written as `\x0a`.
  static String printable(Path path) {
    return printable(path.toString());
  }

  static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) return text;
    var line = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) line.append(String.format(Locale.ROOT, "\\x%02x", c));
              else line.append((char) c);
            });
    return line.toString();
  }

  static IOException reading(String name, long positionBytes, IOException cause) {
    return new IOException(
        "cannot read " + name + at(positionBytes) + ": " + reason(cause) + " (" + readAdvice(cause) + ")", kept(cause));
  }

  static IOException listing(Path folder, IOException cause) {
    return new IOException(
        "cannot list " + printable(folder) + ": " + reason(cause) + " (" + listAdvice(cause) + ")", kept(cause));
  }

  /// `afterwards` says what the target then is, such as `out.gz is as it was`.
  static IOException writing(String name, long positionBytes, IOException cause, @Nullable String afterwards) {
    var message =
        "cannot write "
            + name
            + at(positionBytes)
            + ": "
            + reason(cause)
            + " ("
            + writeAdvice(cause)
            + (afterwards == null ? "" : "; " + afterwards)
            + ")";
    return isBrokenPipe(cause) ? new BrokenPipeException(message, cause) : new IOException(message, kept(cause));
  }

  static Refusal directory() {
    return new Refusal("it is a directory", "expected: a file; name a file in it");
  }

  /// A refusal says everything in the line made of it; anything else stays as the cause.
  private static @Nullable IOException kept(IOException cause) {
    return cause instanceof Refusal ? null : cause;
  }

  /// What a thread of ours failed with, to be thrown on the strand.
  static Exception thrown(@Nullable Throwable failure) {
    return switch (failure) {
      case Exception e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException("failed without a reason", failure);
    };
  }

  private static String at(long positionBytes) {
    return positionBytes == WHILE_OPENING ? "" : " at byte " + positionBytes;
  }

  /// What happened, in the system's words where it has any.
  static String reason(IOException cause) {
    return switch (cause) {
      case Refusal refusal -> printable(String.valueOf(refusal.getMessage()));
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "it is no directory";
      case FileAlreadyExistsException _ -> "a file of this name exists";
      case FileSystemLoopException _ -> "too many levels of symbolic links";
      case ClosedByInterruptException _ -> "the thread was interrupted, which closes its file";
      case FileSystemException e when e.getReason() != null -> decapitalised(e.getReason());
      default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : decapitalised(cause.getMessage());
    };
  }

  private static String readAdvice(IOException cause) {
    return switch (cause) {
      case Refusal refusal -> refusal.advice;
      case NoSuchFileException _ -> "expected: an existing file; check the name";
      case AccessDeniedException _ ->
          "expected: a file this user may read; check its permissions and those of its directories";
      case FileSystemLoopException _ -> "expected: links that end at a file; check where they lead";
      default -> commonAdvice(cause, "expected: a file that can be read to its end; the system's log may say more");
    };
  }

  private static String listAdvice(IOException cause) {
    return switch (cause) {
      case Refusal refusal -> refusal.advice;
      case NoSuchFileException _ -> "expected: an existing directory; check the name";
      case NotDirectoryException _ -> "expected: a directory; read a file instead";
      case AccessDeniedException _ -> "expected: a directory this user may list; check its permissions";
      default -> commonAdvice(cause, "expected: a directory that can be listed; the system's log may say more");
    };
  }

  private static String writeAdvice(IOException cause) {
    return switch (cause) {
      case Refusal refusal -> refusal.advice;
      case NoSuchFileException _ -> "expected: an existing directory; create it first";
      case AccessDeniedException _ -> "expected: a file and a directory this user may write; check their permissions";
      case FileAlreadyExistsException _ -> "expected: no file of this name; choose another, or replace it";
      case FileSystemLoopException _ -> "expected: links that end at a file; check where they lead";
      default ->
          isBrokenPipe(cause)
              ? "expected: a reader until all is written; nobody reads the rest"
              : commonAdvice(cause, "expected: a file that takes every byte; the system's log may say more");
    };
  }

  /// Advice by the C library's message; one in another language gets `otherwise`.
  private static String commonAdvice(IOException cause, String otherwise) {
    return switch (reason(cause)) {
      case "no space left on device" -> "expected: room for the rest; free some space, then run again";
      case "disk quota exceeded" -> "expected: quota for the rest; free some space, then run again";
      case "file too large" -> "expected: a size that the file system and `ulimit -f` allow";
      case "not a directory" -> "expected: a directory before each / of the path; check the path";
      case "read-only file system" -> "expected: a file system mounted for writing; choose another place";
      case "device or resource busy" ->
          "expected: a file that can be replaced, which a mount point cannot; write it in place";
      case "too many open files" -> "expected: a free descriptor; close some, or raise `ulimit -n`";
      case "file name too long" -> "expected: at most 255 bytes between two /; choose a shorter name";
      case "no such device or address" -> "expected: a file, FIFO or device; a socket cannot be opened by its name";
      case "the thread was interrupted, which closes its file" ->
          "expected: a run without interrupts; cancel it instead";
      default -> otherwise;
    };
  }

  private static String decapitalised(String words) {
    var line = printable(words);
    return line.length() > 1 && Character.isLowerCase(line.charAt(1))
        ? Character.toLowerCase(line.charAt(0)) + line.substring(1)
        : line;
  }

  /// Whether a write failed because nobody reads any more. Java hands on the C library's words alone, in its language.
  static boolean isBrokenPipe(IOException cause) {
    var message = cause.getMessage();
    return message != null && (message.equals("Broken pipe") || message.equals(BrokenPipeWords.HERE));
  }

  /// Holds what the C library calls a broken pipe under this locale, found by breaking one.
  private static final class BrokenPipeWords {
    static final String HERE = find();

    private static String find() {
      try {
        var pipe = Pipe.open();
        try (var sink = pipe.sink()) {
          pipe.source().close();
          sink.write(ByteBuffer.allocate(1));
        }
      } catch (IOException e) {
        if (e.getMessage() != null) return e.getMessage();
      }
      return "Broken pipe";
    }
  }
}
