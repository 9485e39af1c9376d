package highwater.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.memory.Budget;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Term;
import highwater.strand.Strand;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Decoding and encoding; the lines beyond what the command uses.
class TextTest {
  private static final String MARK = "\uFEFF";

  private static String decoded(Text.Decode stage, byte[]... chunks) throws Exception {
    var text = new StringBuilder();
    Drive.run(stage, Arrays.asList(chunks), text::append);
    return text.toString();
  }

  private static byte[] encoded(Text.Encode stage, CharSequence... texts) throws Exception {
    var step = stage.step();
    var out = new ByteArrayOutputStream();
    var left = new ArrayList<>(Arrays.asList(texts));
    for (boolean ended = false; ; ) {
      switch (step.poll()) {
        case READY -> Drive.copy(step.next(), out);
        case HUNGRY -> {
          if (ended) throw new AssertionError("HUNGRY after finish");
          if (left.isEmpty()) {
            ended = true;
            step.finish();
          } else {
            step.offer(left.removeFirst());
          }
        }
        case WAITING -> throw new AssertionError("it never waits");
        case DONE -> {
          return out.toByteArray();
        }
      }
    }
  }

  @Test
  void textIsThatOfTheJdkHoweverLong() throws Exception {
    var random = Samples.random("decode");
    var alphabet = List.of("a", "é", "語", "\uD83D\uDE00", "\n", MARK, "x".repeat(8191), "\uD83D\uDE00".repeat(5000));
    for (var charset : List.of(UTF_8, UTF_16, ISO_8859_1, Charset.forName("UTF-32"), Charset.forName("GB18030"))) {
      for (int run = 0; run < 20; run++) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
          var piece = alphabet.get(random.nextInt(alphabet.size()));
          if (charset.newEncoder().canEncode(piece)) text.append(piece);
        }
        var bytes = text.toString().getBytes(charset);
        var where = "%s, run %d, -Dseed=%d".formatted(charset, run, Samples.SEED);
        var chunks = Samples.split(random, bytes).toArray(byte[][]::new);
        assertThat(decoded(Text.decode().charset(charset), chunks)).as(where).isEqualTo(new String(bytes, charset));
        assertThat(encoded(Text.encode().charset(charset), text)).as(where).isEqualTo(bytes);
      }
    }
  }

  @Test
  void noStringEndsInMidSurrogatePair() throws Exception {
    var bytes = ("x" + "\uD83D\uDE00".repeat(20_000)).getBytes(UTF_8);
    Drive.run(
        Text.decode(),
        Drive.chunks(bytes, 1001),
        text -> assertThat(Character.isHighSurrogate(text.charAt(text.length() - 1))).isFalse());
  }

  @Test
  void whatIsDecodedIsGivenAtOnce() throws Exception {
    var given = new ArrayList<String>();
    Drive.run(
        Text.decode(),
        List.of("ab".getBytes(UTF_8), new byte[] {'c', (byte) 0xC3}, new byte[] {(byte) 0xA9}),
        given::add);
    assertThat(given).containsExactly("ab", "c", "é");
  }

  @Test
  void malformedBytesFailWithTheirPosition() {
    for (int chunk : new int[] {1, 2, 100}) {
      assertThatThrownBy(
              () -> Drive.run(Text.decode(), Drive.chunks(new byte[] {'a', 'b', (byte) 0xFF, 'c'}, chunk), _ -> {}))
          .isInstanceOfSatisfying(DataException.class, e -> assertThat(e.positionBytes()).isEqualTo(2))
          .hasMessageStartingWith("decode: 1 byte from byte 2 is not UTF-8 (expected: ");
    }
    assertThatThrownBy(() -> decoded(Text.decode(), new byte[] {'a', (byte) 0xE2, (byte) 0x82}))
        .hasMessageStartingWith("decode: 2 bytes from byte 1 are not UTF-8");
  }

  @Test
  void malformedBytesAreReplacedOnRequest() throws Exception {
    var input = new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xE2};
    assertThat(decoded(Text.decode().onMalformed(CodingErrorAction.REPLACE), input)).isEqualTo("a\uFFFDb\uFFFD");
    assertThat(decoded(Text.decode().onMalformed(CodingErrorAction.IGNORE), input)).isEqualTo("ab");
  }

  @Test
  void aByteOrderMarkIsTextUnlessItIsDropped() throws Exception {
    var marked = (MARK + MARK + "a").getBytes(UTF_8);
    assertThat(decoded(Text.decode(), marked)).isEqualTo(MARK + MARK + "a");
    assertThat(decoded(Text.decode().withoutMark(), marked)).as("the first alone").isEqualTo(MARK + "a");
    assertThat(decoded(Text.decode().withoutMark(), "a".getBytes(UTF_8))).isEqualTo("a");
    assertThat(decoded(Text.decode().withoutMark(), MARK.getBytes(UTF_8))).isEmpty();
    assertThat(decoded(Text.decode().charset(UTF_16), "a".getBytes(UTF_16))).as("takes its own").isEqualTo("a");
    assertThat(decoded(Text.decode().charset(UTF_16).withoutMark(), (MARK + "a").getBytes(UTF_16)))
        .as("what follows its own is text")
        .isEqualTo(MARK + "a");
    var lines = new ArrayList<String>();
    Drive.run(Text.lines().withoutMark(), List.of(marked), lines::add);
    assertThat(lines).containsExactly(MARK + "a");
  }

  @Test
  void aSurrogatePairMayBeCutBetweenTexts() throws Exception {
    assertThat(encoded(Text.encode(), "a\uD83D", "", "\uDE00b")).isEqualTo("a\uD83D\uDE00b".getBytes(UTF_8));
    assertThat(encoded(Text.encode().charset(UTF_16), "a", "b")).as("one mark").isEqualTo("ab".getBytes(UTF_16));
  }

  @Test
  void aCharacterThatCannotBeEncodedFailsWithItsNumber() {
    assertThatThrownBy(() -> encoded(Text.encode(), "abc", "d\uD83D", "e"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("encode: character 4 is U+D83D, half of a surrogate pair (expected: ");
    assertThatThrownBy(() -> encoded(Text.encode(), "\uD83D")).hasMessageContaining("character 0");
    assertThatThrownBy(() -> encoded(Text.encode().charset(ISO_8859_1), "aé語"))
        .hasMessageStartingWith("encode: character 2 is U+8A9E, which is not in ISO-8859-1");
    assertThatThrownBy(() -> Text.encode().charset(Charset.forName("x-JISAutoDetect")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only decodes");
  }

  @Test
  void aCharacterThatCannotBeEncodedIsReplacedOnRequest() throws Exception {
    var latin = Text.encode().charset(ISO_8859_1).onMalformed(CodingErrorAction.REPLACE);
    assertThat(encoded(latin, "a語\uD83D", "b")).isEqualTo("a??b".getBytes(ISO_8859_1));
  }

  @Test
  void anEndAfterEachTextMakesLines() throws Exception {
    assertThat(encoded(Text.encode().endingEach("\r\n"), "a", "", "b")).isEqualTo("a\r\n\r\nb\r\n".getBytes(UTF_8));
    assertThat(encoded(Text.encode().endingEach("\n"))).isEmpty();
  }

  @Test
  void aLongTextComesInChunksOfTheFootprint() throws Exception {
    var text = "語".repeat(100_000);
    var step = Text.encode().step();
    step.offer(text);
    long most = Text.encode().footprint(0).chunkMaxBytes();
    var out = new ByteArrayOutputStream();
    while (step.poll() == Progress.READY) {
      var chunk = step.next();
      assertThat((long) chunk.remaining()).isLessThanOrEqualTo(most);
      Drive.copy(chunk, out);
    }
    assertThat(out.toByteArray()).isEqualTo(text.getBytes(UTF_8));
  }

  @Test
  void unicodesEndsEndALineWhereAskedFor() throws Exception {
    var given = new ArrayList<String>();
    var bytes = "a\u0085\u2028b\u2029c\r\n\u000Bd".getBytes(UTF_8);
    Drive.run(Text.lines().unicodeEnds(), Drive.chunks(bytes, 1), given::add);
    assertThat(given).containsExactly("a", "", "b", "c", "\u000Bd");
  }

  @Test
  void textPassesThroughLiveStreams() {
    var lines = new ArrayList<String>();
    Strand.run(
        () -> {
          var stage = Text.lines().open();
          stage.onData(lines::add);
          var _ = stage.write(ByteBuffer.wrap("a\nb".getBytes(UTF_8)));
          stage.end(ByteBuffer.wrap("c".getBytes(UTF_8)));
        });
    assertThat(lines).containsExactly("a", "bc");
    var bytes = new ByteArrayOutputStream();
    Strand.run(
        () -> {
          var stage = Text.encode().endingEach(";").open();
          stage.onData(chunk -> Drive.copy(chunk, bytes));
          var _ = stage.write("x");
          stage.end("y");
        });
    assertThat(bytes.toString(UTF_8)).isEqualTo("x;y;");
  }

  @Test
  void theFootprintIsTheArraysAndTheString() {
    assertThat(Text.decode().footprint(1).terms()).containsExactly(new Term("decode", 1, 1, List.of(24_576L, 16_384L)));
    assertThat(Text.encode().footprint(1).terms()).containsExactly(Term.of("encode", 1, 16_384));
  }

  @Test
  void theStagesChargeNothingBeyondTheirMinimum() throws Exception {
    PullStage<ByteBuffer, String> stage = Text.decode();
    var budget = Budget.of(1);
    new Drive<>(stage, List.of(new byte[10]).iterator(), _ -> {}, budget).run();
    assertThat(budget.peakBytes()).isZero();
  }
}
