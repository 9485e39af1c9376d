package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Signals at any moment: the sink is the whole old file or the whole new one, and nothing is left beside it.
///
/// A moment is a number of bytes that the child was fed (its pipe holds 64 KiB of them), so none needs a clock: before the
/// JVM is up, while it reads, and with the input at its end, while it compresses and renames. `-Dmoments=50 -Dseed=7`
/// for other moments.
class SignalTest {
  private static final long SEED = Long.getLong("seed", 20_26);
  private static final int MOMENTS = Integer.getInteger("moments", 12);
  private static final int INPUT_BYTES = 1 << 20;
  private static final byte[] OLD = "old\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  static IntStream moments() {
    return IntStream.range(0, MOMENTS);
  }

  @ParameterizedTest
  @MethodSource("moments")
  void theSinkIsWholeAfterAnInterruptAtAnyMoment(int moment) throws Exception {
    var random = new Random(SEED + moment);
    byte[] input = new byte[INPUT_BYTES];
    random.nextBytes(input);
    int fedBytes = moment % 4 == 0 ? INPUT_BYTES : random.nextInt(INPUT_BYTES);
    Path sink = Files.write(folder.resolve("out.gz"), OLD);
    try (var child = Child.start(folder, "pipe", "gzip:1", "out.gz", "--force")) {
      child.write(java.util.Arrays.copyOf(input, fedBytes));
      if (fedBytes == INPUT_BYTES) child.endInput();
      child.signal("INT");
      var ended = child.ended();
      byte[] now = Files.readAllBytes(sink);
      boolean isOld = java.util.Arrays.equals(now, OLD);
      if (!isOld) assertThat(gunzip(now)).as("moment %s, seed %s", moment, SEED).isEqualTo(input);
      assertThat(ended.code()).as(ended.err()).isIn(130, isOld ? 130 : 0);
      assertThat(ended.err().lines().count()).as(ended.err()).isLessThanOrEqualTo(1);
      assertThat(names()).containsExactly("out.gz");
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void eachSignalHasItsCodeAndOneLine(String signal, int code) throws Exception {
    try (var child = Child.start(folder, "pipe", "gzip", "out.gz")) {
      child.write(new byte[INPUT_BYTES]);
      child.signal(signal);
      var ended = child.ended();
      assertThat(ended.err()).matches("highwater: interrupted after [0-9.]+ [KM]iB; there is no out.gz\n");
      assertThat(ended.code()).isEqualTo(code);
      assertThat(names()).isEmpty();
    }
  }

  @Test
  void aSignalAfterTheResultSaysThatItIsComplete() throws Exception {
    // The report waits for a reader; what count found is said when the run is over.
    String script =
        """
        mkfifo report
        echo old | highwater pipe count ./out.txt --report=report 2> said &
        until grep -q count said; do :; done
        kill -INT $(cat /proc/$!/task/$!/children)
        wait $!
        code=$?
        cat said >&2
        exit $code\
        """;
    var ended = Child.runBash(folder, script);
    assertThat(ended.err()).isEqualTo("count  4\nhighwater: interrupted after 4 B; ./out.txt is complete\n");
    assertThat(ended.code()).isEqualTo(130);
    assertThat(folder.resolve("out.txt")).hasContent("old\n");
  }

  @ParameterizedTest
  @CsvSource({"INT", "HUP"})
  void aSignalThatIsIgnoredStaysIgnored(String signal) throws Exception {
    try (var child = Child.startIgnoring(signal, folder, "pipe", "gzip", "out.gz")) {
      child.write(new byte[INPUT_BYTES]);
      child.signal(signal);
      child.endInput();
      child.ended().quietly();
      assertThat(names()).containsExactly("out.gz");
    }
  }

  @Test
  void moreSignalsEndItToo() throws Exception {
    try (var child = Child.start(folder, "pipe", "gzip", "out.gz")) {
      child.write(new byte[INPUT_BYTES]);
      for (int i = 0; i < 3; i++) child.signal("INT");
      assertThat(child.ended().code()).isEqualTo(130);
      assertThat(names()).isEmpty();
    }
  }

  @Test
  void whatKillLeavesTheNextRunReportsAndRemoves() throws Exception {
    try (var child = Child.start(folder, "pipe", "gzip", "out.gz")) {
      child.write(new byte[INPUT_BYTES]);
      child.signal("KILL");
      assertThat(child.ended().code()).isEqualTo(137);
      assertThat(names()).containsExactly(".out.gz.highwater-" + child.pid());
      var next = Child.runWith(OLD, folder, "pipe", "gzip", "out.gz", "--force");
      assertThat(next.code()).isZero();
      assertThat(next.err()).contains(".out.gz.highwater-" + child.pid()).contains("removed");
      assertThat(names()).containsExactly("out.gz");
    }
  }

  @Test
  void anotherRunsTemporaryFileIsNotALeftover() throws Exception {
    try (var child = Child.start(folder, "pipe", "gzip", "out.gz")) {
      child.write(new byte[INPUT_BYTES]);
      Child.runWith(OLD, folder, "pipe", "gzip", "out.gz").quietly();
      assertThat(names()).containsExactly(".out.gz.highwater-" + child.pid(), "out.gz");
      child.endInput();
      assertThat(child.ended().failedWith(ExitCode.REFUSED)).contains("out.gz").contains("exists");
      assertThat(names()).containsExactly("out.gz");
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] gunzip(byte[] gzip) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
  }
}
