package highwater.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of splitting frames that begin with their length: the prefix byte by byte, then the frame.
final class SplitPrefixedStep extends SplitStep {
  private final LengthPrefix prefix;
  private final int longestBytes;

  /// What is known of the length, and of how many bytes of its prefix.
  private long length;

  private int prefixBytes;

  /// The prefix is complete.
  private boolean inFrame;

  SplitPrefixedStep(LengthPrefix prefix, int longestBytes) {
    super(longestBytes);
    this.prefix = prefix;
    this.longestBytes = longestBytes;
  }

  @Override
  @Nullable ByteBuffer takeFrame(ByteBuffer chunk) throws DataException {
    while (!inFrame) {
      if (!chunk.hasRemaining()) return null;
      takePrefix(chunk.get() & 0xFF);
    }
    int missing = (int) length - held.bytes();
    if (chunk.remaining() < missing) {
      held.add(chunk, chunk.remaining());
      return null;
    }
    inFrame = false;
    length = 0;
    prefixBytes = 0;
    return complete(chunk, missing, 0);
  }

  private void takePrefix(int next) throws DataException {
    int shift = prefix.shift(prefixBytes);
    prefixBytes++;
    if (prefix.isVarint()) {
      // The tenth byte has room for the last bit of 64.
      if (prefixBytes == prefix.mostBytes() && next > 1) throw noNumber();
      length |= (long) (next & 0x7F) << shift;
      inFrame = (next & 0x80) == 0;
    } else {
      length |= (long) next << shift;
      inFrame = prefixBytes == prefix.bytes();
    }
    if (inFrame && Long.compareUnsigned(length, longestBytes) > 0) throw tooLong();
  }

  @Override
  @Nullable ByteBuffer takeLast() throws DataException {
    if (inFrame) {
      throw failure(
          "the input ends after " + held.bytes() + " of its " + length + " bytes",
          "all of it; the input is cut short, fetch it again");
    }
    if (prefixBytes > 0) {
      throw failure(
          "the input ends within its length, after " + prefixBytes + " bytes of it",
          prefix + "; the input is cut short, fetch it again");
    }
    return null;
  }

  private DataException noNumber() {
    return failure("its length is no number of 64 bits", prefix + "; check the format");
  }

  private DataException tooLong() {
    return failure(
        "it has " + Long.toUnsignedString(length) + " bytes",
        "at most "
            + longestBytes
            + "; raise the limit with longest(...), or check the format of the length, "
            + prefix);
  }
}
