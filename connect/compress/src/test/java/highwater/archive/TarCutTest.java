package highwater.archive;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.ExpansionLimit;
import highwater.codec.Samples;
import highwater.pipeline.Progress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.junit.jupiter.api.Test;

/// What a tar's entries are, and whether and how reading them fails, does not depend on how the input is cut. No tar is short
/// enough for [highwater.contract.CutContract].
class TarCutTest {
  private static byte[] archive() {
    return new Hostile.TarBytes()
        .folder("d")
        .file("d/" + "long".repeat(50), "0123456789".repeat(70))
        .pax(Hostile.record("path", "λ") + Hostile.record("mtime", "12.5"))
        .file("x", "y")
        .link("l", "d")
        .raw(sparse())
        .end();
  }

  private static byte[] sparse() {
    var block = TarHeader.of('S', 0644, 5, 0);
    block[0] = 's';
    var numbers = new long[] {1000, 2, 70_000, 3};
    for (int i = 0; i < numbers.length; i++) {
      TarUtils.formatLongOctalBytes(numbers[i], block, TarHeader.SPARSE + 12 * i, 12);
    }
    TarUtils.formatLongOctalBytes(100_000, block, TarHeader.SPARSE_SIZE, 12);
    var body = Arrays.copyOf("abcde".getBytes(StandardCharsets.UTF_8), 512);
    return new Hostile.TarBytes().raw(TarHeader.summed(block)).raw(body).unended();
  }

  /// What came, data joined, and how it ended, without figures. Each chunk is overwritten when it was let go.
  private static String read(List<byte[]> chunks, boolean lends) {
    var text = new StringBuilder();
    var reader = new TarReader("untar", ExpansionLimit.DEFAULT, 100, lends);
    try {
      for (var chunk : chunks) {
        var bytes = chunk.clone();
        reader.offer(ByteBuffer.wrap(bytes));
        take(reader, text);
        Arrays.fill(bytes, (byte) 0xEE);
      }
      reader.finish();
      take(reader, text);
      text.append("whole");
    } catch (Exception e) {
      // What was given before the damage was seen depends on the cut no more than the words do.
      text.append(String.valueOf(e.getMessage()).replaceAll("[0-9][0-9,]*", "#"));
    }
    return text.toString();
  }

  private static void take(TarReader reader, StringBuilder text) throws Exception {
    while (reader.poll() == Progress.READY) {
      switch (reader.next()) {
        case Piece.Data(var bytes) -> text.append(StandardCharsets.ISO_8859_1.decode(bytes.duplicate()));
        case Piece other -> text.append('<').append(other).append('>');
      }
    }
  }

  private static List<byte[]> byteByByte(byte[] input) {
    var chunks = new ArrayList<byte[]>();
    for (byte one : input) chunks.add(new byte[] {one});
    return chunks;
  }

  @Test
  void everyCutInTwoGivesTheSame() {
    var input = archive();
    var whole = read(List.of(input), false);
    assertThat(whole).endsWith("whole").contains("λ", "abc".substring(0, 2), "0123456789".repeat(70));
    for (int at = 0; at <= input.length; at++) {
      var cut = List.of(Arrays.copyOf(input, at), Arrays.copyOfRange(input, at, input.length));
      assertThat(read(cut, at % 2 == 0)).as("cut at %d", at).isEqualTo(whole);
    }
    assertThat(read(byteByByte(input), false)).isEqualTo(whole);
    assertThat(read(byteByByte(input), true)).isEqualTo(whole);
  }

  @Test
  void damagedAndShortInputEndsTheSameWay() {
    System.out.println("TarCutTest: -Dseed=" + Samples.SEED);
    var random = new Random(Samples.SEED);
    for (int round = 0; round < 400; round++) {
      var input = archive();
      if (round % 4 == 0) input = Arrays.copyOf(input, random.nextInt(input.length));
      else
        for (int i = random.nextInt(4); i >= 0; i--)
          input[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
      var whole = read(List.of(input), false);
      var how = "round %d, -Dseed=%d".formatted(round, Samples.SEED);
      assertThat(read(byteByByte(input), false)).as(how).isEqualTo(whole);
      assertThat(read(Samples.split(random, input), true)).as(how).isEqualTo(whole);
    }
  }
}
