package highwater.codec;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/// One run of lines: bytes are copied to an array, decoded to an array, searched for line ends.
///
/// The arrays are why: a decoder is quick from array to array, where its loop for plain ASCII is one instruction for
/// many bytes, and slow from direct buffers. The line that is still without an end is kept in `held`, whose sizes are
/// the limit halved again and again, so that growing (old and new array) and giving (array and string) each take twice
/// the longest line and no more.
final class LinesStep implements Step<ByteBuffer, String> {
  private static final int BYTES = 8 << 10;

  /// The two decoding arrays.
  static final int DECODING_BYTES = BYTES + BYTES * Character.BYTES;

  /// Everything of the input was decoded, then what the decoder itself kept, then the last line was given.
  private enum Phase {
    TAKING,
    ENDING,
    FLUSHING,
    FLUSHED,
    OVER
  }

  private static final char[] NOTHING = {};

  private final Charset charset;
  private final CharsetDecoder decoder;
  private final int longestChars;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(BYTES).limit(0);
  private char[] held = NOTHING;
  private int heldChars;
  private boolean skipLineFeed;
  private @Nullable ByteBuffer chunk;
  private @Nullable String line;
  private Phase phase = Phase.TAKING;
  private long lineNumber = 1;
  private long copiedBytes;

  LinesStep(Charset charset, CodingErrorAction malformed, int longestChars) {
    this.charset = charset;
    this.longestChars = longestChars;
    decoder = charset.newDecoder().onMalformedInput(malformed).onUnmappableCharacter(malformed);
  }

  @Override
  public void offer(ByteBuffer chunk) {
    this.chunk = chunk;
  }

  @Override
  public void finish() {
    phase = Phase.ENDING;
  }

  @Override
  public Progress poll() throws DataException {
    while (line == null) {
      if (phase == Phase.OVER) return Progress.DONE;
      if (chars.hasRemaining()) {
        takeLine();
      } else if (!decodeMore()) {
        if (phase == Phase.TAKING) return Progress.HUNGRY;
        phase = Phase.OVER;
        if (heldChars > 0) giveLine(NOTHING, 0, 0);
      }
    }
    return Progress.READY;
  }

  @Override
  public String next() {
    var next = line;
    if (next == null) throw new IllegalStateException("next() without a line: poll first");
    line = null;
    return next;
  }

  @Override
  public void close() {
    chunk = null;
    line = null;
    held = NOTHING;
  }

  @Override
  public String toString() {
    return "LinesStep(" + phase + ", line " + lineNumber + ", " + heldChars + " chars held)";
  }

  /// Gives the line that ends in the decoded characters, or holds them all.
  private void takeLine() throws DataException {
    char[] array = chars.array();
    int from = chars.position();
    int to = chars.limit();
    if (skipLineFeed) {
      skipLineFeed = false;
      if (array[from] == '\n') {
        chars.position(from + 1);
        return;
      }
    }
    int end = from;
    while (end < to && array[end] != '\n' && array[end] != '\r') end++;
    if (heldChars + (end - from) > longestChars) throw tooLong(heldChars + (end - from));
    if (end == to) {
      hold(array, from, to - from);
      chars.position(to);
    } else {
      skipLineFeed = array[end] == '\r';
      chars.position(end + 1);
      giveLine(array, from, end - from);
    }
  }

  private void giveLine(char[] array, int from, int count) {
    if (heldChars == 0) {
      line = new String(array, from, count);
    } else {
      hold(array, from, count);
      line = new String(held, 0, heldChars);
      heldChars = 0;
    }
    lineNumber++;
  }

  private void hold(char[] array, int from, int count) {
    int needed = heldChars + count;
    if (needed > held.length) {
      int size = longestChars;
      while ((size + 1) / 2 >= needed && size > 1) size = (size + 1) / 2;
      var larger = new char[size];
      System.arraycopy(held, 0, larger, 0, heldChars);
      held = larger;
    }
    System.arraycopy(array, from, held, heldChars, count);
    heldChars = needed;
  }

  /// Decodes the next bytes; false when there is nothing to decode now.
  private boolean decodeMore() throws DataException {
    if (phase == Phase.OVER || phase == Phase.FLUSHED) return false;
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
    if (all && result.isUnderflow()) {
      phase = Phase.FLUSHING;
      return true;
    }
    return copied || chars.hasRemaining();
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
    long at = copiedBytes - bytes.remaining();
    return new DataException(
        ("line " + lineNumber + ": " + ByteSizes.inWords(result.length()) + " from byte " + at)
            + ((result.length() == 1 ? " is not " : " are not ") + charset.name())
            + " (expected: text in that charset; name another, or replace malformed input)",
        at);
  }

  private DataException tooLong(int found) {
    long at = copiedBytes - bytes.remaining();
    return new DataException(
        ("line " + lineNumber + " is longer than " + longestChars + " characters: at least " + found)
            + (" came before byte " + at)
            + " (raise the limit with longest(...), or check that the input is text)",
        at);
  }
}
