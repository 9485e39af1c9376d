package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Frames that each begin with their length; made by [Frames#prefixed] and [Frames#varint].
///
/// The length is that of the frame alone, without the prefix. Frames may be empty.
public final class Prefixed {
  private final LengthPrefix prefix;
  private final int longestBytes;

  Prefixed(LengthPrefix prefix, int longestBytes) {
    this.prefix = prefix;
    this.longestBytes = longestBytes;
  }

  /// The same with another limit: the longest frame, in bytes without the prefix, 1 to 2^30; 1 MiB unless said. A longer
  /// one fails, in both directions.
  public Prefixed longest(int bytes) {
    return new Prefixed(prefix, Frames.checkLongest(bytes));
  }

  /// The same with the least significant byte first. (A varint has an order of its own: `IllegalStateException`.)
  public Prefixed littleEndian() {
    if (prefix.isVarint()) throw new IllegalStateException("a varint has its lowest bits first: leave the order out");
    return new Prefixed(new LengthPrefix(prefix.bytes(), ByteOrder.LITTLE_ENDIAN), longestBytes);
  }

  /// Makes a chunk of each frame, at once where it lies within a chunk (then it is not copied).
  ///
  /// Errors: [DataException] with the frame's number and the byte position for a length beyond the limit, before
  /// anything of the frame is held, and for input that ends within a frame or its prefix. Bound: one and a half times
  /// the longest frame; memory is taken as bytes come, not as they are announced.
  public PullStage<ByteBuffer, ByteBuffer> split() {
    return new StepStage<>(
        "split",
        StepStage.BYTES_TO_FRAMES,
        _ -> Footprint.of(how(), longestBytes, Term.of("split", 1, Held.mostBytes(longestBytes))),
        () -> new SplitPrefixedStep(prefix, longestBytes));
  }

  /// Puts its length before each frame, without copying.
  ///
  /// Errors: [DataException] for a frame that is longer than the limit, or than the prefix can say.
  public PullStage<ByteBuffer, ByteBuffer> join() {
    return new StepStage<>(
        "join",
        StepStage.FRAMES_TO_BYTES,
        chunkMaxBytes ->
            Footprint.of(
                how(), JoinStep.largest(chunkMaxBytes, prefix.mostBytes()), Term.of("join", 1, prefix.mostBytes())),
        () -> new Joining(prefix, longestBytes));
  }

  private String how() {
    return "frames of at most " + longestBytes + " bytes, their length before each in " + prefix;
  }

  @Override
  public String toString() {
    return "frames after their length in " + prefix;
  }

  private static final class Joining extends JoinStep {
    private final LengthPrefix prefix;
    private final ByteBuffer before;

    Joining(LengthPrefix prefix, int longestBytes) {
      super(longestBytes);
      this.prefix = prefix;
      before = ByteBuffer.allocate(prefix.mostBytes());
    }

    @Override
    void check(ByteBuffer frame) throws DataException {
      if (frame.remaining() <= prefix.mostLength()) return;
      throw failure(
          "it has " + frame.remaining() + " bytes",
          "at most " + prefix.mostLength() + ", what a length in " + prefix + " can say; take a longer prefix");
    }

    @Override
    ByteBuffer before(int length) {
      prefix.put(before.clear(), length);
      return before.flip();
    }
  }
}
