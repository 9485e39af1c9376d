package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class DeflateTest {
  private static final byte[] HELLO = "hello, hello, hello".getBytes(StandardCharsets.US_ASCII);

  @Test
  void anyDataInAnyChunksComesBackAsItWas() throws Exception {
    var random = Samples.random("deflate round trips");
    for (int run = 0; run < 150; run++) {
      boolean raw = random.nextBoolean();
      var data = Samples.any(random, 60_000);
      var compress = Deflate.compress().level(random.nextInt(10)).block(1024 + random.nextInt(20_000));
      if (raw) compress = compress.raw();
      var compressed = Drive.bytes(compress, Samples.split(random, data));
      var where = "run " + run + ", " + compress + ", seed " + Samples.SEED;
      assertThat(inflated(compressed, raw)).as(where).isEqualTo(data);
      var decompress = raw ? Deflate.decompress().raw() : Deflate.decompress();
      var own = Drive.bytes(decompress.chunk(512), Samples.split(random, compressed));
      assertThat(own).as(where).isEqualTo(data);
      var theirs = Drive.bytes(decompress, Samples.split(random, deflated(data, raw)));
      assertThat(theirs).as(where).isEqualTo(data);
    }
  }

  private static byte[] inflated(byte[] compressed, boolean raw) throws IOException {
    var inflater = new Inflater(raw);
    try (var in = new InflaterInputStream(new ByteArrayInputStream(compressed), inflater)) {
      return in.readAllBytes();
    } finally {
      inflater.end();
    }
  }

  private static byte[] deflated(byte[] data, boolean raw) throws IOException {
    var deflater = new Deflater(6, raw);
    var out = new ByteArrayOutputStream();
    try (var stream = new DeflaterOutputStream(out, deflater)) {
      stream.write(data);
    }
    deflater.end();
    return out.toByteArray();
  }

  @Test
  void theHeaderIsZlibsOwn() throws Exception {
    for (int level = 0; level <= 9; level++) {
      var ours = Drive.bytes(Deflate.compress().level(level), List.of(HELLO));
      var deflater = new Deflater(level);
      deflater.setInput(HELLO);
      deflater.finish();
      var theirs = new byte[100];
      assertThat(deflater.deflate(theirs)).isPositive();
      deflater.end();
      assertThat(Arrays.copyOf(ours, 2)).as("level %d", level).isEqualTo(Arrays.copyOf(theirs, 2));
    }
  }

  @Test
  void inputCutAtAnyByteFails() throws Exception {
    for (boolean raw : new boolean[] {false, true}) {
      var input = deflated(Samples.text(new Random(1), 500), raw);
      var stage = raw ? Deflate.decompress().raw() : Deflate.decompress();
      for (int bytes = 0; bytes < input.length; bytes++) {
        var failure = Drive.failure(stage, List.of(Arrays.copyOf(input, bytes)));
        assertThat(failure).hasMessageContaining("unexpected end of input after " + bytes);
        assertThat(failure.positionBytes()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void aChangedByteIsFound() throws Exception {
    var input = deflated(Samples.text(new Random(2), 500), false);
    var expected = Drive.bytes(Deflate.decompress(), List.of(input));
    for (int position = 0; position < input.length; position++) {
      for (int xor : new int[] {1, 0x10, 0x80, 0xFF}) {
        var bad = input.clone();
        bad[position] ^= (byte) xor;
        try {
          assertThat(Drive.bytes(Deflate.decompress(), List.of(bad))).isEqualTo(expected);
        } catch (DataException e) {
          assertThat(e.positionBytes()).isBetween(0L, (long) input.length);
        }
      }
    }
  }

  @Test
  void bytesAfterTheEndAreRefused() throws Exception {
    for (boolean raw : new boolean[] {false, true}) {
      var data = deflated(HELLO, raw);
      var stage = raw ? Deflate.decompress().raw() : Deflate.decompress();
      for (int chunk : new int[] {1, 1000}) {
        var input = Drive.chunks(Samples.join(data, new byte[] {0}), chunk);
        assertThat(Drive.failure(stage, input))
            .hasMessageContaining("the data ends at byte " + data.length + " but the input goes on");
      }
    }
  }

  @Test
  void gzipInputIsRefusedWithAHint() {
    var failure = Drive.failure(Deflate.decompress(), List.of(Samples.gzip(HELLO)));
    assertThat(failure).hasMessageContaining("read gzip with gunzip");
  }

  @Test
  void aPresetDictionaryIsRefused() {
    var deflater = new Deflater();
    deflater.setDictionary(HELLO);
    deflater.setInput(HELLO);
    deflater.finish();
    var out = new byte[100];
    int bytes = deflater.deflate(out);
    deflater.end();
    var failure = Drive.failure(Deflate.decompress(), List.of(Arrays.copyOf(out, bytes)));
    assertThat(failure).hasMessageContaining("preset dictionary");
  }
}
