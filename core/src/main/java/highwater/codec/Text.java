package highwater.codec;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Bytes as text.
public final class Text {
  private Text() {}

  /// Cuts UTF-8 text into lines of at most 1,048,576 characters, failing on malformed input.
  public static Lines lines() {
    return new Lines(StandardCharsets.UTF_8, CodingErrorAction.REPORT, 1 << 20);
  }

  /// The recipe that gives lines without their ends.
  ///
  /// A line ends with LF, CRLF or CR, also where that falls between two chunks; after a CR the line is given at once. A
  /// last line without an end is given too; an end at the very end begins no further line. Nothing else ends a line,
  /// and a byte order mark is text, save where the charset itself (`UTF-16`) takes it. Errors: [DataException] with
  /// line number and byte position where input is malformed or a line exceeds the limit. Cost: one string per line,
  /// about four times the longest line in memory.
  public static final class Lines implements PullStage<ByteBuffer, String> {
    private final Charset charset;
    private final CodingErrorAction malformed;
    private final int longestChars;

    private Lines(Charset charset, CodingErrorAction malformed, int longestChars) {
      this.charset = charset;
      this.malformed = malformed;
      this.longestChars = longestChars;
    }

    /// The same for another charset.
    public Lines charset(Charset charset) {
      return new Lines(charset, malformed, longestChars);
    }

    /// The same with what to do about bytes that are not text in the charset: REPORT (fail), REPLACE (by U+FFFD) or
    /// IGNORE.
    public Lines onMalformed(CodingErrorAction action) {
      return new Lines(charset, action, longestChars);
    }

    /// The same with another limit: the longest line, in characters (UTF-16 units), 1 to 2^28. A bound, not a mark: a
    /// longer line fails.
    public Lines longest(int chars) {
      if (chars < 1 || chars > 1 << 28) {
        throw new IllegalArgumentException("longest line: " + chars + " characters (expected: 1 to " + (1 << 28) + ")");
      }
      return new Lines(charset, malformed, chars);
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
          new Term("lines", 1, 1, List.of((long) LinesStep.DECODING_BYTES, lineBytes, lineBytes)));
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.bytes().withReadableObjects();
    }

    @Override
    public Step<ByteBuffer, String> step() {
      return new LinesStep(charset, malformed, longestChars);
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
