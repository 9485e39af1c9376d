package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class LogTextTest {
  private static final String LINE =
      "10(\\.[0-9]{1,3}){3} - - \\[[0-9]{2}/Nov/2026:[0-9]{2}:[0-9]{2}:[0-9]{2} \\+0000\\]"
          + " \"(GET|POST|HEAD) /\\S* HTTP/1\\.1\" [0-9]{3} [0-9]+ \"\\S+\" \"[^\"]+\" [0-9]+ms";

  private static byte[] text(long seed, int bytes) {
    var text = new byte[bytes];
    new LogText(seed).fill(text);
    return text;
  }

  @Test
  void oneSeedGivesOneTextForEver() {
    var crc = new CRC32();
    crc.update(text(1, 1 << 20));
    assertThat(Long.toHexString(crc.getValue())).isEqualTo("b2f3d8c0");
  }

  @Test
  void anotherSeedGivesAnotherText() {
    assertThat(text(2, 10_000)).isNotEqualTo(text(1, 10_000));
  }

  @Test
  void theTextDoesNotDependOnThePiecesItIsTakenIn() {
    var whole = text(7, 100_000);
    var pieces = new ByteArrayOutputStream();
    var text = new LogText(7);
    for (int size = 1; pieces.size() < whole.length; size = size * 3 % 1009) {
      var piece = new byte[Math.min(size, whole.length - pieces.size())];
      text.fill(piece);
      pieces.writeBytes(piece);
    }
    assertThat(pieces.toByteArray()).isEqualTo(whole);
  }

  @Test
  void everyLineIsOneOfAnAccessLog() {
    var lines = new String(text(3, 2_000_000), StandardCharsets.US_ASCII).lines().toList();
    // The last one is cut where the size ends.
    assertThat(lines.subList(0, lines.size() - 1)).hasSizeGreaterThan(5000).allMatch(line -> line.matches(LINE));
  }

  @Test
  void itCompressesAboutAsWellAsARealLog() throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(text(4, 4_000_000));
    }
    assertThat(4_000_000.0 / compressed.size()).isBetween(4.0, 12.0);
  }
}
