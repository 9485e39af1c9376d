package highwater.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Why a command could not be started, in one line.
///
/// The JDK gives the number of the system's error in a text, so the reasons are looked for once more, afterwards.
final class StartFailure {
  private static final Pattern SYSTEM_WORDS = Pattern.compile("error[=:] ?\\d+(?: \\(|, )([^)]*)\\)?");

  private StartFailure() {}

  static ProcessException of(Command command, IOException cause) {
    return new ProcessException("cannot run " + command.name() + ": " + reason(command, cause), cause);
  }

  private static String reason(Command command, IOException cause) {
    var directory = command.directory().orElse(null);
    if (directory != null && !Files.isDirectory(directory)) {
      return "its directory "
          + Words.printable(directory.toString())
          + (Files.exists(directory) ? " is no directory" : " does not exist")
          + " (expected: a directory to run it in; create it or name another)";
    }
    var program = command.words().getFirst();
    if (program.contains("/")) {
      var path = directory == null ? Path.of(program) : directory.resolve(program);
      if (!Files.exists(path)) return "no such program (expected: an executable file; check the path)";
      return ofFile(path, cause);
    }
    var path = System.getenv("PATH");
    for (var place : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      var candidate = Path.of(place.isEmpty() ? "." : place).resolve(program);
      if (Files.isRegularFile(candidate)) return ofFile(candidate, cause);
    }
    return "no such program on the PATH (expected: an installed program; install it, or give its path with a /)";
  }

  private static String ofFile(Path program, IOException cause) {
    if (Files.isDirectory(program)) return "it is a directory (expected: an executable file; name a program in it)";
    if (!Files.isExecutable(program)) {
      return "permission denied (expected: an executable file; `chmod +x` makes it one)";
    }
    var words = systemWords(cause);
    return words.equals("no such file or directory")
        ? "the interpreter in its first line does not exist (expected: a program that this system can run)"
        : words + " (expected: a program that this system can run with these words and this environment)";
  }

  private static String systemWords(IOException cause) {
    var message = String.valueOf(cause.getMessage());
    var matcher = SYSTEM_WORDS.matcher(message);
    var words = Words.printable(Words.masked(matcher.find() ? matcher.group(1) : message));
    return words.isEmpty() ? words : Character.toLowerCase(words.charAt(0)) + words.substring(1);
  }
}
