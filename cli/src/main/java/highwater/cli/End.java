package highwater.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// A source or a sink as the command line names it.
sealed interface End {
  /// What messages call it.
  String name();

  /// The word `-`, or no word at all: stdin as a source, stdout as a sink.
  record Stdio(String name) implements End {
    static final Stdio IN = new Stdio("stdin");
    static final Stdio OUT = new Stdio("stdout");
  }

  /// A path; `name` is as it was written.
  record File(String name, Path path) implements End {
    /// Makes a file of a word; throws where this locale cannot read or write the name.
    static File of(String name) throws CommandException {
      // The JVM reads words as the locale says and puts U+FFFD where that fails: the name of another file.
      if (name.indexOf('\uFFFD') >= 0) {
        throw CommandException.usage(
            name
                + ": the name is not UTF-8, and its bytes are lost here (expected: a name in UTF-8; go through the"
                + " shell: … > NAME, < NAME)");
      }
      try {
        return new File(name, Path.of(name));
      } catch (InvalidPathException e) {
        throw CommandException.usage(
            name + ": no name of a file here: " + e.getReason() + " (try: LC_ALL=C.UTF-8 highwater …)");
      }
    }

    /// Whether it names a folder, into which a file is to go under its own name.
    boolean endsInSlash() {
      return name.endsWith("/") || name.endsWith(java.io.File.separator);
    }
  }
}
