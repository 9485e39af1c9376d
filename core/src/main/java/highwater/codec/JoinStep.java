package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// One run of joining frames: what comes before each, the frame as it came, and what comes after, a chunk each.
abstract class JoinStep implements Step<ByteBuffer, ByteBuffer> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int longestBytes;
  private ByteBuffer before = NOTHING;
  private ByteBuffer frame = NOTHING;
  private ByteBuffer after = NOTHING;
  private boolean ended;
  private long frameNumber;
  private long acceptedBytes;

  JoinStep(int longestBytes) {
    this.longestBytes = longestBytes;
  }

  /// The largest chunk out where the frames are at most `chunkMaxBytes`.
  static long largest(long chunkMaxBytes, int aroundBytes) {
    return chunkMaxBytes == Footprint.UNKNOWN ? Footprint.UNKNOWN : Math.max(chunkMaxBytes, aroundBytes);
  }

  /// Fails for a frame that cannot be told when it is split again; leaves its position where it is.
  void check(ByteBuffer frame) throws DataException {}

  /// What comes before a frame of that length.
  ByteBuffer before(int length) {
    return NOTHING;
  }

  /// What comes after a frame of that length.
  ByteBuffer after(int length) {
    return NOTHING;
  }

  @Override
  public final void offer(ByteBuffer chunk) throws DataException {
    frameNumber++;
    int length = chunk.remaining();
    if (length > longestBytes) {
      throw failure(
          "it has " + length + " bytes",
          "at most " + longestBytes + "; raise the limit with longest(...), or make smaller frames");
    }
    check(chunk);
    acceptedBytes += length;
    before = before(length);
    frame = chunk;
    after = after(length);
  }

  @Override
  public final void finish() {
    ended = true;
  }

  @Override
  public final Progress poll() {
    if (before.hasRemaining() || frame.hasRemaining() || after.hasRemaining()) return Progress.READY;
    frame = NOTHING;
    return ended ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public final ByteBuffer next() {
    ByteBuffer next;
    if (before.hasRemaining()) {
      next = before;
      before = NOTHING;
    } else if (frame.hasRemaining()) {
      next = frame;
      frame = NOTHING;
    } else {
      next = after;
      after = NOTHING;
    }
    return next;
  }

  @Override
  public final void close() {
    frame = NOTHING;
  }

  final DataException failure(String found, String expected) {
    return new DataException(
        "join: frame " + frameNumber + ": " + found + " (expected: " + expected + ")", acceptedBytes);
  }

  @Override
  public String toString() {
    return "JoinStep(" + frameNumber + " frames)";
  }
}
