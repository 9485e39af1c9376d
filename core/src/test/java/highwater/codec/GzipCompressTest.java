package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import highwater.memory.Budget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GzipCompressTest {
  private static final int BLOCK = 4 << 10;

  private static Gzip.Compress small() {
    return Gzip.compress().block(BLOCK);
  }

  @Test
  void anyDataInAnyChunksComesBackAsItWas() throws Exception {
    var random = Samples.random("gzip round trips");
    for (int run = 0; run < 150; run++) {
      var data = Samples.any(random, 60_000);
      var stage =
          Gzip.compress().level(random.nextInt(10)).workers(1 + random.nextInt(4)).block(1024 + random.nextInt(20_000));
      var compressed = Drive.bytes(stage, Samples.split(random, data));
      var where = "run " + run + ", " + data.length + " bytes, " + stage + ", seed " + Samples.SEED;
      assertThat(Samples.gunzip(compressed)).as(where).isEqualTo(data);
    }
  }

  @Test
  void oneByteAtATimeGivesTheSameAsOneChunk() throws Exception {
    var data = Samples.text(new Random(1), 3 * BLOCK + 17);
    var whole = Drive.bytes(small(), List.of(data));
    assertThat(Drive.bytes(small(), Drive.chunks(data, 1))).isEqualTo(whole);
  }

  @Test
  void theNumberOfWorkersDoesNotChangeTheOutput() throws Exception {
    var data = Samples.text(new Random(2), 40 * BLOCK);
    var one = Drive.bytes(small().workers(1), Drive.chunks(data, 10_000));
    assertThat(Drive.bytes(small().workers(7), Drive.chunks(data, 999))).isEqualTo(one);
  }

  @Test
  void directInputIsTakenToo() throws Exception {
    var data = Samples.text(new Random(3), 5 * BLOCK);
    var out = new ByteArrayOutputStream();
    var chunks = Drive.chunks(data, 1000).iterator();
    var drive = new Drive<>(small(), chunks, c -> Drive.copy(c, out), Budget.unlimited());
    drive.direct = true;
    drive.run();
    assertThat(Samples.gunzip(out.toByteArray())).isEqualTo(data);
  }

  @Test
  void theOutputIsOneMember() throws Exception {
    var data = Samples.text(new Random(4), 10 * BLOCK);
    var compressed = Drive.bytes(small(), Drive.chunks(data, 1 << 16));
    var inflater = new Inflater(true);
    inflater.setInput(compressed, 10, compressed.length - 10);
    var plain = new byte[data.length + 1];
    assertThat(inflater.inflate(plain)).isEqualTo(data.length);
    assertThat(inflater.finished()).isTrue();
    assertThat(inflater.getRemaining()).isEqualTo(8);
    inflater.end();
  }

  @Test
  void borderCasesOfTheBlockSizeComeBack() throws Exception {
    for (int bytes : new int[] {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK}) {
      for (int level : new int[] {0, 6}) {
        var data = Samples.text(new Random(bytes), bytes);
        var compressed = Drive.bytes(small().level(level), List.of(data));
        assertThat(Samples.gunzip(compressed)).as("%d bytes, level %d", bytes, level).isEqualTo(data);
      }
    }
  }

  @Test
  void theDefaultHeaderHasNeitherNameNorTime() throws Exception {
    var header = ByteBuffer.wrap(Drive.bytes(Gzip.compress(), List.of()), 0, 10);
    assertThat(header).isEqualTo(ByteBuffer.wrap(new byte[] {31, -117, 8, 0, 0, 0, 0, 0, 0, -1}));
  }

  @Test
  void theHeaderCarriesNameAndTime() throws Exception {
    var stage = Gzip.compress().fileName("log").modified(Instant.ofEpochSecond(0xF0000001L));
    var compressed = Drive.bytes(stage, List.of(new byte[5]));
    var expected = new byte[] {31, -117, 8, 8, 1, 0, 0, -16, 0, -1, 'l', 'o', 'g', 0};
    assertThat(compressed).startsWith(expected);
    assertThat(Samples.gunzip(compressed)).isEqualTo(new byte[5]);
  }

  @Test
  void whatDoesNotFitTheFormatIsRefusedAtOnce() {
    assertThatThrownBy(() -> Gzip.compress().level(10)).hasMessage("level: 10 (expected: 0 to 9)");
    assertThatThrownBy(() -> Gzip.compress().workers(0)).hasMessage("workers: 0 (expected: 1 to 256)");
    assertThatThrownBy(() -> Gzip.compress().block(5)).hasMessageContaining("block: 5 bytes (expected");
    assertThatThrownBy(() -> Gzip.compress().fileName("a/b")).hasMessageContaining("without a slash");
    assertThatThrownBy(() -> Gzip.compress().fileName("€")).hasMessageContaining("Latin-1");
    assertThatThrownBy(() -> Gzip.compress().modified(Instant.EPOCH)).hasMessageContaining("1970");
  }

  @Test
  void gzipItselfFindsTheOutputSound(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/gzip")) || Files.isExecutable(Path.of("/usr/bin/gzip")));
    var random = new Random(5);
    var data = Samples.join(Samples.text(random, 700_000), Samples.noise(random, 300_000));
    for (int level = 0; level <= 9; level++) {
      var file = directory.resolve(level + ".gz");
      Files.write(file, Drive.bytes(Gzip.compress().level(level), Drive.chunks(data, 65_536)));
      assertThat(exitCode("gzip", "-t", file.toString())).as("level %d", level).isZero();
    }
  }

  private static int exitCode(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void whatIsHeldNeverExceedsTheFootprint() throws Exception {
    var random = new Random(6);
    var kinds =
        List.of(
            Samples.text(random, 1 << 20), Samples.noise(random, 1 << 20), Samples.gzip(Samples.text(random, 4 << 20)));
    for (var data : kinds) {
      for (int level : new int[] {0, 1, 6, 9}) {
        var stage = Gzip.compress().level(level).block(32 << 10).workers(2);
        var footprint = stage.footprint(65_536);
        long most = 0;
        long least = 0;
        for (var term : footprint.terms()) {
          most += term.maxBytes();
          least += term.minBytes();
        }
        var largest = new AtomicInteger();
        var budget = Budget.of(most);
        budget.takeMinimum(least, () -> {});
        var drive =
            new Drive<ByteBuffer>(
                stage,
                Drive.chunks(data, 65_536).iterator(),
                chunk -> {
                  largest.accumulateAndGet(chunk.remaining(), Math::max);
                  chunk.position(chunk.limit());
                },
                budget);
        drive.run();
        assertThat(budget.peakBytes()).isGreaterThan(least).isLessThanOrEqualTo(most);
        assertThat((long) largest.get()).isLessThanOrEqualTo(footprint.chunkMaxBytes());
        assertThat(budget.usedBytes()).isEqualTo(least);
      }
    }
  }

  @Test
  void oneBlockIsEnoughWhereTheBudgetGrantsNoMore() throws Exception {
    var data = Samples.text(new Random(7), 10 * BLOCK + 1);
    var budget = Budget.of(1);
    var out = new ByteArrayOutputStream();
    new Drive<>(small(), Drive.chunks(data, 3000).iterator(), c -> Drive.copy(c, out), budget).run();
    assertThat(Samples.gunzip(out.toByteArray())).isEqualTo(data);
    assertThat(budget.peakBytes()).isZero();
  }

  @Test
  void surplusIsGivenBackWhenSomebodyWaitsForAMinimum() throws Exception {
    var data = Samples.text(new Random(8), 100 * BLOCK);
    var budget = Budget.of(10 << 20);
    var granted = new AtomicInteger();
    var out = new ByteArrayOutputStream();
    var drive = new Drive<ByteBuffer>(small(), Drive.chunks(data, 3000).iterator(), c -> Drive.copy(c, out), budget);
    drive.between =
        () -> {
          if (granted.get() == 0 && out.size() > 0 && budget.usedBytes() > 0) {
            granted.set(1);
            budget.takeMinimum(10 << 20, granted::incrementAndGet);
          }
          if (drive.isOver()) throw new AssertionError("polled when over");
        };
    drive.run();
    assertThat(granted).hasValue(2);
    assertThat(Samples.gunzip(out.toByteArray())).isEqualTo(data);
    assertThat(budget.usedBytes()).isEqualTo(10 << 20);
  }

  @Test
  void aRunThatFailsInTheMiddleGivesEverythingBack() {
    var budget = Budget.unlimited();
    var data = Samples.text(new Random(9), 100 * BLOCK);
    var outputs = new AtomicInteger();
    var drive =
        new Drive<ByteBuffer>(
            small(),
            Drive.chunks(data, 3000).iterator(),
            chunk -> {
              if (outputs.incrementAndGet() == 3) throw new IllegalStateException("downstream");
              chunk.position(chunk.limit());
            },
            budget);
    assertThatThrownBy(drive::run).hasMessage("downstream");
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void theLengthIsKeptModulo4GiB() {
    var trailer = ByteBuffer.allocate(8);
    Envelope.GZIP.putTrailer(trailer, 0xFFFF_FFFEL, (5L << 32) + 0x01020304);
    assertThat(trailer.array()).isEqualTo(new byte[] {-2, -1, -1, -1, 4, 3, 2, 1});
  }

  @Test
  void aBlockProfitsFromTheBlocksBeforeIt() throws Exception {
    var random = new Random(11);
    var page = Samples.noise(random, 3000);
    var data = Samples.join(page, page, page, page, page, page, page, page);
    // Without the bytes before it, a block of 1 KiB of noise could not be made smaller.
    var compressed = Drive.bytes(Gzip.compress().block(1024), Drive.chunks(data, 500));
    assertThat(compressed.length).isLessThan(2 * page.length);
    assertThat(Samples.gunzip(compressed)).isEqualTo(data);
  }

  @Test
  void noiseGrowsByFiveBytesFor64KiB() throws Exception {
    var noise = Samples.noise(new Random(10), 1 << 20);
    var compressed = Drive.bytes(Gzip.compress(), Drive.chunks(noise, 65_536));
    assertThat(compressed.length - noise.length).isLessThanOrEqualTo(18 + 5 * 25);
    assertThat(Samples.gunzip(compressed)).isEqualTo(noise);
  }

  @Test
  void explainSaysWhatARunHolds() {
    var footprint = Gzip.compress().workers(2).footprint(65_536);
    var library = Gzip.libdeflate().isPresent() ? "libdeflate" : "zlib";
    assertThat(footprint.how())
        .isEqualTo("2 workers, at most 4 blocks of 256 KiB, in order, one member, " + library + " level 6");
    assertThat(footprint.terms().getFirst().bytesEach()).containsExactly(288L << 10, (256L << 10) + 5 * 5 + 18);
    assertThat(footprint.terms().getFirst().maxBytes()).isLessThan(2_300_000);
  }
}
