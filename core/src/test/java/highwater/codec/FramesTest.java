package highwater.codec;

import static highwater.contract.CutCase.latin1;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.strand.Strand;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FramesTest {
  private static final Delimited LINES = Frames.delimited((byte) '\n');

  private static List<String> split(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) throws Exception {
    var frames = new ArrayList<String>();
    Drive.run(stage, chunks, frame -> frames.add(string(frame)));
    return frames;
  }

  private static List<String> split(PullStage<ByteBuffer, ByteBuffer> stage, String input) throws Exception {
    return split(stage, List.of(latin1(input)));
  }

  private static String string(ByteBuffer frame) {
    var out = new ByteArrayOutputStream();
    Drive.copy(frame, out);
    return out.toString(ISO_8859_1);
  }

  private static String joined(PullStage<ByteBuffer, ByteBuffer> stage, String... frames) throws Exception {
    var chunks = Arrays.stream(frames).map(frame -> latin1(frame)).toList();
    return new String(Drive.bytes(stage, chunks), ISO_8859_1);
  }

  @Test
  void aDelimiterEndsAFrameAndIsNoPartOfIt() throws Exception {
    assertThat(split(LINES.split(), "a\n\nbc\n")).containsExactly("a", "", "bc");
    assertThat(split(LINES.split(), "")).isEmpty();
    assertThat(split(Frames.delimited(latin1("\r\n")).split(), "a\rb\nc\r\r\n\r\n")).containsExactly("a\rb\nc\r", "");
  }

  /// A search that began anew after a mismatch would miss some of these.
  @Test
  void theFirstCompleteDelimiterCountsWhereItBeginsWithinItself() throws Exception {
    var random = Samples.random("delimiters");
    for (int run = 0; run < 2000; run++) {
      var delimiter = letters(random, 1 + random.nextInt(6));
      var text = letters(random, random.nextInt(60)) + delimiter;
      var expected = new ArrayList<String>();
      for (int from = 0; from < text.length(); ) {
        int at = text.indexOf(delimiter, from);
        if (at < 0) at = text.length();
        expected.add(text.substring(from, at));
        from = at + delimiter.length();
      }
      var format = Frames.delimited(latin1(delimiter)).lastMayLackDelimiter();
      assertThat(split(format.split(), Samples.split(random, latin1(text))))
          .as("%s in %s, -Dseed=%d", delimiter, text, Samples.SEED)
          .isEqualTo(expected);
    }
  }

  private static String letters(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) text.append(random.nextInt(3) == 0 ? 'b' : 'a');
    return text.toString();
  }

  @Test
  void aMissingLastDelimiterFailsUnlessItMayBeMissing() throws Exception {
    assertThatThrownBy(() -> split(LINES.split(), "a\nbc"))
        .isInstanceOfSatisfying(DataException.class, e -> assertThat(e.positionBytes()).isEqualTo(4))
        .hasMessageStartingWith("split: frame 2: the input ends after 2 bytes without the delimiter 0a (byte 4 of ");
    assertThat(split(LINES.lastMayLackDelimiter().split(), "a\nbc")).containsExactly("a", "bc");
    assertThat(split(LINES.lastMayLackDelimiter().split(), "a\n")).containsExactly("a");
    var ends = Frames.delimited(latin1("\r\n")).lastMayLackDelimiter();
    assertThat(split(ends.split(), "a\r\nb\r")).as("half a delimiter is data").containsExactly("a", "b\r");
  }

  @Test
  void aFrameAtTheLimitIsGivenAndALongerOneFails() throws Exception {
    for (var delimiter : List.of("\n", "--")) {
      var five = Frames.delimited(latin1(delimiter)).longest(5);
      for (int chunk : new int[] {1, 3, 100}) {
        var fits = latin1("12345" + delimiter + "12345" + delimiter);
        assertThat(split(five.split(), Drive.chunks(fits, chunk))).containsExactly("12345", "12345");
        assertThatThrownBy(
                () -> split(five.split(), Drive.chunks(latin1("1" + delimiter + "123456" + delimiter), chunk)))
            .isInstanceOf(DataException.class)
            .hasMessageStartingWith("split: frame 2: it has at least 6 bytes")
            .hasMessageContaining("at most 5");
      }
      assertThatThrownBy(() -> split(five.lastMayLackDelimiter().split(), "123456")).hasMessageContaining("at least 6");
    }
  }

  @Test
  void aFrameWithoutEndFailsWithoutBeingHeld() {
    var chunk = new byte[1 << 16];
    Iterable<byte[]> endless = () -> Stream.generate(chunk::clone).iterator();
    assertThatThrownBy(() -> Drive.<ByteBuffer>run(LINES.split(), endless, _ -> {}))
        .hasMessageContaining("at most 1048576");
  }

  @Test
  void joiningPutsTheDelimiterBehindEachFrame() throws Exception {
    assertThat(joined(LINES.join(), "a", "", "bc")).isEqualTo("a\n\nbc\n");
    assertThat(joined(LINES.join())).isEmpty();
  }

  @Test
  void aFrameThatCouldNotBeToldFromTwoIsRefused() throws Exception {
    assertThatThrownBy(() -> joined(LINES.join(), "ok", "a\nb"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("join: frame 2: the delimiter 0a stands within it, at byte 1 (expected: ");
    var twice = Frames.delimited(latin1("aa"));
    assertThatThrownBy(() -> joined(twice.join(), "xa"))
        .as("xaaa ends one byte early")
        .hasMessageContaining("at byte 1");
    assertThat(joined(twice.join(), "ax")).isEqualTo("axaa");
  }

  @Test
  void aFrameBeyondTheLimitIsRefusedWhenJoinedToo() {
    assertThatThrownBy(() -> joined(LINES.longest(3).join(), "1234"))
        .hasMessageStartingWith("join: frame 1: it has 4 bytes (expected: at most 3; ");
    assertThatThrownBy(() -> joined(Frames.prefixed(4).longest(3).join(), "1234")).hasMessageContaining("at most 3");
    assertThatThrownBy(() -> joined(Frames.prefixed(1).join(), "x".repeat(256)))
        .hasMessageContaining("it has 256 bytes (expected: at most 255, what a length in 1 byte can say");
  }

  @Test
  void lengthsAreWrittenAsTheirFormatSays() throws Exception {
    var frame = "x".repeat(0x0102);
    assertThat(joined(Frames.prefixed(1).join(), "ab", "")).isEqualTo("\2ab\0");
    assertThat(joined(Frames.prefixed(2).join(), frame)).isEqualTo("\1\2" + frame);
    assertThat(joined(Frames.prefixed(2).littleEndian().join(), frame)).isEqualTo("\2\1" + frame);
    assertThat(joined(Frames.prefixed(4).join(), frame)).isEqualTo("\0\0\1\2" + frame);
    assertThat(joined(Frames.prefixed(8).littleEndian().join(), frame)).isEqualTo("\2\1\0\0\0\0\0\0" + frame);
    assertThat(joined(Frames.varint().join(), "a".repeat(300), "")).isEqualTo("\u00AC\2" + "a".repeat(300) + "\0");
  }

  static Stream<Arguments> formats() {
    return Stream.of(
            Frames.prefixed(1),
            Frames.prefixed(2),
            Frames.prefixed(2).littleEndian(),
            Frames.prefixed(4).littleEndian(),
            Frames.prefixed(8),
            Frames.varint())
        .map(format -> Arguments.of(format.join(), format.split()));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatIsJoinedIsSplitAgain(PullStage<ByteBuffer, ByteBuffer> join, PullStage<ByteBuffer, ByteBuffer> split)
      throws Exception {
    var random = Samples.random("frames");
    var frames = new ArrayList<byte[]>();
    for (int length : new int[] {0, 1, 127, 128, 200, 255}) frames.add(Samples.noise(random, length));
    var bytes = Drive.bytes(join, frames);
    var expected = frames.stream().map(frame -> new String(frame, ISO_8859_1)).toList();
    assertThat(split(split, Samples.split(random, bytes))).as("-Dseed=%d", Samples.SEED).isEqualTo(expected);
    // Anywhere but between two frames it is cut short.
    var borders = new ArrayList<Integer>();
    for (int i = 0; i <= frames.size(); i++) borders.add(Drive.bytes(join, frames.subList(0, i)).length);
    for (int length = 0; length < bytes.length; length++) {
      var cut = Arrays.copyOf(bytes, length);
      if (borders.contains(length)) {
        assertThat(split(split, List.of(cut))).hasSize(borders.indexOf(length));
      } else {
        assertThat(Drive.failure(split, List.of(cut)))
            .hasMessageContaining("the input is cut short")
            .satisfies(e -> assertThat(e.positionBytes()).isEqualTo(cut.length));
      }
    }
  }

  @Test
  void aLengthBeyondTheLimitFailsBeforeAnythingIsHeld() {
    assertThatThrownBy(() -> split(Frames.prefixed(4).longest(100).split(), "\1a\0\0\0\145"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("split: frame 1: it has 23134208 bytes (byte 4 of the input; expected: at most 100; ");
    assertThatThrownBy(() -> split(Frames.prefixed(4).split(), "\u00FF\u00FF\u00FF\u00FF"))
        .hasMessageContaining("it has 4294967295 bytes");
    assertThatThrownBy(() -> split(Frames.prefixed(8).split(), "\u00FF".repeat(8)))
        .hasMessageContaining("it has 18446744073709551615 bytes");
  }

  @Test
  void aVarintOfMoreThan64BitsIsNoLength() throws Exception {
    var most = "\u00FF".repeat(9);
    assertThatThrownBy(() -> split(Frames.varint().split(), most + "\1"))
        .hasMessageContaining("18446744073709551615 bytes");
    assertThatThrownBy(() -> split(Frames.varint().split(), most + "\2")).hasMessageContaining("no number of 64 bits");
    assertThatThrownBy(() -> split(Frames.varint().split(), most + "\u0081"))
        .hasMessageContaining("no number of 64 bits");
    assertThat(split(Frames.varint().split(), "\u0081\u0080\0x")).as("a longer way to say 1").containsExactly("x");
  }

  @Test
  void nonsenseIsRefusedWhenNamed() {
    assertThatThrownBy(() -> Frames.prefixed(3)).hasMessageContaining("3 bytes (expected: 1, 2, 4 or 8)");
    assertThatThrownBy(() -> Frames.delimited()).hasMessageContaining("0 bytes");
    assertThatThrownBy(() -> LINES.longest(0)).hasMessageContaining("0 bytes (expected: 1 to");
    assertThatThrownBy(() -> Frames.varint().littleEndian()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void framesKeepTheirBordersInLiveStreams() {
    var frames = new ArrayList<String>();
    Strand.run(
        () -> {
          var split = Frames.prefixed(1).split().open();
          var join = Frames.prefixed(1).join().open();
          var _ = join.pipe(split);
          split.onData(frame -> frames.add(string(frame)));
          for (var frame : List.of("a", "", "bc")) {
            var _ = join.write(ByteBuffer.wrap(latin1(frame)));
          }
          join.end();
        });
    assertThat(frames).containsExactly("a", "", "bc");
  }

  @Test
  void theFootprintIsAFrameHalfGrown() {
    var footprint = Frames.prefixed(4).longest(1000).split().footprint(64);
    assertThat(footprint.terms().getFirst().maxBytes()).isEqualTo(1500);
    assertThat(footprint.chunkMaxBytes()).isEqualTo(1000);
    assertThat(Frames.delimited(latin1("\r\n")).longest(999).split().footprint(64).terms().getFirst().maxBytes())
        .isEqualTo(1500);
    assertThat(LINES.join().footprint(64).chunkMaxBytes()).isEqualTo(64);
    assertThat(LINES.join().footprint(Footprint.UNKNOWN).chunkMaxBytes()).isEqualTo(Footprint.UNKNOWN);
  }
}
