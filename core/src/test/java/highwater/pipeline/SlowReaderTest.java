package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.codec.Count;
import highwater.codec.Deflate;
import highwater.codec.Digests;
import highwater.codec.Expect;
import highwater.codec.Gzip;
import highwater.codec.Throttle;
import highwater.io.FileStreams;
import highwater.strand.Strand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every stage of the library before a user's sink that acknowledges late: as classic streams, no chunk is lost.
class SlowReaderTest {
  @TempDir Path dir;

  private byte[] plain = {};

  @BeforeEach
  void makeData() {
    var text = new StringBuilder();
    for (int i = 0; i < 60_000; i++) text.append(i).append('\n');
    plain = text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private byte[] through(Stage<ByteBuffer, ByteBuffer> stage, byte[] input) throws IOException {
    var from = Files.write(dir.resolve("in"), input);
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("SlowReaderTest -Dseed=" + seed);
    var random = new Random(seed);
    var taken = new ByteArrayOutputStream();
    var slow =
        Target.<ByteBuffer>of(
            "slow",
            () ->
                WritableStream.<ByteBuffer>to(
                    (chunk, done) -> {
                      var bytes = new byte[chunk.remaining()];
                      chunk.get(bytes);
                      taken.writeBytes(bytes);
                      Strand.current().after(random.nextInt(300_000), done::ok);
                    },
                    StreamOptions.bytes().withMark(random.nextInt(3) << 14)));
    Pipeline.from(FileStreams.read(from).chunk(1 + random.nextInt(70_000))).through(stage).to(slow).run();
    return taken.toByteArray();
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    var whole = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(whole)) {
      gzip.write(bytes);
    }
    return whole.toByteArray();
  }

  @Test
  void gzip() throws IOException {
    var compressed = through(Gzip.compress().block(4096), plain);
    try (var back = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      assertThat(back.readAllBytes()).isEqualTo(plain);
    }
  }

  @Test
  void gunzip() throws IOException {
    assertThat(through(Gzip.decompress().chunk(1000), gzipped(plain))).isEqualTo(plain);
  }

  @Test
  void deflate() throws IOException {
    var compressed = through(Deflate.compress().block(4096), plain);
    try (var back = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
      assertThat(back.readAllBytes()).isEqualTo(plain);
    }
  }

  @Test
  void inflate() throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var deflate = new DeflaterOutputStream(compressed)) {
      deflate.write(plain);
    }
    assertThat(through(Deflate.decompress().chunk(1000), compressed.toByteArray())).isEqualTo(plain);
  }

  @Test
  void stagesThatPassOn() throws IOException {
    var counted = new long[1];
    assertThat(through(Count.bytes(bytes -> counted[0] = bytes), plain)).isEqualTo(plain);
    assertThat(counted[0]).isEqualTo(plain.length);
    assertThat(through(Expect.bytes(plain.length), plain)).isEqualTo(plain);
    assertThat(through(Digests.of("sha256", digest -> assertThat(digest.bytes()).isEqualTo(plain.length)), plain))
        .isEqualTo(plain);
    assertThat(through(Throttle.bytesPerSecond(100_000_000), plain)).isEqualTo(plain);
  }
}
