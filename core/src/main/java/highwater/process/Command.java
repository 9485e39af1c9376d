package highwater.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program and how it is started: its words, its directory, and what its environment has that this process's has not.
///
/// No shell looks at the words unless [#shell(String)] made it. Unless edited, the environment is this process's, untouched.
/// Thread rule: immutable.
///
/// @param words the program and its arguments; at least one, none with a NUL
/// @param isShell whether the words are `/bin/sh -c SCRIPT`, so that the script names it
/// @param directory where it runs; this process's where empty
/// @param environment edits: a variable's new value, or empty to remove it
public record Command(
    List<String> words, boolean isShell, Optional<Path> directory, Map<String, Optional<String>> environment) {
  /// Checks and freezes everything; messages have no word in them, which might be a secret.
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    requireNonNull(directory, "directory");
    if (words.isEmpty() || words.getFirst().isEmpty()) {
      throw new IllegalArgumentException("command: no program (expected: a program, then its arguments)");
    }
    for (int i = 0; i < words.size(); i++) checkNoNul("word " + (i + 1) + " of the command", words.get(i));
    environment.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.contains("=")) {
            throw new IllegalArgumentException("environment: a bad name (expected: a name without =)");
          }
          checkNoNul("a name in the environment", name);
          checkNoNul("a value in the environment", value.orElse(""));
        });
  }

  private static void checkNoNul(String what, String text) {
    if (text.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          what + " contains a NUL character (expected: none, for the system ends it there)");
    }
  }

  /// `program` with `arguments`, as they are; a name without `/` is looked for on the `PATH`.
  public static Command of(String program, String... arguments) {
    var words = new ArrayList<String>(arguments.length + 1);
    words.add(program);
    words.addAll(List.of(arguments));
    return of(words);
  }

  /// The program and the arguments that `words` are.
  public static Command of(List<String> words) {
    return new Command(words, false, Optional.empty(), Map.of());
  }

  /// `/bin/sh -c script`: pipes, redirections and variables work, and so does everything in a name that was not quoted.
  public static Command shell(String script) {
    return new Command(List.of("/bin/sh", "-c", script), true, Optional.empty(), Map.of());
  }

  /// The same, run in `directory`, from which a program named with a `/` is found.
  public Command directory(Path directory) {
    return new Command(words, isShell, Optional.of(directory), environment);
  }

  /// The same, with the variable `name` set to `value`.
  public Command environment(String name, String value) {
    return edited(name, Optional.of(value));
  }

  /// The same, without the variable `name`.
  public Command withoutEnvironment(String name) {
    return edited(name, Optional.empty());
  }

  private Command edited(String name, Optional<String> value) {
    var edited = new LinkedHashMap<>(environment);
    edited.put(name, value);
    return new Command(words, isShell, directory, edited);
  }

  /// What messages, plans and reports call it: `exec:pg_dump shop`, `sh:a | b`.
  ///
  /// On one line and at most 80 characters long. What looks like a secret in it (the user part of a URL, `password=…`) is
  /// written as `***`; that is a courtesy, for every user of the machine can read the words of a running process.
  public String name() {
    var text = isShell ? "sh:" + words.getLast() : "exec:" + String.join(" ", words);
    return Words.cut(Words.printable(Words.masked(text)));
  }

  /// The name: neither values of the environment nor hidden words.
  @Override
  public String toString() {
    return name();
  }

  /// A builder with everything but the pipes.
  ProcessBuilder builder() {
    var builder = new ProcessBuilder(words);
    directory.ifPresent(path -> builder.directory(path.toFile()));
    // The map is not even asked for without need: the child then gets the very block of this process.
    if (!environment.isEmpty()) {
      environment.forEach(
          (name, value) ->
              value.ifPresentOrElse(
                  text -> builder.environment().put(name, text), () -> builder.environment().remove(name)));
    }
    return builder;
  }
}
