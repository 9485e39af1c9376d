package highwater.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Samples;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Term;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ZstdTest {
  private static final int MIB = 1 << 20;
  private static final byte[] HELLO = "hello, hello\n".getBytes(StandardCharsets.US_ASCII);

  @Test
  void theToolReadsWhatWasMadeAtAnyLevelHoweverItWasCut() {
    var random = Samples.random("zstd");
    for (int level : new int[] {1, 2, 3, 6, 9, 12, 15, 17, 19}) {
      for (var plain : List.of(new byte[0], HELLO, Samples.any(random, 400_000), Samples.text(random, 500_000))) {
        var bytes = new Bytes();
        bytes.direct = random.nextBoolean();
        bytes.run(Zstd.compress().level(level), Bytes.split(random, plain));
        var compressed = bytes.passed.toByteArray();
        var what = "level " + level + ", -Dseed=" + Samples.SEED;
        assertThat(Tool.bytes("zstd -dqc", compressed)).as(what).isEqualTo(plain);
        assertThat(Bytes.through(Zstd.decompress(), Bytes.split(random, compressed))).as(what).isEqualTo(plain);
      }
    }
  }

  @Test
  void outputDoesNotDependOnHowTheInputIsCutNorOnTheWorkers() {
    var plain = Samples.text(new Random(1), 6 * MIB);
    var expected = Bytes.through(Zstd.compress(), plain);
    assertThat(Bytes.through(Zstd.compress(), Bytes.chunks(plain, 64 << 10))).isEqualTo(expected);
    assertThat(Bytes.through(Zstd.compress(), Bytes.chunks(plain, 99_991))).isEqualTo(expected);
    var small = Samples.text(new Random(1), 200);
    var one = Bytes.through(Zstd.compress(), small);
    assertThat(Bytes.through(Zstd.compress(), Bytes.chunks(small, 1))).isEqualTo(one);
    var byOne = Bytes.through(Zstd.compress().workers(1), plain);
    assertThat(Tool.bytes("zstd -dqc", byOne)).isEqualTo(plain);
    assertThat(Bytes.through(Zstd.compress().workers(3), Bytes.chunks(plain, 50_000))).isEqualTo(byOne);
  }

  @Test
  void zerosNoiseAndMuchOfBoth() {
    var random = Samples.random("zstd, long");
    var plain = Samples.join(new byte[5 * MIB], Samples.noise(random, 3 * MIB), Samples.text(random, 3 * MIB));
    for (var stage : List.of(Zstd.compress(), Zstd.compress().workers(2), Zstd.compress().level(1).longDistance(24))) {
      var compressed = Bytes.through(stage, Bytes.split(random, plain));
      assertThat(compressed.length).isBetween(3 * MIB, 5 * MIB);
      assertThat(Tool.bytes("zstd -dqc", compressed)).as("-Dseed=%d", Samples.SEED).isEqualTo(plain);
      assertThat(Bytes.through(Zstd.decompress(), Bytes.chunks(compressed, 70_000))).isEqualTo(plain);
    }
  }

  @Test
  void aMatchIsFoundAtALongDistance() {
    var piece = Samples.noise(new Random(2), MIB);
    var plain = Samples.join(piece, new byte[0], Samples.noise(new Random(3), 10 * MIB), piece);
    int near = Bytes.through(Zstd.compress(), plain).length;
    int far = Bytes.through(Zstd.compress().longDistance(24), plain).length;
    assertThat(near - far).isGreaterThan(9 * MIB / 10);
  }

  @Test
  void aChecksumIsWritten() {
    var compressed = Bytes.through(Zstd.compress(), HELLO);
    assertThat(compressed[4] & 4).isEqualTo(4);
    compressed[compressed.length - 1] ^= 1;
    assertThat(Tool.run("zstd -dqc", compressed).exitCode()).isNotZero();
    assertThat(Bytes.failure(Zstd.decompress(), compressed)).hasMessageContaining("checksum");
  }

  @Test
  void allLevelsAndOptionsOfTheToolAreRead() {
    var plain = Samples.text(new Random(4), 2 * MIB);
    for (var option : List.of("-1", "-9", "-16", "--fast=5", "--long=24", "--no-check", "-T2")) {
      var compressed = Tool.bytes("zstd -qc " + option, plain);
      assertThat(Bytes.through(Zstd.decompress(), Bytes.chunks(compressed, 4096))).as(option).isEqualTo(plain);
    }
  }

  @Test
  void aWindowBeyondTheLimitIsRefusedWithTheFigure() {
    var plain = Samples.text(new Random(5), 10 * MIB);
    var compressed = Tool.bytes("zstd -qc --long=23", plain);
    assertThat(Bytes.failure(Zstd.decompress().windowLogMax(20), compressed))
        .hasMessageContaining("a window of more than 1 MiB (expected: at most that; ");
    assertThat(Bytes.through(Zstd.decompress().windowLogMax(23), compressed)).isEqualTo(plain);
    assertThat(windowTermBytes(20)).isLessThan(2 * MIB);
    assertThat(windowTermBytes(27)).isBetween(128L * MIB, 129L * MIB);
  }

  private static long windowTermBytes(int log) {
    return Zstd.decompress().windowLogMax(log).footprint(1).terms().getLast().maxBytes();
  }

  @Test
  void skippableFramesAreSkipped() {
    var skip = new byte[] {0x5F, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    var frame = Tool.bytes("zstd -qc", HELLO);
    for (var input : List.of(Samples.join(skip, frame, skip, frame, skip), Samples.join(frame, frame, skip))) {
      assertThat(Bytes.through(Zstd.decompress(), Bytes.chunks(input, 1))).isEqualTo(Samples.join(HELLO, HELLO));
      assertThat(Bytes.through(Zstd.decompress(), input)).isEqualTo(Tool.bytes("zstd -dqc", input));
    }
    assertThat(
            Bytes.failure(Zstd.decompress(), Samples.join(frame, new byte[] {0x5F, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a'})))
        .hasMessageContaining("unexpected end of input");
  }

  @Test
  void aDictionaryIsAskedFor() {
    var random = new Random(6);
    var dictionary = tempFile(Samples.text(random, 50_000));
    var compressed = Tool.bytes("zstd -qc -D " + dictionary, Samples.text(random, 50_000));
    // A raw dictionary has no number in the frame: what it refers to is then not there.
    assertThat(Bytes.failure(Zstd.decompress(), compressed)).hasMessageContaining("(expected: ");
  }

  private static Path tempFile(byte[] bytes) {
    try {
      var file = Files.createTempFile("dictionary", "");
      file.toFile().deleteOnExit();
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Noise at level 12 fills all of zstd's tables: about 50 MiB a run, which a run that is aborted has to give back too.
  @Test
  void nativeMemoryIsFreedOnEveryPathAndIsNotMoreThanSaid() throws IOException {
    var stage = Zstd.compress().level(12);
    long said = stage.footprint(1).terms().getLast().maxBytes();
    var noise = Bytes.chunks(Samples.noise(new Random(7), 6 * MIB), 64 << 10);
    new Bytes().run(Zstd.compress().level(1), noise);
    long before = residentBytes();
    for (int i = 0; i < 12; i++) {
      var bytes = new Bytes();
      bytes.failsAt = 5 * MIB;
      assertThatThrownBy(() -> bytes.run(stage, noise)).isInstanceOf(PipelineException.class);
    }
    // What the test itself collects comes on top.
    assertThat(residentBytes() - before).isLessThan(said + 150 * MIB);
  }

  private static long residentBytes() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
    throw new AssertionError("no VmRSS");
  }

  @Test
  void theFootprintGrowsWithLevelWindowAndWorkers() {
    long last = 0;
    for (int level = 1; level <= 22; level++) {
      long bytes = bytes(Zstd.compress().level(level));
      assertThat(bytes).isGreaterThanOrEqualTo(last);
      last = bytes;
      assertThat(bytes(Zstd.compress().level(level).longDistance(27))).isGreaterThan(bytes + 128 * MIB);
      long one = bytes(Zstd.compress().level(level).workers(1));
      assertThat(bytes(Zstd.compress().level(level).workers(2))).isGreaterThan(one);
    }
    assertThat(bytes(Zstd.compress())).isBetween(3L * MIB, 5L * MIB);
  }

  private static long bytes(Zstd.Compress stage) {
    return stage.footprint(1).terms().stream().mapToLong(Term::maxBytes).sum();
  }

  @Test
  void figuresOutOfRangeAreRefused() {
    assertThatThrownBy(() -> Zstd.compress().level(0)).hasMessage("level: 0 (expected: 1 to 22)");
    assertThatThrownBy(() -> Zstd.compress().level(23)).hasMessage("level: 23 (expected: 1 to 22)");
    assertThatThrownBy(() -> Zstd.compress().workers(65)).hasMessage("workers: 65 (expected: 0 to 64)");
    assertThatThrownBy(() -> Zstd.compress().longDistance(9)).hasMessage("longDistance: 9 (expected: 10 to 31)");
    assertThatThrownBy(() -> Zstd.decompress().windowLogMax(32)).hasMessage("windowLogMax: 32 (expected: 10 to 31)");
    assertThat(Zstd.compress().level(7)).hasToString("zstd level 7");
  }
}
