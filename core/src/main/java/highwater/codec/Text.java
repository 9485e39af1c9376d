package highwater.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;

/// Bytes as text, and text as bytes: stages, and collectors with limits.
///
/// UTF-8 unless another charset is named. Input that is not text in the charset fails, unless it is to be replaced. A
/// byte order mark is text (U+FEFF) as in Node's `setEncoding`, unless it is dropped with `withoutMark()`; the charsets
/// `UTF-16` and `UTF-32` take it themselves when they decode, and `UTF-16` writes one when it encodes.
public final class Text {
  private Text() {}

  /// Cuts UTF-8 text into lines of at most 1,048,576 characters, failing on malformed input.
  public static Lines lines() {
    return new Lines(UTF_8, CodingErrorAction.REPORT, false, 1 << 20, false);
  }

  /// Makes text of UTF-8, failing on malformed input.
  public static Decode decode() {
    return new Decode(UTF_8, CodingErrorAction.REPORT, false);
  }

  /// Makes UTF-8 of text, failing on half a surrogate pair.
  public static Encode encode() {
    return new Encode(UTF_8, CodingErrorAction.REPORT, "");
  }

  /// Collects bytes into one string of at most `maxChars` characters: [Decode#toText] for `charset`.
  public static Collector<ByteBuffer, ?, String> toText(Charset charset, int maxChars) {
    return decode().charset(charset).toText(maxChars);
  }

  /// Collects bytes into at most `maxLines` lines of at most `longestChars` characters each: [Lines#toList] for
  /// `charset`.
  public static Collector<ByteBuffer, ?, List<String>> toLines(Charset charset, int maxLines, int longestChars) {
    return lines().charset(charset).longest(longestChars).toList(maxLines);
  }

  /// The recipe that gives lines without their ends.
  ///
  /// A line ends with LF, CRLF or CR, also where that falls between two chunks; after a CR the line is given at once. A
  /// last line without an end is given too; an end at the very end begins no further line. Nothing else ends a line,
  /// unless [#unicodeEnds] is asked for. Errors: [DataException] with line number and byte position where input is
  /// malformed or a line exceeds the limit. Cost: one string per line, about four times the longest line in memory.
  public static final class Lines implements PullStage<ByteBuffer, String> {
    private final Charset charset;
    private final CodingErrorAction malformed;
    private final boolean dropsMark;
    private final int longestChars;
    private final boolean unicodeEnds;

    private Lines(
        Charset charset, CodingErrorAction malformed, boolean dropsMark, int longestChars, boolean unicodeEnds) {
      this.charset = charset;
      this.malformed = malformed;
      this.dropsMark = dropsMark;
      this.longestChars = longestChars;
      this.unicodeEnds = unicodeEnds;
    }

    /// The same for another charset.
    public Lines charset(Charset charset) {
      return new Lines(charset, malformed, dropsMark, longestChars, unicodeEnds);
    }

    /// The same with what to do about bytes that are not text in the charset: REPORT (fail), REPLACE (by U+FFFD) or
    /// IGNORE.
    public Lines onMalformed(CodingErrorAction action) {
      return new Lines(charset, action, dropsMark, longestChars, unicodeEnds);
    }

    /// The same without a byte order mark at the very beginning.
    public Lines withoutMark() {
      return new Lines(charset, malformed, true, longestChars, unicodeEnds);
    }

    /// The same with another limit: the longest line, in characters (UTF-16 units), 1 to 2^28. A bound, not a mark: a
    /// longer line fails.
    public Lines longest(int chars) {
      if (chars < 1 || chars > 1 << 28) {
        throw new IllegalArgumentException("longest line: " + chars + " characters (expected: 1 to " + (1 << 28) + ")");
      }
      return new Lines(charset, malformed, dropsMark, chars, unicodeEnds);
    }

    /// The same with lines that also end at NEL (U+0085), LS (U+2028) and PS (U+2029).
    public Lines unicodeEnds() {
      return new Lines(charset, malformed, dropsMark, longestChars, true);
    }

    /// Collects bytes into at most `maxLines` such lines, 0 or more; a further one fails.
    ///
    /// Each chunk is used up at once, so lent ones may be given. Errors: `UncheckedIOException` around the
    /// [DataException]. In order only: it cannot be combined by a parallel `java.util.stream.Stream`.
    public Collector<ByteBuffer, ?, List<String>> toList(int maxLines) {
      checkMax(maxLines, "lines");
      return Stepped.collector(
          this::step,
          () -> new ArrayList<String>(),
          (lines, line, at) -> {
            if (lines.size() == maxLines) {
              throw new DataException(
                  ("line " + (maxLines + 1L) + " came, the most is " + maxLines)
                      + " lines: allow for more, or use the lines one by one",
                  at);
            }
            lines.add(line);
          },
          List::copyOf);
    }

    Charset charset() {
      return charset;
    }

    CodingErrorAction malformed() {
      return malformed;
    }

    boolean dropsMark() {
      return dropsMark;
    }

    int longestChars() {
      return longestChars;
    }

    boolean hasUnicodeEnds() {
      return unicodeEnds;
    }

    @Override
    public String name() {
      return "lines";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      long lineBytes = (long) longestChars * Character.BYTES;
      return Footprint.of(
          charset.name() + ", at most " + longestChars + " characters a line",
          lineBytes,
          new Term("lines", 1, 1, List.of((long) CharDecoding.HELD_BYTES, lineBytes, lineBytes)));
    }

    @Override
    public StreamOptions streamOptions() {
      return StepStage.BYTES_TO_TEXT;
    }

    @Override
    public Step<ByteBuffer, String> step() {
      return new LinesStep(this);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /// The recipe that gives text as it comes, in strings of 1 to 8,192 characters.
  ///
  /// A character, and so a surrogate pair, is never cut, however the bytes were. Input that ends in mid character is
  /// malformed. Where the strings are cut means nothing: it depends on how the input came. Errors: [DataException] with
  /// the byte position. Source: Node's `setEncoding`, which replaces what is malformed.
  public static final class Decode implements PullStage<ByteBuffer, String> {
    private static final long CHUNK_BYTES = (long) CharDecoding.CHARS * Character.BYTES;

    private final Charset charset;
    private final CodingErrorAction malformed;
    private final boolean dropsMark;

    private Decode(Charset charset, CodingErrorAction malformed, boolean dropsMark) {
      this.charset = charset;
      this.malformed = malformed;
      this.dropsMark = dropsMark;
    }

    /// The same for another charset.
    public Decode charset(Charset charset) {
      return new Decode(charset, malformed, dropsMark);
    }

    /// The same with what to do about bytes that are not text in the charset: REPORT (fail), REPLACE (by U+FFFD) or
    /// IGNORE.
    public Decode onMalformed(CodingErrorAction action) {
      return new Decode(charset, action, dropsMark);
    }

    /// The same without a byte order mark at the very beginning.
    public Decode withoutMark() {
      return new Decode(charset, malformed, true);
    }

    /// Collects bytes into one string of at most `maxChars` characters (UTF-16 units), 0 or more; one more fails.
    ///
    /// Each chunk is used up at once, so lent ones may be given. Holds at most about three times the text while it
    /// grows. Errors: `UncheckedIOException` around the [DataException]. In order only: it cannot be combined by a
    /// parallel `java.util.stream.Stream`. Source: Node's `text` of `stream/consumers`, which has no limit.
    public Collector<ByteBuffer, ?, String> toText(int maxChars) {
      checkMax(maxChars, "characters");
      return Stepped.collector(
          this::step,
          StringBuilder::new,
          (text, more, at) -> {
            if (more.length() > maxChars - text.length()) {
              throw new DataException(
                  ("at least " + ((long) text.length() + more.length()) + " characters came, the most is " + maxChars)
                      + ": allow for more, or use the text piece by piece",
                  at);
            }
            text.append(more);
          },
          StringBuilder::toString);
    }

    @Override
    public String name() {
      return "decode";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          charset.name() + ", at most " + CharDecoding.CHARS + " characters a chunk",
          CHUNK_BYTES,
          new Term("decode", 1, 1, List.of((long) CharDecoding.HELD_BYTES, CHUNK_BYTES)));
    }

    @Override
    public StreamOptions streamOptions() {
      return StepStage.BYTES_TO_TEXT;
    }

    @Override
    public Step<ByteBuffer, String> step() {
      return new DecodeTextStep(charset, malformed, dropsMark);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /// The recipe that makes bytes of text, in chunks of at most 8 KiB.
  ///
  /// A surrogate pair may be cut between two texts. Errors: [DataException] with the number of the character for half a
  /// pair, and for one that the charset lacks.
  public static final class Encode implements PullStage<CharSequence, ByteBuffer> {
    private final Charset charset;
    private final CodingErrorAction malformed;
    private final String end;

    private Encode(Charset charset, CodingErrorAction malformed, String end) {
      this.charset = charset;
      this.malformed = malformed;
      this.end = end;
    }

    /// The same for another charset; throws `IllegalArgumentException` for one that only decodes.
    public Encode charset(Charset charset) {
      if (!charset.canEncode()) {
        throw new IllegalArgumentException("charset " + charset.name() + " only decodes: name another to encode to");
      }
      return new Encode(charset, malformed, end);
    }

    /// The same with what to do about characters that the charset lacks: REPORT (fail), REPLACE (by `?`, or what the
    /// charset has for it) or IGNORE.
    public Encode onMalformed(CodingErrorAction action) {
      return new Encode(charset, action, end);
    }

    /// The same with `end` after each text, so that `"\n"` makes lines of them.
    public Encode endingEach(String end) {
      return new Encode(charset, malformed, end);
    }

    @Override
    public String name() {
      return "encode";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of(
          charset.name(), EncodeTextStep.BYTES, new Term("encode", 1, 1, List.of((long) EncodeTextStep.HELD_BYTES)));
    }

    @Override
    public StreamOptions streamOptions() {
      return StepStage.TEXT_TO_BYTES;
    }

    @Override
    public Step<CharSequence, ByteBuffer> step() {
      return new EncodeTextStep(charset, malformed, end);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  private static void checkMax(int max, String unit) {
    if (max < 0) throw new IllegalArgumentException("maximum: " + max + " " + unit + " (expected: 0 or more)");
  }
}
