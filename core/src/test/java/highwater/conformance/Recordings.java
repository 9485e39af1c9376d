package highwater.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/// Recorded scenarios: the project's own, or a folder's `.jsonl.gz` and `.jsonl` files, one
/// scenario a line.
final class Recordings {
  private static final ObjectReader SCENARIOS =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build()
          .readerFor(Scenario.class);

  private static final List<String> OWN =
      List.of(
          "writable",
          "readable",
          "transform",
          "duplex",
          "pipe",
          "pipeline",
          "construct",
          "finished",
          "throws",
          "pipes",
          "iteration",
          "operators");

  /// A recording that cannot be read; the message is one line that says which and why.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message.lines().findFirst().orElse(message));
    }

    Unreadable(String file, IOException cause) {
      this(file + ": cannot be read: " + cause);
    }
  }

  private Recordings() {}

  /// Reads the project's own recordings.
  static void own(Consumer<Scenario> reader) throws Unreadable {
    for (var family : OWN) {
      var name = family + ".jsonl.gz";
      try (var stream = Recordings.class.getResourceAsStream("/conformance/" + name)) {
        if (stream == null) throw new Unreadable("/conformance/" + name + ": no such resource");
        read(name, stream, reader);
      } catch (IOException e) {
        throw new Unreadable(name, e);
      }
    }
  }

  /// Reads every recording of `folder`, in the order of their names.
  static void folder(Path folder, Consumer<Scenario> reader) throws Unreadable {
    if (!Files.isDirectory(folder)) {
      throw new Unreadable(folder + ": no such folder (expected: one of .jsonl.gz or .jsonl files)");
    }
    for (var file : files(folder)) {
      try (var stream = Files.newInputStream(file)) {
        read(file.toString(), stream, reader);
      } catch (IOException e) {
        throw new Unreadable(file.toString(), e);
      }
    }
  }

  private static List<Path> files(Path folder) throws Unreadable {
    try (var entries = Files.list(folder)) {
      var files =
          entries
              .filter(file -> file.toString().endsWith(".jsonl.gz") || file.toString().endsWith(".jsonl"))
              .sorted()
              .toList();
      if (files.isEmpty()) throw new Unreadable(folder + ": holds no .jsonl.gz or .jsonl file");
      return files;
    } catch (IOException e) {
      throw new Unreadable(folder.toString(), e);
    }
  }

  private static void read(String name, InputStream stream, Consumer<Scenario> reader) throws IOException, Unreadable {
    var bytes = name.endsWith(".gz") ? new GZIPInputStream(stream) : stream;
    var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    int number = 0;
    for (String line; (line = lines.readLine()) != null; ) {
      number++;
      if (line.isBlank()) continue;
      reader.accept(scenario(name + ":" + number, line));
    }
  }

  private static Scenario scenario(String place, String line) throws Unreadable {
    try {
      Scenario scenario = SCENARIOS.readValue(line);
      if (scenario == null) throw new Unreadable(place + ": not a scenario: " + line);
      return scenario;
    } catch (JsonProcessingException e) {
      throw new Unreadable(place + ": not a scenario: " + e.getOriginalMessage());
    }
  }
}
