package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;

/// Frames that each end with a delimiter; made by [Frames#delimited].
///
/// The first delimiter that is complete ends the frame; it is not part of it, and its bytes begin no other. Frames may be
/// empty.
public final class Delimited {
  private final Delimiter delimiter;
  private final int longestBytes;
  private final boolean lastMayLack;

  Delimited(Delimiter delimiter, int longestBytes, boolean lastMayLack) {
    this.delimiter = delimiter;
    this.longestBytes = longestBytes;
    this.lastMayLack = lastMayLack;
  }

  /// The same with another limit: the longest frame, in bytes without the delimiter, 1 to 2^30; 1 MiB unless said. A
  /// longer one fails, in both directions.
  public Delimited longest(int bytes) {
    return new Delimited(delimiter, Frames.checkLongest(bytes), lastMayLack);
  }

  /// The same where the input's end ends a last frame too, unless that is empty. Without this a missing last delimiter
  /// fails, for then the input may have been cut short.
  public Delimited lastMayLackDelimiter() {
    return new Delimited(delimiter, longestBytes, true);
  }

  /// Makes a chunk of each frame, at once where it lies within a chunk (then it is not copied).
  ///
  /// Errors: [DataException] with the frame's number and the byte position for a frame beyond the limit, as soon as
  /// that is certain, and for a last one without delimiter. Bound: one and a half times the longest frame with its
  /// delimiter.
  public PullStage<ByteBuffer, ByteBuffer> split() {
    int heldBytes = heldBytes();
    return new StepStage<>(
        "split",
        StepStage.BYTES_TO_FRAMES,
        _ ->
            Footprint.of(
                "frames of at most " + longestBytes + " bytes, each ended by " + delimiter,
                longestBytes,
                Term.of("split", 1, Held.mostBytes(heldBytes))),
        () -> new SplitDelimitedStep(this));
  }

  /// Puts the delimiter behind each frame, without copying.
  ///
  /// Errors: [DataException] for a frame beyond the limit, and for one in which the delimiter would be found too early:
  /// it could not be told from two.
  public PullStage<ByteBuffer, ByteBuffer> join() {
    return new StepStage<>(
        "join",
        StepStage.FRAMES_TO_BYTES,
        chunkMaxBytes ->
            Footprint.of(
                "frames of at most " + longestBytes + " bytes, each ended by " + delimiter,
                JoinStep.largest(chunkMaxBytes, delimiter.length()),
                Term.of("join", 1, delimiter.length())),
        () -> new Joining(this));
  }

  Delimiter delimiter() {
    return delimiter;
  }

  int longestBytes() {
    return longestBytes;
  }

  boolean mayLastLack() {
    return lastMayLack;
  }

  /// A frame and all but the last byte of its delimiter.
  int heldBytes() {
    return longestBytes + delimiter.length() - 1;
  }

  @Override
  public String toString() {
    return "frames ended by " + delimiter;
  }

  private static final class Joining extends JoinStep {
    private final Delimiter delimiter;
    private final ByteBuffer after;

    Joining(Delimited format) {
      super(format.longestBytes);
      delimiter = format.delimiter;
      after = ByteBuffer.wrap(delimiter.toArray());
    }

    /// Looks at the frame with its delimiter as whoever splits it will.
    @Override
    void check(ByteBuffer frame) throws DataException {
      int matched = 0;
      int length = frame.remaining();
      for (int i = 0; i < length + delimiter.length() - 1; i++) {
        byte next = i < length ? frame.get(frame.position() + i) : after.get(i - length);
        matched = delimiter.advance(matched, next);
        if (matched == delimiter.length()) throw containsDelimiter(i + 1 - matched);
      }
    }

    @Override
    ByteBuffer after(int length) {
      return after.rewind();
    }

    private DataException containsDelimiter(int at) {
      return failure(
          "the delimiter " + delimiter + " stands within it, at byte " + at,
          "frames without it; take another delimiter, or a length before each frame");
    }
  }
}
