package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole experiment over a few megabytes, with real children.
///
/// Nothing here depends on how fast the machine is: what the stream before gzip held at most is a matter of marks.
class ExperimentTest {
  private static final long SIZE_BYTES = 6_000_000;
  private static final long MARK_BYTES = 64 << 10;

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int lab(String... words) {
    var line = new ArrayList<>(List.of(words));
    line.addAll(
        List.of("--folder", folder.toString(), "--out", folder.resolve("report.html").toString(), "--node", "never"));
    return Lab.run(
        line, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  /// The figures called `name`, in the order of the document.
  private List<Long> figures(String name) {
    var found = new ArrayList<Long>();
    var matcher = Pattern.compile('"' + name + "\":([0-9]+)").matcher(out.toString(StandardCharsets.UTF_8));
    while (matcher.find()) found.add(Long.parseLong(matcher.group(1)));
    return found;
  }

  @Test
  @Timeout(120)
  void whoRespectsTheAnswerHoldsAMarkAndWhoIgnoresItHoldsTheFile() throws IOException {
    int code = lab("--size", SIZE_BYTES + "B", "--trials", "1", "--pace", "4MB", "--reader", "max", "--json");
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(figures("bytesIn")).containsExactly(SIZE_BYTES, SIZE_BYTES);
    var crcs = figures("crc32");
    assertThat(crcs).hasSize(2);
    assertThat(crcs.get(0)).isPositive().isEqualTo(crcs.get(1));
    var peaks = figures("peakBufferedBytes");
    // A write is told false at the mark, and the chunk that reaches it may cross it.
    assertThat(peaks.get(0)).isBetween(MARK_BYTES, 2 * MARK_BYTES);
    assertThat(peaks.get(1)).isGreaterThan(10 * MARK_BYTES);
    assertThat(figures("drains").get(0)).isPositive();
    assertThat(figures("peakResidentBytes")).allMatch(bytes -> bytes > 20_000_000);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Pause Young");
    assertThat(folder.resolve("report.html")).content().contains(out.toString(StandardCharsets.UTF_8).strip());
    // The log, the collectors' logs and what was compressed are gone.
    assertOnlyTheReportIsLeft();
  }

  @Test
  @Timeout(120)
  void aRunThatDiesOfMemoryIsAResult() throws IOException {
    // All of it is read long before the pace lets a third of it through, into a heap that cannot hold it.
    int code = lab("--size", "120MB", "--trials", "1", "--pace", "60MB", "--reader", "max", "--heap", "64MiB");
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(" †")
        .contains("ignoring it did not: 1 of 1 runs died, the first after ")
        .contains("(OutOfMemoryError).");
    assertThat(folder.resolve("report.html")).exists();
  }

  @Test
  @Timeout(120)
  void anInterruptKillsTheChildrenAndRemovesTheFiles() throws IOException, InterruptedException {
    var line = new ArrayList<String>();
    // A shell's background jobs ignore SIGINT, and their children inherit it: the tests may run in one.
    line.addAll(List.of("env", "--default-signal=INT,TERM,HUP"));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Command.class.getName()));
    line.addAll(List.of("--size", "3MB", "--trials", "20", "--pace", "1MB", "--node", "never"));
    line.addAll(List.of("--folder", folder.toString(), "--out", folder.resolve("report.html").toString()));
    var process = new ProcessBuilder(line).start();
    try (var words = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      // The first trial is over, so the second one and its bystander begin.
      String said = words.readLine();
      while (said != null && !said.contains("trial 1 of ")) said = words.readLine();
      assertThat(said).isNotNull();
      var children = process.descendants().toList();
      // Not the process itself, which would close its words too.
      boolean _ = process.toHandle().destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(128 + 15);
      assertThat(words.readLine()).isEqualTo("highwater: lab interrupted; nothing is left behind");
      assertThat(words.readLine()).isNull();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      try (var files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private void assertOnlyTheReportIsLeft() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("report.html"));
    }
  }

  /// The command alone, in a process of its own.
  static final class Command {
    private Command() {}

    public static void main(String[] words) {
      System.exit(Lab.run(List.of(words), System.out, System.err));
    }
  }
}
