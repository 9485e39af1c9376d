package highwater.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A contender that is a program: it is told its words and prints its figures, `HEADING = VALUE` a line.
///
/// @param name what tables call it
/// @param missing why it cannot run here, or an empty text
/// @param command the command line for a pace
record ChildProcess(String name, String missing, Function<Pace, List<String>> command) implements Contender {
  @Override
  public String isMissing() {
    return missing;
  }

  @Override
  public Map<String, Double> sample(Pace pace) throws IOException, InterruptedException {
    var figures = new LinkedHashMap<String, Double>();
    for (var line : output(command.apply(pace)).lines().toList()) {
      var parts = line.split(" = ", 2);
      if (parts.length != 2) throw new IOException(name + " printed: " + line + " (expected: HEADING = VALUE)");
      figures.put(parts[0], Double.parseDouble(parts[1]));
    }
    return figures;
  }

  /// Runs a command and returns what it has printed; throws where it fails.
  static String output(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != 0) throw new IOException(String.join(" ", command) + " ended with " + status + ": " + text);
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  /// The command line of a class of ours in a JVM of this kind.
  static List<String> java(List<String> options, Class<?> main, List<String> words) {
    return java(System.getProperty("java.class.path"), options, main, words);
  }

  /// The same where of all libraries there are only those whose jars' names begin so: what others weigh is not seen.
  static List<String> javaWith(List<String> jars, List<String> options, Class<?> main, List<String> words) {
    var classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(
                entry ->
                    !entry.endsWith(".jar") || jars.stream().anyMatch(Path.of(entry).toFile().getName()::startsWith))
            .collect(Collectors.joining(File.pathSeparator));
    return java(classPath, options, main, words);
  }

  private static List<String> java(String classPath, List<String> options, Class<?> main, List<String> words) {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", classPath, main.getName()));
    line.addAll(words);
    return line;
  }
}
