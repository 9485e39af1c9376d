package highwater.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextLinesTest {
  private static List<String> lines(Text.Lines stage, List<byte[]> chunks) throws Exception {
    var lines = new ArrayList<String>();
    Drive.run(stage, chunks, lines::add);
    return lines;
  }

  private static List<String> lines(String text) throws Exception {
    return lines(Text.lines(), List.of(utf8(text)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyConventionEndsALine() throws Exception {
    assertThat(lines("a\nb\r\nc\rd")).containsExactly("a", "b", "c", "d");
    assertThat(lines("\n\r\r\n\n")).containsExactly("", "", "", "");
  }

  @Test
  void theLastLineNeedsNoEnd() throws Exception {
    assertThat(lines("a\nb")).containsExactly("a", "b");
    assertThat(lines("a\nb\n")).containsExactly("a", "b");
    assertThat(lines("")).isEmpty();
  }

  @Test
  void nothingElseEndsALine() throws Exception {
    assertThat(lines("a\u000B\f\u0085\u2028\u2029b")).hasSize(1);
  }

  @Test
  void anyTextInAnyChunksGivesTheSameLines() throws Exception {
    var random = Samples.random("lines");
    var charsets = List.of("UTF-8", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-32", "windows-1252", "Shift_JIS");
    var alphabet = List.of("a", "bc", "\n", "\r", "\r\n", "é", "語", "\uD83D\uDE00", "\0", "x".repeat(9000));
    for (int run = 0; run < 100; run++) {
      var charset = Charset.forName(charsets.get(random.nextInt(charsets.size())));
      var text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        var piece = alphabet.get(random.nextInt(alphabet.size()));
        if (charset.newEncoder().canEncode(piece)) text.append(piece);
      }
      var bytes = text.toString().getBytes(charset);
      var chunks = random.nextInt(4) == 0 ? Drive.chunks(bytes, 1) : Samples.split(random, bytes);
      assertThat(lines(Text.lines().charset(charset), chunks))
          .as("run %d, %s, seed %d", run, charset, Samples.SEED)
          .isEqualTo(text.toString().lines().toList());
    }
  }

  @Test
  void malformedInputFailsWithItsLineAndByte() {
    var input = Samples.join(utf8("one\ntwo\nth"), new byte[] {(byte) 0xFF}, utf8("ree\n"));
    for (int chunk : new int[] {1, 100}) {
      var given = new ArrayList<String>();
      assertThatThrownBy(() -> Drive.run(Text.lines(), Drive.chunks(input, chunk), given::add))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("line 3: 1 byte from byte 10 is not UTF-8");
      assertThat(given).containsExactly("one", "two");
    }
  }

  @Test
  void aCharacterCutAtTheEndIsMalformed() {
    var cut = new byte[] {'a', (byte) 0xE2, (byte) 0x82};
    assertThatThrownBy(() -> lines(Text.lines(), List.of(cut)))
        .hasMessageStartingWith("line 1: 2 bytes from byte 1 are not UTF-8");
  }

  @Test
  void malformedInputMayBeReplacedOrIgnored() throws Exception {
    var input = List.of(new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xE2});
    assertThat(lines(Text.lines().onMalformed(CodingErrorAction.REPLACE), input)).containsExactly("a\uFFFDb\uFFFD");
    assertThat(lines(Text.lines().onMalformed(CodingErrorAction.IGNORE), input)).containsExactly("ab");
  }

  @Test
  void aLineAtTheLimitIsGivenAndALongerOneFails() throws Exception {
    var ten = Text.lines().longest(10);
    for (int chunk : new int[] {1, 3, 100}) {
      assertThat(lines(ten, Drive.chunks(utf8("0123456789\r\n0123456789"), chunk)))
          .containsExactly("0123456789", "0123456789");
      assertThatThrownBy(() -> lines(ten, Drive.chunks(utf8("a\n0123456789x\n"), chunk)))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("line 2 is longer than 10 characters");
    }
  }

  @Test
  void aLongLineWithoutEndFailsWithoutBeingHeld() {
    var chunk = Samples.noise(new Random(1), 1 << 16);
    java.util.Arrays.fill(chunk, (byte) 'x');
    var given = new ArrayList<String>();
    var endless = (Iterable<byte[]>) () -> java.util.stream.Stream.generate(chunk::clone).iterator();
    assertThatThrownBy(() -> Drive.run(Text.lines(), endless, given::add))
        .hasMessageStartingWith("line 1 is longer than 1048576 characters");
  }

  @Test
  void theFootprintIsFourTimesTheLongestLine() {
    var footprint = Text.lines().longest(1000).footprint(65_536);
    assertThat(footprint.terms().getFirst().maxBytes()).isEqualTo(24_576 + 4000);
    assertThat(footprint.chunkMaxBytes()).isEqualTo(2000);
  }
}
