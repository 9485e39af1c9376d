package highwater.codec;

import static highwater.contract.CutCase.latin1;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.Base64.Decoder;
import java.util.Base64.Encoder;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// base64 and hex.
class DigitsTest {
  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of(Base64.standard(), java.util.Base64.getEncoder(), java.util.Base64.getDecoder()),
        Arguments.of(Base64.url(), java.util.Base64.getUrlEncoder(), java.util.Base64.getUrlDecoder()),
        Arguments.of(
            Base64.url().unpadded(),
            java.util.Base64.getUrlEncoder().withoutPadding(),
            java.util.Base64.getUrlDecoder()),
        Arguments.of(Base64.mime(), java.util.Base64.getMimeEncoder(), java.util.Base64.getMimeDecoder()));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void base64IsThatOfTheJdk(Base64 format, Encoder encoder, Decoder decoder) throws Exception {
    var random = Samples.random("base64");
    for (int run = 0; run < 400; run++) {
      int length = run < 240 ? run : random.nextInt(40_000);
      var data = Samples.noise(random, length);
      var where = "%d bytes, -Dseed=%d".formatted(length, Samples.SEED);
      var text = Drive.bytes(format.encode(), Samples.split(random, data));
      assertThat(new String(text, ISO_8859_1)).as(where).isEqualTo(encoder.encodeToString(data));
      assertThat(decoder.decode(text)).isEqualTo(data);
      assertThat(Drive.bytes(format.decode(), Samples.split(random, text))).as(where).isEqualTo(data);
    }
  }

  private static String decoded(PullStage<ByteBuffer, ByteBuffer> stage, String text) throws Exception {
    return new String(Drive.bytes(stage, List.of(latin1(text))), ISO_8859_1);
  }

  /// The position is that of the first byte that is wrong, or the end.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "QUJD*, 4, is no digit",
        "QU JD, 2, is no digit",
        "QUJD-_==, 4, is no digit",
        "Q, 1, unexpected end",
        "QUJDR, 5, unexpected end",
        "QQ, 2, unexpected end",
        "QQ=, 3, unexpected end",
        "QUI, 3, unexpected end",
        "Q=, 1, is padding where none belongs",
        "=, 0, is padding where none belongs",
        "QQ===, 4, is padding where none belongs",
        "QUI==, 4, is padding where none belongs",
        "QUJD=, 4, is padding where none belongs",
        "QQ=Q, 3, follows the padding",
        "QQ==QQ==, 4, follows the padding",
        "QR==, 2, has bits that belong to no byte",
        "QUL=, 3, has bits that belong to no byte"
      })
  void whatIsNotExactlyBase64Fails(String text, long position, String what) {
    for (int chunk : new int[] {1, 3, 100}) {
      var failure = Drive.failure(Base64.standard().decode(), Drive.chunks(latin1(text), chunk));
      assertThat(failure).hasMessageStartingWith("unbase64: ").hasMessageContaining(what);
      assertThat(failure.positionBytes()).isEqualTo(position);
    }
  }

  @Test
  void unpaddedTextHasNoPadding() throws Exception {
    var url = Base64.url().unpadded();
    assertThat(decoded(url.decode(), "QQ")).isEqualTo("A");
    assertThat(decoded(url.decode(), "-_8")).isEqualTo("\u00FB\u00FF");
    assertThat(Drive.failure(url.decode(), List.of(latin1("QQ==")))).hasMessageContaining("'=', is no digit");
    assertThat(Drive.failure(url.decode(), List.of(latin1("QUJDR")))).hasMessageContaining("unexpected end");
    assertThat(Drive.failure(url.decode(), List.of(latin1("QR")))).hasMessageContaining("bits that belong to no byte");
  }

  @Test
  void whitespaceStandsAnywhereInMimeAndWhereAskedFor() throws Exception {
    var text = " QU\r\n\tJ\nDQ\rQ= =\n";
    assertThat(decoded(Base64.mime().decode(), text)).isEqualTo("ABCA");
    assertThat(decoded(Base64.standard().skippingWhitespace().decode(), text)).isEqualTo("ABCA");
    assertThat(Drive.failure(Base64.mime().decode(), List.of(latin1("QUJD!"))))
        .hasMessageContaining("'!', is no digit");
  }

  @Test
  void aMimeLineIsGivenWhenAnotherFollows() throws Exception {
    var step = Base64.mime().encode().step();
    step.offer(ByteBuffer.allocate(57));
    assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
    step.offer(ByteBuffer.allocate(1));
    assertThat(step.poll()).isEqualTo(Progress.READY);
    assertThat(step.next().remaining()).isEqualTo(78);
  }

  @Test
  void hexIsThatOfTheJdk() throws Exception {
    var data = Samples.noise(Samples.random("hex"), 20_000);
    var hex = HexFormat.of();
    assertThat(Drive.bytes(Hex.lowerCase().encode(), Drive.chunks(data, 777))).isEqualTo(latin1(hex.formatHex(data)));
    var upper = latin1(hex.withUpperCase().formatHex(data));
    assertThat(Drive.bytes(Hex.upperCase().encode(), Drive.chunks(data, 777))).isEqualTo(upper);
    assertThat(Drive.bytes(Hex.lowerCase().decode(), Drive.chunks(upper, 777))).as("either case").isEqualTo(data);
  }

  @Test
  void whatIsNotExactlyHexFails() throws Exception {
    var hex = Hex.lowerCase().decode();
    assertThat(Drive.failure(hex, List.of(latin1("abc"))))
        .hasMessageContaining("unexpected end of input after 3 bytes");
    assertThat(Drive.failure(hex, List.of(latin1("00g0"))))
        .hasMessageStartingWith("unhex: byte 2 of the input, 'g', is no digit of hex (expected: ")
        .satisfies(e -> assertThat(e.positionBytes()).isEqualTo(2));
    assertThat(Drive.failure(hex, List.of(latin1("00\n")))).hasMessageContaining("byte 2 of the input, 0x0A");
    assertThat(Drive.failure(hex, List.of(latin1("\u00E9")))).hasMessageContaining("0xE9");
    assertThat(decoded(Hex.lowerCase().skippingWhitespace().decode(), "41 4\n2\n")).isEqualTo("AB");
  }

  @Test
  void theFootprintIsTheArrays() {
    var encode = Base64.mime().encode().footprint(1);
    assertThat(encode.chunkMaxBytes()).isEqualTo(105 * 78);
    assertThat(encode.terms()).containsExactly(Term.of("base64 mime", 1, 2 * 105 * 57 + 2 * 105 * 78));
    for (var stage : List.of(Base64.url().decode(), Hex.upperCase().encode(), Hex.upperCase().decode())) {
      assertThat(stage.footprint(1).chunkMaxBytes()).isEqualTo(8192);
      assertThat(stage.footprint(1).terms()).containsExactly(Term.of(stage.name(), 1, 8192));
    }
  }
}
