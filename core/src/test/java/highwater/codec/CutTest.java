package highwater.codec;

import static highwater.contract.CutCase.bytes;
import static highwater.contract.CutCase.latin1;
import static highwater.contract.CutCase.lines;
import static highwater.contract.CutCase.telling;
import static java.nio.charset.CodingErrorAction.IGNORE;
import static java.nio.charset.CodingErrorAction.REPLACE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import highwater.contract.CutCase;
import highwater.contract.CutContract;
import highwater.pipeline.Footprint;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Step;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// Every stage of the core.
class CutTest extends CutContract {
  private static final byte[] SMALL = Samples.text(new Random(1), 120);
  private static final byte[] LARGE =
      Samples.join(Samples.text(new Random(2), 90_000), Samples.noise(new Random(3), 9000));
  private static final byte[] TWO_MEMBERS = Samples.join(Samples.gzip(SMALL), Samples.gzip(latin1("and more\n")));
  private static final String WORDS = "Grüße\r\n日本\rx\n\n\uD83D\uDE00\u0085a\u2028b\u2029\r\n";
  private static final byte[] MANY_WORDS = WORDS.repeat(900).getBytes(UTF_8);
  private static final byte[] LARGE_TEXT = Samples.text(new Random(4), 90_000);
  private static final byte[] GARBAGE = Samples.join(Samples.gzip(SMALL), latin1("\0\0garbage"));
  private static final byte[] MARKED = ("\uFEFF" + WORDS).getBytes(UTF_8);
  private static final byte[] NOT_UTF_8 =
      latin1("a\u00FF\u00E2\u0082b\u00F0\u009F\u0098\u00C0\u0080\u00ED\u00A0\u0080\u00E2");

  /// What [OfCharacters] makes text of, with surrogate pairs.
  private static final byte[] CHARACTERS = latin1("abc\u0080\u00A0d\u0081\u00A1\u0082\u00A2\u00E9\n");

  private static final byte[] MANY_CHARACTERS = Samples.join(LARGE_TEXT, CHARACTERS, LARGE_TEXT);

  /// For delimiters of one byte, of several, and such that begin within themselves.
  private static final byte[] DELIMITED = latin1("a\r\n\r\r\nbc\n\r\naaab\r\naab\r\n\r\n");

  private static final byte[] MANY_DELIMITED = latin1(("some\r\n\n\r\n" + "frame ".repeat(150) + "\r\n").repeat(60));

  @Override
  protected Stream<CutCase<?>> cases() {
    return Stream.of(compression(), looking(), text(), frames(), digits()).flatMap(Function.identity());
  }

  private static Stream<CutCase<?>> compression() {
    var gzip = Gzip.compress().block(1024).fileName("a.log");
    var deflate = Deflate.compress().workers(1).block(4096);
    return Stream.of(
        bytes(gzip, new byte[0], SMALL, LARGE),
        bytes(Gzip.compress().level(0), SMALL, LARGE),
        bytes(deflate, SMALL, LARGE),
        bytes(deflate.raw(), SMALL, LARGE),
        telling(tell -> Gzip.decompress().onWarning(tell::accept), TWO_MEMBERS, GARBAGE, made(gzip, LARGE)),
        bytes(Gzip.decompress().chunk(512).outputAtMost(200_000), TWO_MEMBERS, made(gzip, LARGE)).as("gunzip 512"),
        bytes(Deflate.decompress().chunk(1000), made(deflate, SMALL), made(deflate, LARGE)),
        bytes(Deflate.decompress().raw(), made(deflate.raw(), SMALL), made(deflate.raw(), LARGE)));
  }

  private static Stream<CutCase<?>> looking() {
    return Stream.of(
        telling(tell -> Digests.of("SHA-256", tell::accept), new byte[0], SMALL, LARGE),
        telling(tell -> Digests.of("CRC-32C", tell::accept), SMALL, LARGE),
        telling(tell -> Count.bytes(tell::accept), SMALL, LARGE),
        bytes(Expect.bytes(SMALL.length), SMALL),
        bytes(Expect.digest("CRC-32", crc32(SMALL)), SMALL),
        bytes(Throttle.bytesPerSecond(1000), SMALL, LARGE).inVirtualTime(),
        telling(tell -> Tee.to(new Second(tell)), SMALL, LARGE));
  }

  private static Stream<CutCase<?>> text() {
    var shiftJis = Charset.forName("Shift_JIS");
    var japanese = "日本語\r\nテキスト\n\\~\r".getBytes(shiftJis);
    var iso2022 = Charset.forName("ISO-2022-JP");
    return Stream.of(
        lines(Text.lines(), SMALL, MARKED, LARGE_TEXT, MANY_WORDS),
        lines(Text.lines().unicodeEnds().withoutMark(), MARKED, MANY_WORDS).as("lines with Unicode's ends"),
        lines(Text.lines().charset(UTF_16).unicodeEnds(), WORDS.getBytes(UTF_16)).as("lines of UTF-16"),
        lines(Text.lines().charset(shiftJis), japanese).as("lines of Shift_JIS"),
        lines(Text.lines().longest(6), latin1("123456\r\n\n12345\r123456")).as("lines of 6"),
        lines(Text.lines().onMalformed(REPLACE), NOT_UTF_8).as("lines, replacing"),
        CutCase.text(Text.decode(), SMALL, MARKED, MANY_WORDS),
        CutCase.text(Text.decode().withoutMark(), MARKED, new byte[0], MANY_WORDS).as("decode without mark"),
        CutCase.text(Text.decode().onMalformed(REPLACE), NOT_UTF_8, LARGE).as("decode, replacing"),
        CutCase.text(Text.decode().onMalformed(IGNORE), NOT_UTF_8, LARGE).as("decode, ignoring"),
        CutCase.text(Text.decode().charset(UTF_16), WORDS.getBytes(UTF_16)).as("decode UTF-16"),
        CutCase.text(Text.decode().charset(iso2022), "日本語abc".getBytes(iso2022)).as("decode ISO-2022-JP"),
        bytes(new OfCharacters(Text.encode()), CHARACTERS, MANY_CHARACTERS),
        bytes(new OfCharacters(Text.encode().onMalformed(REPLACE)), CHARACTERS, LARGE).as("encode, replacing"),
        bytes(new OfCharacters(Text.encode().charset(UTF_16)), CHARACTERS, MANY_CHARACTERS).as("encode UTF-16"),
        bytes(new OfCharacters(Text.encode().charset(iso2022).onMalformed(REPLACE)), CHARACTERS)
            .as("encode ISO-2022-JP"));
  }

  private static Stream<CutCase<?>> frames() {
    var lineFeed = Frames.delimited((byte) '\n').lastMayLackDelimiter();
    var ends = Frames.delimited(latin1("\r\n"));
    var overlapping = Frames.delimited(latin1("aab"));
    return Stream.of(
        CutCase.frames(lineFeed.split(), DELIMITED, MANY_DELIMITED).as("frames ended by LF, or not"),
        CutCase.frames(ends.longest(1000).split(), DELIMITED, MANY_DELIMITED).as("frames ended by CRLF"),
        CutCase.frames(ends.longest(6).split(), DELIMITED).as("frames of 6 bytes ended by CRLF"),
        CutCase.frames(overlapping.split(), latin1("aabaaabxaaaab")).as("frames ended by aab"),
        prefixed(Frames.prefixed(1)),
        prefixed(Frames.prefixed(2).littleEndian()),
        prefixed(Frames.prefixed(4).longest(1200)),
        prefixed(Frames.prefixed(8)),
        prefixed(Frames.varint().longest(5000)));
  }

  private static CutCase<?> prefixed(Prefixed format) {
    var frames = List.of(latin1("ab"), new byte[0], SMALL, latin1("c"));
    var many = IntStream.range(0, 250).mapToObj(i -> latin1("x".repeat(i))).toList();
    return CutCase.frames(format.split(), made(format.join(), frames), made(format.join(), many)).as(format.toString());
  }

  private static Stream<CutCase<?>> digits() {
    var hex = Hex.upperCase();
    var base64 =
        Stream.of(
                Base64.standard(),
                Base64.standard().skippingWhitespace(),
                Base64.url().unpadded(),
                Base64.mime(),
                Base64.mime().unpadded())
            .flatMap(
                format ->
                    Stream.of(
                        bytes(format.encode(), new byte[0], SMALL, new byte[57], new byte[114], LARGE),
                        bytes(format.decode(), made(format.encode(), SMALL), made(format.encode(), LARGE))));
    return Stream.concat(
        base64,
        Stream.of(
            bytes(hex.encode(), SMALL, LARGE),
            bytes(hex.decode(), made(hex.encode(), SMALL), made(hex.encode(), LARGE)),
            bytes(hex.skippingWhitespace().decode(), latin1("00 ff\r\nAb\tcD ")).as("unhex with spaces")));
  }

  private static byte[] made(PullStage<ByteBuffer, ByteBuffer> stage, byte[] input) {
    return made(stage, List.of(input));
  }

  private static byte[] made(PullStage<ByteBuffer, ByteBuffer> stage, List<byte[]> chunks) {
    try {
      return Drive.bytes(stage, chunks);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String crc32(byte[] data) {
    var crc = new CRC32();
    crc.update(data);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /// A target that tells, when it is final, what it was given.
  private record Second(Consumer<Object> tell) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "second";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("of a test", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new Put<>() {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private boolean ending;

        @Override
        public Progress poll() {
          return ending ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(ByteBuffer chunk) {
          Drive.copy(chunk, out);
        }

        @Override
        public void finish() {
          ending = true;
        }

        @Override
        public void commit() {
          tell.accept(out.toString(ISO_8859_1));
        }
      };
    }
  }

  /// Gives a stage of text one character for each byte, so that whoever cuts bytes cuts text, and surrogate pairs too:
  /// 80 to 9F are first halves, A0 to BF second ones.
  private record OfCharacters(PullStage<CharSequence, ByteBuffer> stage) implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public String name() {
      return stage.name();
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return stage.footprint(Character.BYTES * chunkMaxBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      var step = stage.step();
      return new Step<>() {
        @Override
        public Progress poll() throws Exception {
          return step.poll();
        }

        @Override
        public void offer(ByteBuffer chunk) throws Exception {
          var text = new StringBuilder();
          while (chunk.hasRemaining()) text.append(character(chunk.get() & 0xFF));
          step.offer(text);
        }

        @Override
        public void finish() throws Exception {
          step.finish();
        }

        @Override
        public ByteBuffer next() {
          return step.next();
        }
      };
    }

    private static char character(int one) {
      if (one < 0x80 || one >= 0xC0) return (char) one;
      return (char) ((one < 0xA0 ? 0xD83D : 0xDE00) + (one & 0x1F));
    }
  }
}
