package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Samples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What brotli, bzip2 and xz have for themselves.
@Timeout(120)
class OthersTest {
  private static final byte[] HELLO = "hello, hello\n".getBytes(StandardCharsets.US_ASCII);

  @Test
  void brotliOfAnyQualityAndWindow() {
    var plain = Samples.text(new Random(1), 500_000);
    for (var option : List.of("-q 0", "-q 1", "-q 9", "-q 11 -w 16", "-q 5 -w 24", "-q 2 -w 10")) {
      var compressed = Tool.bytes("brotli -c " + option, plain);
      assertThat(Bytes.through(Brotli.decompress(), Bytes.chunks(compressed, 3000))).as(option).isEqualTo(plain);
    }
  }

  @Test
  void brotlisLargeWindowIsRefused() {
    var compressed = Tool.bytes("brotli -c --large_window=30", Samples.text(new Random(2), 100_000));
    assertThat(Bytes.failure(Brotli.decompress(), compressed)).hasMessageContaining("damaged data");
  }

  @Test
  void bzip2OfAnyBlockSize() {
    var plain = Samples.join(Samples.text(new Random(3), 1_000_000), Samples.noise(new Random(4), 300_000));
    for (var option : List.of("-1", "-5", "-9")) {
      var compressed = Tool.bytes("bzip2 -c " + option, plain);
      assertThat(Bytes.through(Bzip2.decompress(), Bytes.chunks(compressed, 5000))).as(option).isEqualTo(plain);
    }
  }

  @Test
  void garbageBehindBzip2IsDroppedWithAWarning() {
    var stream = Tool.bytes("bzip2 -c", HELLO);
    for (var garbage : List.of("x", "Bx", "BZx", "BZh0", "\0\0\0", "garbage ".repeat(500))) {
      var input = Samples.join(stream, garbage.getBytes(StandardCharsets.US_ASCII));
      var warnings = new ArrayList<String>();
      var stage = Bzip2.decompress().onWarning(warnings::add);
      assertThat(Bytes.through(stage, Bytes.chunks(input, 7)))
          .isEqualTo(HELLO)
          .isEqualTo(Tool.bytes("bzip2 -dqc", input));
      assertThat(warnings).singleElement().asString().contains("garbage ignored, from byte " + stream.length + " on");
      assertThat(warnings.getFirst()).startsWith("bunzip2: " + (garbage.length() == 1 ? "1 byte" : ""));
    }
    for (var begun : List.of("B", "BZ", "BZh", "BZh9", "BZh9\61\101")) {
      var input = Samples.join(stream, begun.getBytes(StandardCharsets.US_ASCII));
      assertThat(Tool.run("bzip2 -dqc", input).exitCode()).isNotZero();
      assertThat(Bytes.failure(Bzip2.decompress(), input)).hasMessageContaining("unexpected end of input");
    }
    var warnings = new ArrayList<String>();
    var _ = Bytes.through(Bzip2.decompress().onWarning(warnings::add), stream);
    assertThat(warnings).isEmpty();
  }

  @Test
  void xzWithEveryCheckAndInBlocks() {
    var plain = Samples.text(new Random(5), 400_000);
    for (var option :
        List.of(
            "--check=none", "--check=crc32", "--check=sha256", "--block-size=100000", "-0", "-6", "--x86 --lzma2")) {
      var compressed = Tool.bytes("xz -c " + option, plain);
      assertThat(Bytes.through(Xz.decompress(), Bytes.chunks(compressed, 5000))).as(option).isEqualTo(plain);
    }
  }

  @Test
  void zerosInFoursAroundXzArePadding() {
    var stream = Tool.bytes("xz -c", HELLO);
    for (int zeros : new int[] {4, 8, 400}) {
      var input = Samples.join(stream, new byte[zeros], stream, new byte[zeros]);
      assertThat(Bytes.through(Xz.decompress(), Bytes.chunks(input, 3))).isEqualTo(Samples.join(HELLO, HELLO));
    }
    for (int zeros : new int[] {1, 2, 3, 5}) {
      var input = Samples.join(stream, new byte[zeros], stream);
      assertThat(Tool.run("xz -dqc", input).exitCode()).isNotZero();
      assertThat(Bytes.failure(Xz.decompress(), input)).hasMessageContaining("(expected: ");
    }
  }

  @Test
  void xzThatNeedsMoreMemoryIsRefusedWithBothFigures() {
    var compressed = Tool.bytes("xz -c -6", HELLO);
    assertThat(Bytes.failure(Xz.decompress().memoryAtMost(4 << 20), compressed))
        .hasMessageMatching(
            "unxz: the data needs 8\\.[0-9] MiB of memory \\(expected: at most 4 MiB; .*memoryAtMost.*\\)");
    assertThat(Bytes.through(Xz.decompress(), Tool.bytes("xz -c -9", HELLO))).isEqualTo(HELLO);
    assertThatThrownBy(() -> Xz.decompress().memoryAtMost(1)).hasMessageContaining("(expected: 128 KiB to 1.5 GiB)");
    assertThat(Xz.decompress().memoryAtMost(4 << 20).footprint(1).terms().get(1).maxBytes()).isEqualTo(4 << 20);
  }
}
