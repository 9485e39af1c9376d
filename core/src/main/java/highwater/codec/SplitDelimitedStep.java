package highwater.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of splitting at delimiters; what may be the beginning of one is held with the frame.
final class SplitDelimitedStep extends SplitStep {
  private final Delimiter delimiter;
  private final int longestBytes;
  private final boolean lastMayLack;

  /// How many bytes of the delimiter the input ends with.
  private int matched;

  SplitDelimitedStep(Delimited format) {
    super(format.heldBytes());
    delimiter = format.delimiter();
    longestBytes = format.longestBytes();
    lastMayLack = format.mayLastLack();
  }

  @Override
  @Nullable ByteBuffer takeFrame(ByteBuffer chunk) throws DataException {
    int from = chunk.position();
    int limit = chunk.limit();
    for (int i = from; i < limit; i++) {
      matched = delimiter.advance(matched, chunk.get(i));
      if (matched == delimiter.length()) return endAt(chunk, i + 1 - from);
    }
    checkLength((long) held.bytes() + (limit - from) - matched);
    held.add(chunk, limit - from);
    return null;
  }

  /// The frame, whose delimiter ends after `count` bytes of the chunk.
  private ByteBuffer endAt(ByteBuffer chunk, int count) throws DataException {
    matched = 0;
    long length = (long) held.bytes() + count - delimiter.length();
    checkLength(length);
    int ofChunk = count - delimiter.length();
    if (ofChunk >= 0) return complete(chunk, ofChunk, delimiter.length());
    chunk.position(chunk.position() + count);
    return held.view((int) length);
  }

  @Override
  @Nullable ByteBuffer takeLast() throws DataException {
    if (held.bytes() == 0) return null;
    if (!lastMayLack) {
      throw failure(
          "the input ends after " + held.bytes() + " bytes without the delimiter " + delimiter,
          "it behind every frame; the input is cut short, or say lastMayLackDelimiter()");
    }
    checkLength(held.bytes());
    return held.view(held.bytes());
  }

  private void checkLength(long bytes) throws DataException {
    if (bytes <= longestBytes) return;
    throw failure(
        "it has at least " + bytes + " bytes",
        "at most " + longestBytes + "; raise the limit with longest(...), or check the delimiter " + delimiter);
  }
}
