package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The command with one slow word among its words: the verdict of `--json` names it, whatever it is.
///
/// Each plant is at least three times as slow as the rest; most wait more than they work, so that a busy machine does
/// not move them.
class PlantedCommandTest {
  private static final long SEED = Long.getLong("seed", 20_26);
  private static final int LOG_BYTES = 480_000;
  private static final int ZERO_BYTES = 48_000_000;

  /// Passes the log on in eight parts and waits after each: as the body of a loop of the shell.
  private static final String SLOWLY = "for i in 1 2 3 4 5 6 7 8; do head -c 60000; sleep 0.1; done";

  @TempDir Path folder;

  private byte[] log = {};

  @BeforeEach
  void writeLog() throws IOException {
    var random = new Random(SEED);
    var text = new StringBuilder();
    while (text.length() < LOG_BYTES) {
      text.append("2026-01-01 INFO request ").append(random.nextInt(1_000_000)).append(" done\n");
    }
    log = text.substring(0, LOG_BYTES).getBytes(StandardCharsets.US_ASCII);
    Files.write(folder.resolve("in.log"), log);
  }

  /// @param script what the shell is told; `highwater` is the command
  /// @param slow the place of the stage that is slow
  /// @param name how the report begins its name
  private record Plant(String script, int slow, String name) {
    @Override
    public String toString() {
      return script;
    }
  }

  static Stream<Plant> plants() {
    return Stream.of(
        new Plant("highwater pipe in.log throttle:600KB/s ./out --json", 1, "throttle"),
        new Plant("highwater pipe in.log gzip:1 throttle:150KB/s ./out --json", 2, "throttle"),
        new Plant("highwater pipe sh:'(" + SLOWLY + ") < in.log' gzip ./out --json", 0, "sh:"),
        new Plant("(" + SLOWLY + ") < in.log | highwater pipe - hash:md5 ./out --json", 0, "stdin"),
        new Plant("highwater pipe in.log sh:'" + SLOWLY + "' gzip ./out --json", 1, "sh:"),
        new Plant("highwater pipe in.log count sh:'(" + SLOWLY + ") > out' --json", 2, "sh:"),
        new Plant("highwater pipe in.log count - --json | { " + SLOWLY + "; } > out", 2, "stdout"),
        new Plant(
            "mkfifo slow; { "
                + SLOWLY
                + "; } < slow > other 2> errors & highwater pipe in.log tee:slow gzip ./out --json",
            1,
            "tee slow"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plants")
  void theVerdictNamesTheSlowWord(Plant plant) throws IOException {
    var document = run(plant.script);
    assertThat(sizes(document, "bytesOut").getFirst()).isEqualTo(log.length);
    assertNames(document, plant.slow, plant.name);
  }

  @Test
  void whatWorksHardIsNamedToo() throws IOException {
    var zeros = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zeros)) {
      var block = new byte[1 << 20];
      for (int left = ZERO_BYTES; left > 0; left -= block.length) gzip.write(block, 0, Math.min(left, block.length));
    }
    Files.write(folder.resolve("zeros.gz"), zeros.toByteArray());
    var hashed = run("highwater pipe zeros.gz gunzip hash:sha512 /dev/null --json");
    assertThat(sizes(hashed, "bytesIn")).containsExactly(0L, (long) zeros.size(), (long) ZERO_BYTES, (long) ZERO_BYTES);
    assertNames(hashed, 2, "hash SHA-512");

    try (var big = Files.newOutputStream(folder.resolve("big.log"))) {
      for (int i = 0; i < 16; i++) big.write(log);
    }
    assertNames(run("highwater pipe big.log gzip:9,workers=1 ./out --json"), 1, "gzip");
  }

  /// The document of a run that succeeded, held to its schema and to the rule that the three times are the whole life.
  private Map<?, ?> run(String script) throws IOException {
    var ended = Child.runBash(folder, script);
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ReportSchema.errorsOf(ended.err())).isEmpty();
    var document = (Map<?, ?>) JsonValue.parse(ended.err());
    if (document == null) throw new AssertionError("null");
    double elapsed = number(document, "elapsedSeconds");
    for (var stage : stages(document)) {
      double sum = number(stage, "busySeconds") + number(stage, "starvedSeconds") + number(stage, "blockedSeconds");
      assertThat(sum).as(ended.err()).isCloseTo(elapsed, within(1e-6));
    }
    List<Long> in = sizes(document, "bytesIn");
    List<Long> out = sizes(document, "bytesOut");
    assertThat(in.subList(1, in.size())).isEqualTo(out.subList(0, out.size() - 1));
    return document;
  }

  private static void assertNames(Map<?, ?> document, int stage, String name) {
    var verdict = member(document, "verdict");
    assertThat(verdict).asString().contains("stage=" + stage);
    String named = (String) ((Map<?, ?>) verdict).get("name");
    assertThat(named).as(document.toString()).startsWith(name);
    assertThat(number((Map<?, ?>) verdict, "sureness")).isGreaterThan(0);
  }

  private static Object member(Map<?, ?> object, String name) {
    Object value = object.get(name);
    if (value == null) throw new AssertionError("no " + name + " in " + object);
    return value;
  }

  private static double number(Map<?, ?> object, String name) {
    return ((BigDecimal) member(object, name)).doubleValue();
  }

  private static List<Map<?, ?>> stages(Map<?, ?> document) {
    return ((List<?>) member(document, "stages")).stream().<Map<?, ?>>map(stage -> (Map<?, ?>) stage).toList();
  }

  private static List<Long> sizes(Map<?, ?> document, String name) {
    return stages(document).stream().map(stage -> ((BigDecimal) member(stage, name)).longValueExact()).toList();
  }
}
