package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/// One run of lines: bytes are decoded to an array, which is searched for line ends.
///
/// The line that is still without an end is kept in `held`, whose sizes are the limit halved again and again, so that
/// growing (old and new array) and giving (array and string) each take twice the longest line and no more.
final class LinesStep implements Step<ByteBuffer, String> {
  private static final char NEXT_LINE = '\u0085';
  private static final char LINE_SEPARATOR = '\u2028';
  private static final char PARAGRAPH_SEPARATOR = '\u2029';
  private static final char[] NOTHING = {};

  private final CharDecoding decoding;
  private final boolean unicodeEnds;
  private final int longestChars;
  private char[] held = NOTHING;
  private int heldChars;
  private boolean skipLineFeed;
  private @Nullable String line;
  private boolean ending;
  private boolean over;
  private long lineNumber = 1;

  LinesStep(Text.Lines lines) {
    longestChars = lines.longestChars();
    unicodeEnds = lines.hasUnicodeEnds();
    decoding = new CharDecoding(lines.charset(), lines.malformed(), lines.dropsMark(), () -> "line " + lineNumber);
  }

  @Override
  public void offer(ByteBuffer chunk) {
    decoding.offer(chunk);
  }

  @Override
  public void finish() {
    ending = true;
    decoding.finish();
  }

  @Override
  public Progress poll() throws DataException {
    while (line == null) {
      if (over) return Progress.DONE;
      if (decoding.chars().hasRemaining()) {
        takeLine(decoding.chars());
      } else if (!decoding.decodeMore()) {
        if (!ending) return Progress.HUNGRY;
        over = true;
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
    decoding.letGo();
    line = null;
    held = NOTHING;
  }

  @Override
  public String toString() {
    return "LinesStep(line " + lineNumber + ", " + heldChars + " chars held)";
  }

  /// Gives the line that ends in the decoded characters, or holds them all.
  private void takeLine(CharBuffer chars) throws DataException {
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
    while (end < to && !isEnd(array[end])) end++;
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

  private boolean isEnd(char c) {
    if (c < NEXT_LINE) return c == '\n' || c == '\r';
    return unicodeEnds && (c == NEXT_LINE || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR);
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

  private DataException tooLong(int found) {
    long at = decoding.positionBytes();
    return new DataException(
        ("line " + lineNumber + " is longer than " + longestChars + " characters: at least " + found)
            + (" came before byte " + at)
            + " (raise the limit with longest(...), or check that the input is text)",
        at);
  }
}
