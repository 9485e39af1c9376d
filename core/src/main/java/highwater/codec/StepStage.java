package highwater.codec;

import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// The recipe of a stage that is all in its step.
///
/// @param name what messages call it
/// @param streamOptions which side of its live stream carries objects
/// @param footprints what it says of a run, by the largest chunk that reaches it
/// @param steps makes a new live step for each run
record StepStage<I, O>(
    String name, StreamOptions streamOptions, LongFunction<Footprint> footprints, Supplier<Step<I, O>> steps)
    implements PullStage<I, O> {
  /// Bytes in, text out; text weighs two bytes a character.
  static final StreamOptions BYTES_TO_TEXT =
      StreamOptions.bytes()
          .withReadableObjects()
          .<CharSequence>withSizer(StepStage::textBytes, StreamOptions.BYTE_MARK);

  /// Text in, bytes out.
  static final StreamOptions TEXT_TO_BYTES =
      StreamOptions.bytes()
          .withWritableObjects()
          .<CharSequence>withSizer(StepStage::textBytes, StreamOptions.BYTE_MARK);

  /// Bytes in, frames out: buffers whose borders count, so no stream may join or cut them.
  static final StreamOptions BYTES_TO_FRAMES =
      StreamOptions.bytes().withReadableObjects().<ByteBuffer>withSizer(ByteBuffer::remaining, StreamOptions.BYTE_MARK);

  /// Frames in, bytes out.
  static final StreamOptions FRAMES_TO_BYTES =
      StreamOptions.bytes().withWritableObjects().<ByteBuffer>withSizer(ByteBuffer::remaining, StreamOptions.BYTE_MARK);

  /// A stage of bytes that holds `heldBytes` and gives chunks of at most `chunkBytes`.
  static StepStage<ByteBuffer, ByteBuffer> ofBytes(
      String name, int chunkBytes, int heldBytes, Supplier<Step<ByteBuffer, ByteBuffer>> steps) {
    var footprint =
        Footprint.of(ByteSizes.inWords(chunkBytes) + " chunks, on the strand", chunkBytes, Term.of(name, 1, heldBytes));
    return new StepStage<>(name, StreamOptions.bytes(), _ -> footprint, steps);
  }

  private static long textBytes(CharSequence text) {
    return (long) text.length() * Character.BYTES;
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return footprints.apply(chunkMaxBytes);
  }

  @Override
  public Step<I, O> step() {
    return steps.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
