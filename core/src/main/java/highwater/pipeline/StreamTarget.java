package highwater.pipeline;

import highwater.WritableStream;
import java.util.List;
import java.util.function.Supplier;

/// A target made of a user's streams: each run gets a new one; made by [Target#of].
///
/// @param name what messages call it
/// @param supplier makes the stream of one run, on its strand
/// @param markBytes the largest mark it declares, or [Footprint#UNKNOWN]
public record StreamTarget<T>(String name, Supplier<? extends WritableStream<T>> supplier, long markBytes)
    implements Target<T>, Declared {
  /// The same, declaring that the stream's mark is `bytes` at most and that its sink keeps no chunk it has
  /// acknowledged; a larger mark fails the stage, with the figures. For streams of bytes alone.
  public StreamTarget<T> markAtMost(long bytes) {
    return new StreamTarget<>(name, supplier, Declared.checked(bytes));
  }

  @Override
  public WritableStream<T> open() {
    return supplier.get();
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (markBytes == Footprint.UNKNOWN || inputMaxBytes == Footprint.UNKNOWN) {
      return new Footprint("a stream of the caller's", List.of(), 0, false);
    }
    return Footprint.of(
        "a stream of the caller's, a mark of at most " + ByteSizes.inWords(markBytes),
        0,
        new Term(name, 1, 1, List.of(markBytes, inputMaxBytes)));
  }

  @Override
  public long declaredBytes() {
    return Footprint.UNKNOWN;
  }

  @Override
  public long declaredHeldBytes() {
    return Footprint.UNKNOWN;
  }

  @Override
  public long declaredMarkBytes() {
    return markBytes;
  }
}
