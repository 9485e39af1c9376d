package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.pipeline.CancelledException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `highwater lab marks FILE`, from its words to what is left on the disk.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MarksCommandTest {
  private static final int FILE_BYTES = 300_000;

  @TempDir private Path folder;
  private Path file;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("in put");
    var bytes = new byte[FILE_BYTES];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
  }

  @Test
  void twoMarksAreRunAndPrintedAndNothingIsLeft() {
    var ended = lab(file.toString(), "--from", "64KiB", "--to", "128KiB", "--repeat", "3", "--seed=7");
    assertThat(ended.code()).as(ended.err()).isZero();
    var lines = ended.out().lines().toList();
    assertThat(lines.getFirst())
        .isEqualTo(
            file
                + ", 300 kB: read with each mark ▶ CRC-32C ▶ a file, in the system’s cache; median and middle half of 3"
                + " runs, seed 7");
    assertThat(lines).filteredOn(line -> line.startsWith(" 64 KiB")).hasSize(1);
    // 300,000 bytes are 5 chunks of 64 KiB, and 3 of 128 KiB.
    assertThat(row(lines, " 64 KiB")).contains("  5  ").contains("128 KiB");
    assertThat(row(lines, "128 KiB")).contains("  3  ").contains("192 KiB");
    assertThat(lines.getLast()).startsWith("No knee: the file is too small to tell marks apart");
    assertThat(ended.err()).contains("7 runs, which read and write 2.10 MB in all").contains("64 MiB or more");
    assertThat(left(folder)).containsExactly("in put");
  }

  @Test
  void theDocumentHasEveryRun() {
    var ended = lab("--json", "--read-only", "--from=1000", "--to=2048", "--repeat=2", file.toString());
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out())
        .startsWith(
            "{\"file\":\"" + file + "\",\"bytes\":300000,\"writes\":false,\"sync\":false,\"repeat\":2,\"seed\":1,")
        .containsPattern(
            "\\{\"markBytes\":1000,\"medianRate\":\\d+,.*\"seconds\":\\[[\\d.]+,[\\d.]+],.*\"chunks\":300,")
        .containsPattern("\"markBytes\":1024,.*\"chunks\":293,\"inFlightBytes\":1024}")
        .containsPattern("\"markBytes\":2048,.*\"chunks\":147,")
        .containsPattern("\"differs\":false,\"sentence\":\"[^\"]+\"}\n$");
    assertThat(left(folder)).containsExactly("in put");
  }

  @Test
  void theCopyGoesWhereItIsTold() throws IOException {
    var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    var ended = lab(file.toString(), "--dir", elsewhere.toString(), "--from=64K", "--to=64K", "--repeat=1", "--sync");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("a file, to the disk (fsync)");
    assertThat(left(elsewhere)).isEmpty();
    var missing = lab(file.toString(), "--dir", folder.resolve("nowhere").toString());
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).matches("highwater: .*/nowhere is no directory \\(expected: --dir DIR, .*\\)\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FILE --from 8K --to 4K   | 2 | marks from 8 KiB to 4 KiB (expected: --from SIZE no larger
          FILE --to 1G             | 2 | and that 16 MiB at most
          FILE --repeat 0          | 2 | --repeat: 0 (expected: a whole number from 1 to 100)
          FILE --read-only --sync  | 2 | --sync says nothing with --read-only
          FILE --read-only --dir / | 2 | --dir says nothing with --read-only
          FILE FILE                | 2 | 2 words after it (expected: highwater lab marks FILE)
          --json                   | 2 | FILE is missing
          FILE/nothing             | 1 | (expected: a file
          /nothing/here            | 1 | there is no /nothing/here (expected: a file of 64 MiB or more)
          /                        | 1 | / is a directory (expected: a regular file
          /dev/null                | 1 | /dev/null is no regular file (expected: a regular file
          EMPTY                    | 1 | is empty (expected: a file
          """)
  void whatCannotBeDoneIsSaidInOneLine(String words, int code, String message) throws IOException {
    Files.createFile(folder.resolve("empty"));
    var line = new ArrayList<String>();
    for (String word : words.strip().split(" ", -1)) {
      line.add(word.replace("FILE", file.toString()).replace("EMPTY", folder.resolve("empty").toString()));
    }
    var ended = lab(line.toArray(String[]::new));
    assertThat(ended.err()).matches("highwater: [^\n]*\n").contains(message);
    assertThat(ended.code()).isEqualTo(code);
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void aFileThatMayNotBeReadIsSaid() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
    assumeTrue(!Files.isReadable(file), "this user may read everything");
    var ended = lab(file.toString());
    assertThat(ended.err()).isEqualTo("highwater: " + file + " cannot be read (expected: a file this user may read)\n");
    assertThat(ended.code()).isEqualTo(1);
  }

  @Test
  void theOrderComesFromTheSeedAndEveryRoundHasEveryMark() throws IOException {
    var marks = List.of(1024L, 2048L, 4096L, 8192L, 16384L);
    var orders = new ArrayList<List<Long>>();
    for (long seed : new long[] {1, 1, 2}) {
      var order = new ArrayList<Long>();
      new MarkSweep(new MarkSweep.Plan(file, null, false, marks, 3, seed), (run, _, mark) -> add(order, run, mark))
          .run();
      for (int round = 0; round < 3; round++) {
        assertThat(order.subList(round * 5, round * 5 + 5)).containsExactlyInAnyOrderElementsOf(marks);
      }
      orders.add(order);
    }
    assertThat(orders.get(1)).isEqualTo(orders.get(0));
    assertThat(orders.get(2)).isNotEqualTo(orders.get(0));
  }

  private static void add(List<Long> order, int run, long mark) {
    if (run > 0) order.add(mark);
  }

  @Test
  void aFileThatChangesMeanwhileFailsTheSweep() {
    var target = folder.resolve("copy");
    var plan = new MarkSweep.Plan(file, target, false, List.of(4096L), 5, 1);
    var sweep = new MarkSweep(plan, (run, _, _) -> append(run));
    assertThatThrownBy(sweep::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed while it was read: 300000 bytes, then 300001");
    assertThat(left(folder)).containsExactly("in put");
  }

  private void append(int run) {
    try {
      if (run == 2) Files.write(file, new byte[FILE_BYTES + 1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSweepThatIsStoppedFromAnotherThreadEndsAndLeavesNothing() {
    var target = folder.resolve("copy");
    var sweeps = new ArrayList<MarkSweep>();
    var plan = new MarkSweep.Plan(file, target, false, List.of(4096L, 8192L), 50, 1);
    sweeps.add(
        new MarkSweep(
            plan,
            (run, _, _) -> {
              if (run != 3) return;
              var thread = Thread.ofPlatform().daemon().start(() -> sweeps.getFirst().stop("enough"));
              // It waits once it has cancelled.
              while (thread.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
            }));
    assertThatThrownBy(sweeps.getFirst()::run).isInstanceOf(CancelledException.class).hasMessageContaining("enough");
    assertThat(left(folder)).containsExactly("in put");
  }

  @Test
  void anInterruptEndsTheProcessWith130AndLeavesNoFile() throws Exception {
    Files.write(file, new byte[8_000_000]); // So that the runs take far longer than a signal.
    var line =
        new ProcessBuilder(
            "env",
            "--default-signal=INT",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            LabProcess.class.getName(),
            "marks",
            file.toString(),
            "--repeat=100");
    var process = line.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try (var err = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      assertThat(err.readLine()).isEqualTo("1101 runs, which read and write 8.81 GB in all");
      // The remark that the file is small comes when all is ready to begin.
      assertThat(err.readLine()).startsWith("warning: ");
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(err.readAllAsString()).isEqualTo("highwater: interrupted; no temporary file is left\n");
      assertThat(process.waitFor()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    assertThat(left(folder)).containsExactly("in put");
  }

  @Test
  void theHelpNamesEveryOption() {
    var ended = lab("--help");
    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .contains("highwater lab marks FILE [OPTION…]")
        .contains("--from SIZE", "--to SIZE", "--repeat N", "--seed N", "--read-only", "--dir DIR", "--sync", "--json");
  }

  private static String row(List<String> lines, String start) {
    return lines.stream().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
  }

  private static List<String> left(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isRegularFile).map(entry -> entry.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Ended lab(String... words) {
    var line = new ArrayList<>(List.of("marks"));
    line.addAll(List.of(words));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Lab.run(
            line,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
