package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/// One run of encoding text: characters are copied to an array, and encoded to an array.
///
/// The first half of a surrogate pair stays in the array until the next text brings the second.
final class EncodeTextStep implements Step<CharSequence, ByteBuffer> {
  private static final int CHARS = 4 << 10;
  private static final CharBuffer NOTHING = CharBuffer.wrap("");

  /// The most bytes given at a time.
  static final int BYTES = 8 << 10;

  /// The two arrays.
  static final int HELD_BYTES = CHARS * Character.BYTES + BYTES;

  private enum Phase {
    TAKING,
    ENDING,
    FLUSHING,
    OVER
  }

  private final Charset charset;
  private final CharsetEncoder encoder;
  private final String end;
  private final CharBuffer chars = CharBuffer.allocate(CHARS).limit(0);
  private final ByteBuffer out = ByteBuffer.allocate(BYTES).limit(0);
  private CharBuffer text = NOTHING;
  private boolean owesEnd;
  private Phase phase = Phase.TAKING;
  private long copiedChars;

  EncodeTextStep(Charset charset, CodingErrorAction malformed, String end) {
    this.charset = charset;
    this.end = end;
    encoder = charset.newEncoder().onMalformedInput(malformed).onUnmappableCharacter(malformed);
  }

  @Override
  public void offer(CharSequence chunk) {
    text = CharBuffer.wrap(chunk);
    owesEnd = !end.isEmpty();
  }

  @Override
  public void finish() {
    phase = Phase.ENDING;
  }

  @Override
  public Progress poll() throws DataException {
    out.clear();
    encode();
    out.flip();
    if (out.hasRemaining()) return Progress.READY;
    return phase == Phase.OVER ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public ByteBuffer next() {
    if (!out.hasRemaining()) throw new IllegalStateException("next() without a chunk: poll first");
    return out;
  }

  @Override
  public void close() {
    text = NOTHING;
  }

  /// Encodes until the output is full or there is nothing to encode now.
  private void encode() throws DataException {
    while (phase == Phase.TAKING || phase == Phase.ENDING) {
      copyChars();
      var result = encoder.encode(chars, out, phase == Phase.ENDING);
      if (result.isError() && out.position() == 0) throw malformed(result);
      if (!result.isUnderflow()) return;
      if (phase == Phase.ENDING) phase = Phase.FLUSHING;
      else if (!text.hasRemaining() && !owesEnd) return;
    }
    if (phase == Phase.FLUSHING && encoder.flush(out).isUnderflow()) phase = Phase.OVER;
  }

  private void copyChars() {
    if (!text.hasRemaining()) {
      text = owesEnd ? CharBuffer.wrap(end) : NOTHING;
      owesEnd = false;
    }
    chars.compact();
    int count = Math.min(chars.remaining(), text.remaining());
    text.get(chars.array(), chars.position(), count);
    chars.position(chars.position() + count).flip();
    copiedChars += count;
  }

  private DataException malformed(CoderResult result) {
    long at = copiedChars - chars.remaining();
    int found = Character.codePointAt(chars, 0);
    return new DataException(
        ("encode: character " + at + " is " + String.format("U+%04X", found))
            + (result.isMalformed() ? ", half of a surrogate pair" : ", which is not in " + charset.name())
            + " (expected: text in that charset; name another, or replace malformed input)",
        at * Character.BYTES);
  }

  @Override
  public String toString() {
    return "EncodeTextStep(" + phase + ", " + copiedChars + " characters)";
  }
}
