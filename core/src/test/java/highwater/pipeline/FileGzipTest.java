package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.memory.Budget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The main job: a real file through real gzip into a real file, counted against what the plan printed.
class FileGzipTest {
  private static final int BYTES = 6_000_000;

  @TempDir Path dir;

  enum Data {
    TEXT,
    RANDOM,
    COMPRESSED
  }

  private Path source(Data data) throws IOException {
    var random = new Random(7);
    var text = new StringBuilder(BYTES + 100);
    while (text.length() < BYTES) {
      text.append("192.0.2.")
          .append(random.nextInt(256))
          .append(" GET /")
          .append(random.nextInt(9999))
          .append(" 200\n");
    }
    var bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    if (data == Data.RANDOM) random.nextBytes(bytes);
    if (data == Data.COMPRESSED) {
      var whole = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(whole)) {
        gzip.write(bytes);
      }
      bytes = whole.toByteArray();
    }
    return Files.write(dir.resolve(data + ".in"), bytes);
  }

  private Pipeline compress(Path from) {
    return Pipeline.from(FileStreams.read(from)).through(Gzip.compress()).to(FileStreams.write(dir.resolve("out.gz")));
  }

  private Pipeline decompress() {
    return Pipeline.from(FileStreams.read(dir.resolve("out.gz")))
        .through(Gzip.decompress())
        .to(FileStreams.write(dir.resolve("back")));
  }

  @ParameterizedTest
  @EnumSource
  void bytesComeBackAndTheChargesStayWithinThePrintedSum(Data data) throws IOException {
    var from = source(data);
    for (var pipeline : new Pipeline[] {compress(from), decompress()}) {
      var budget = Budget.unlimited();
      pipeline.withBudget(budget).run();
      assertThat(budget.peakBytes()).isPositive().isLessThanOrEqualTo(pipeline.bound().totalBytes().orElseThrow());
      assertThat(budget.usedBytes()).isZero();
    }
    assertThat(Files.mismatch(from, dir.resolve("back"))).isEqualTo(-1);
  }

  @Test
  void itRunsWithItsMinimumAndIsRefusedWithOneByteLess() throws IOException {
    var from = source(Data.TEXT);
    var pipeline = compress(from);
    long minimum = pipeline.bound().minimumBytes();
    var exact = Budget.of(minimum);
    pipeline.withBudget(exact).run();
    assertThat(exact.peakBytes()).isEqualTo(minimum);
    assertThat(exact.usedBytes()).isZero();

    Files.delete(dir.resolve("out.gz"));
    assertThatThrownBy(() -> pipeline.withBudget(Budget.of(minimum - 1)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ByteSizes.exact(minimum))
        .hasMessageContaining(ByteSizes.exact(minimum - 1));
    assertThat(dir.resolve("out.gz")).doesNotExist();
  }
}
