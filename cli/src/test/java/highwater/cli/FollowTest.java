package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--follow`, and FIFOs as source and sink, in a process of its own. What comes is read line by line from a FIFO, so nothing
/// depends on time.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowTest {
  @TempDir Path folder;

  private void append(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private Path fifo(String name) throws Exception {
    var made = new ProcessBuilder("mkfifo", name).directory(folder.toFile()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    return folder.resolve(name);
  }

  /// Waits until the child comes: opening a FIFO waits for its other side.
  private BufferedReader lines(Path fifo) throws IOException {
    return Files.newBufferedReader(fifo);
  }

  @Test
  void whatIsAddedComesAlsoAfterARotationUntilAnInterrupt() throws Exception {
    append("app.log", "one\n");
    var out = fifo("out");
    try (var child = Child.start(folder, "pipe", "--follow", "app.log", "./out");
        var lines = lines(out)) {
      assertThat(lines.readLine()).isEqualTo("one");
      append("app.log", "two\n");
      assertThat(lines.readLine()).isEqualTo("two");
      Files.move(folder.resolve("app.log"), folder.resolve("app.log.1"));
      append("app.log.1", "three\n");
      append("app.log", "four\n");
      assertThat(lines.readLine()).isEqualTo("three");
      assertThat(lines.readLine()).isEqualTo("four");
      child.signal("INT");
      assertThat(lines.readLine()).isNull();
      var ended = child.ended();
      assertThat(ended.code()).isEqualTo(130);
      assertThat(ended.err())
          .isEqualTo(
              """
              highwater: app.log is another file now; the old one is read to its end first
              highwater: interrupted after 19 B
              """);
    }
  }

  @Test
  void aFileThatIsNotThereIsWaitedFor() throws Exception {
    var out = fifo("out");
    try (var child = Child.start(folder, "pipe", "--follow", "app.log", "./out");
        var lines = lines(out)) {
      append("app.log", "one\n");
      assertThat(lines.readLine()).isEqualTo("one");
      child.signal("TERM");
      var ended = child.ended();
      assertThat(ended.code()).isEqualTo(143);
      assertThat(ended.err()).endsWith("highwater: interrupted after 4 B\n");
    }
  }

  @Test
  void aFileThatIsCutIsSaidUnlessQuiet() throws Exception {
    append("app.log", "a long line\n");
    var out = fifo("out");
    try (var child = Child.start(folder, "pipe", "--follow", "app.log", "count", "./out", "--quiet");
        var lines = lines(out)) {
      assertThat(lines.readLine()).isEqualTo("a long line");
      Files.writeString(folder.resolve("app.log"), "two\n");
      assertThat(lines.readLine()).isEqualTo("two");
      child.signal("INT");
      assertThat(child.ended().err()).isEqualTo("highwater: interrupted after 16 B\n");
    }
  }

  @Test
  void aQuietFileEndsTheRunWell() throws Exception {
    append("app.log", "one\ntwo\nthree\n");
    Child.run(folder, "pipe", "app.log", "./all", "--follow-idle", "50ms").quietly();
    assertThat(folder.resolve("all")).hasContent("one\ntwo\nthree\n");
    Child.run(folder, "pipe", "app.log", "./last", "--follow-lines=2", "--follow-idle=50ms").quietly();
    assertThat(folder.resolve("last")).hasContent("two\nthree\n");
    Child.run(folder, "pipe", "app.log", "./none", "--follow-lines=0", "--follow-idle=50ms").quietly();
    assertThat(folder.resolve("none")).hasContent("");
  }

  @Test
  void aFileAsTheSinkDoesNotAppearWhenAnEndlessRunIsInterrupted() throws Exception {
    append("app.log", "one\n");
    var tee = fifo("tee");
    try (var child = Child.start(folder, "pipe", "--follow", "app.log", "tee:./tee", "./out");
        var lines = lines(tee)) {
      assertThat(lines.readLine()).isEqualTo("one");
      child.signal("INT");
      assertThat(child.ended().err()).isEqualTo("highwater: interrupted after 4 B; there is no ./out\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pipe --follow - ./out",
        "pipe --follow a.log b.log count ./out",
        "pipe --follow exec:date ./out",
      })
  void onlyOneFileIsFollowed(String words) {
    assertThat(Child.run(folder, words.split(" ")).failedWith(ExitCode.USAGE))
        .isEqualTo("--follow says nothing here (expected: one source, which is a file)");
  }

  @Test
  void figuresAreChecked() {
    assertThat(Child.run(folder, "pipe", "a.log", "./out", "--follow-lines=-1").failedWith(ExitCode.USAGE))
        .isEqualTo("--follow-lines: -1 (expected: a number of lines, 0 for the file's end)");
    assertThat(Child.run(folder, "pipe", "a.log", "./out", "--follow-idle=soon").failedWith(ExitCode.USAGE))
        .startsWith("--follow-idle: soon (expected: ");
  }

  @Test
  void whatDoesNotGrowIsNotFollowed() throws Exception {
    var in = fifo("in");
    assertThat(Child.run(folder, "pipe", "--follow", in.toString(), "./out").failedWith(ExitCode.FAILED))
        .contains("it is no file that grows (expected: a regular file; read what is none without following it)");
    assertThat(Child.run(folder, "pipe", "--follow", "/tmp", "./out").failedWith(ExitCode.FAILED))
        .isEqualTo(
            "cannot read /tmp: it is a directory (expected: a file; name a file in it); tar or zip behind it packs a"
                + " folder");
  }

  // ---------------------------------------------------------------- FIFOs

  @Test
  void fifosAreSourceAndSinkAtOnce() throws Exception {
    var bytes = new byte[3_000_000];
    new Random(20_26).nextBytes(bytes);
    Files.write(folder.resolve("bytes"), bytes);
    String script = "mkfifo in out; cat bytes > in & cat out > copy & highwater pipe ./in hash:sha256 ./out; wait";
    var ended = Child.runBash(folder, script);
    assertThat(ended.code()).isZero();
    assertThat(Files.readAllBytes(folder.resolve("copy"))).isEqualTo(bytes);
  }

  @Test
  void aReaderThatLeavesAFifoIsAFailure() throws Exception {
    var out = fifo("out");
    try (var child = Child.start(folder, "pipe", "/dev/zero", "./out")) {
      try (var reader = Files.newInputStream(out)) {
        assertThat(reader.readNBytes(1000)).hasSize(1000);
      }
      assertThat(child.ended().failedWith(ExitCode.FAILED))
          .matches("cannot write \\./out at byte \\d+: broken pipe \\(expected: a reader until all is written; .*\\)");
    }
  }

  @Test
  void aFifoWhoseOtherSideNeverComesIsLeftByASignal() throws Exception {
    fifo("in");
    append("small", "small");
    fifo("out");
    for (String[] words : new String[][] {{"pipe", "./in", "gzip", "./x.gz"}, {"pipe", "small", "./out"}}) {
      try (var child = Child.start(folder, words)) {
        // Its signals are heard before anything is opened.
        awaitMain(child);
        child.signal("INT");
        var ended = child.ended();
        assertThat(ended.code()).as(ended.err()).isEqualTo(130);
      }
    }
  }

  /// Waits for the thread that waits for the FIFO's other side.
  private static void awaitMain(Child child) {
    var tasks = Path.of("/proc", Long.toString(child.pid()), "task");
    for (boolean there = false; !there; ) {
      try (var threads = Files.newDirectoryStream(tasks)) {
        for (var thread : threads) {
          String name = Files.readString(thread.resolve("comm"));
          there |= name.startsWith("highwater-reade") || name.startsWith("highwater-write");
        }
      } catch (IOException e) {
        // One that has ended since it was listed, or since it was opened.
      }
      Thread.onSpinWait();
    }
  }
}
