package highwater.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Input for tests of codecs: kinds of data, ways to cut it, and what the JDK makes of it.
public final class Samples {
  /// Given back by `-Dseed=`; every random test names it when it fails.
  public static final long SEED = Long.getLong("seed", System.nanoTime());

  private Samples() {}

  public static Random random(String what) {
    System.out.println(what + ": -Dseed=" + SEED);
    return new Random(SEED);
  }

  public static byte[] noise(Random random, int bytes) {
    var data = new byte[bytes];
    random.nextBytes(data);
    return data;
  }

  /// Log lines.
  public static byte[] text(Random random, int bytes) {
    var out = new StringBuilder();
    while (out.length() < bytes) {
      out.append("2026-01-").append(random.nextInt(10, 31)).append(" INFO request ");
      out.append(random.nextInt(100_000)).append(" took ").append(random.nextInt(1000)).append(" ms\n");
    }
    return Arrays.copyOf(out.toString().getBytes(StandardCharsets.US_ASCII), bytes);
  }

  /// One of: nothing, noise, text, one byte again and again, compressed data, a mixture.
  public static byte[] any(Random random, int bytesMax) {
    int bytes = random.nextInt(bytesMax) + 1;
    return switch (random.nextInt(6)) {
      case 0 -> new byte[0];
      case 1 -> noise(random, bytes);
      case 2 -> text(random, bytes);
      case 3 -> new byte[bytes];
      case 4 -> gzip(text(random, bytes));
      default -> {
        var data = text(random, bytes);
        int from = random.nextInt(bytes);
        System.arraycopy(noise(random, bytes - from), 0, data, from, bytes - from);
        yield data;
      }
    };
  }

  /// `data` in chunks of random lengths, now and then an empty one.
  public static List<byte[]> split(Random random, byte[] data) {
    int most = 1 + random.nextInt(random.nextBoolean() ? 20 : 100_000);
    var chunks = new ArrayList<byte[]>();
    for (int from = 0; from < data.length; ) {
      int to = Math.min(data.length, from + random.nextInt(most + 1));
      chunks.add(Arrays.copyOfRange(data, from, to));
      from = to;
    }
    return chunks;
  }

  public static byte[] gzip(byte[] data) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static byte[] gunzip(byte[] compressed) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return in.readAllBytes();
    }
  }

  public static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) out.writeBytes(part);
    return out.toByteArray();
  }
}
