package highwater.pipeline;

import highwater.ReadableStream;
import highwater.StreamOptions;
import java.util.function.Supplier;

/// An origin made of a user's streams: each run gets a new one; made by [Origin#of].
///
/// @param name what messages call it
/// @param supplier makes the stream of one run, on its strand
/// @param chunkMaxBytes the largest chunk it declares, or [Footprint#UNKNOWN]
public record StreamOrigin<T>(String name, Supplier<? extends ReadableStream<T>> supplier, long chunkMaxBytes)
    implements Origin<T>, Declared {
  /// The same, declaring that no chunk exceeds `bytes`; one that does fails the stage, with the figures.
  ///
  /// It also declares that the stream's mark is 64 KiB at most, which is checked too. For streams of bytes alone.
  public StreamOrigin<T> chunkAtMost(long bytes) {
    return new StreamOrigin<>(name, supplier, Declared.checked(bytes));
  }

  @Override
  public ReadableStream<T> open() {
    return supplier.get();
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (chunkMaxBytes == Footprint.UNKNOWN) return Footprint.unknown("a stream of the caller's");
    return Footprint.of(
        "a stream of the caller's, chunks of at most " + ByteSizes.inWords(chunkMaxBytes),
        chunkMaxBytes,
        Declared.readableQueue(name, chunkMaxBytes));
  }

  @Override
  public long declaredBytes() {
    return chunkMaxBytes;
  }

  @Override
  public long declaredHeldBytes() {
    return chunkMaxBytes == Footprint.UNKNOWN
        ? Footprint.UNKNOWN
        : Declared.readableQueue(name, chunkMaxBytes).maxBytes();
  }

  @Override
  public long declaredMarkBytes() {
    return chunkMaxBytes == Footprint.UNKNOWN ? Footprint.UNKNOWN : StreamOptions.BYTE_MARK;
  }
}
