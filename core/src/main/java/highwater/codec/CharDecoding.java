package highwater.codec;

import highwater.pipeline.ByteSizes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Bytes being decoded: copied to an array, and decoded to an array.
///
/// The arrays are why: a decoder is quick from array to array, where its loop for plain ASCII is one instruction for
/// many bytes, and slow from direct buffers.
final class CharDecoding {
  private static final int BYTES = 8 << 10;
  private static final char MARK = '\uFEFF';

  /// The most characters decoded at a time.
  static final int CHARS = BYTES;

  /// The two arrays.
  static final int HELD_BYTES = BYTES + CHARS * Character.BYTES;

  /// Everything of the input was decoded, then what the decoder itself kept.
  private enum Phase {
    TAKING,
    ENDING,
    FLUSHING,
    FLUSHED
  }

  private final Charset charset;
  private final CharsetDecoder decoder;
  private final Supplier<String> where;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(CHARS).limit(0);
  private @Nullable ByteBuffer chunk;
  private Phase phase = Phase.TAKING;
  private long copiedBytes;

  /// Whether a mark would be dropped if it came now.
  private boolean dropsMark;

  /// Makes one run; `where` begins its messages.
  CharDecoding(Charset charset, CodingErrorAction malformed, boolean dropsMark, Supplier<String> where) {
    this.charset = charset;
    this.dropsMark = dropsMark && !takesMarkItself(charset);
    this.where = where;
    decoder = charset.newDecoder().onMalformedInput(malformed).onUnmappableCharacter(malformed);
  }

  /// The mark after the mark of such a charset is text.
  private static boolean takesMarkItself(Charset charset) {
    var name = charset.name();
    return name.equals("UTF-16") || name.equals("UTF-32") || name.endsWith("-BOM");
  }

  void offer(ByteBuffer chunk) {
    this.chunk = chunk;
  }

  void finish() {
    phase = Phase.ENDING;
  }

  /// What is decoded and not taken.
  CharBuffer chars() {
    return chars;
  }

  /// How many bytes are decoded.
  long positionBytes() {
    return copiedBytes - bytes.remaining();
  }

  void letGo() {
    chunk = null;
  }

  /// Decodes the next bytes in place of what was taken; false when there is nothing to decode now.
  boolean decodeMore() throws DataException {
    if (phase == Phase.FLUSHED) return false;
    chars.clear();
    if (phase == Phase.FLUSHING) {
      if (decoder.flush(chars).isUnderflow()) phase = Phase.FLUSHED;
      chars.flip();
      return true;
    }
    boolean copied = copyBytes();
    boolean all = phase == Phase.ENDING;
    var result = decoder.decode(bytes, chars, all);
    chars.flip();
    if (result.isError() && !chars.hasRemaining()) throw malformed(result);
    if (all && result.isUnderflow()) phase = Phase.FLUSHING;
    boolean progress = copied || chars.hasRemaining() || phase == Phase.FLUSHING;
    if (dropsMark && chars.hasRemaining()) {
      dropsMark = false;
      if (chars.charAt(0) == MARK) chars.position(1);
    }
    return progress;
  }

  private boolean copyBytes() {
    if (chunk == null) return false;
    bytes.compact();
    int count = Math.min(bytes.remaining(), chunk.remaining());
    bytes.put(bytes.position(), chunk, chunk.position(), count);
    bytes.position(bytes.position() + count).flip();
    chunk.position(chunk.position() + count);
    copiedBytes += count;
    if (!chunk.hasRemaining()) chunk = null;
    return true;
  }

  private DataException malformed(CoderResult result) {
    long at = positionBytes();
    return new DataException(
        (where.get() + ": " + ByteSizes.inWords(result.length()) + " from byte " + at)
            + ((result.length() == 1 ? " is not " : " are not ") + charset.name())
            + " (expected: text in that charset; name another, or replace malformed input)",
        at);
  }

  @Override
  public String toString() {
    return "CharDecoding(" + phase + ", " + positionBytes() + " bytes)";
  }
}
