package highwater.pipeline;

import highwater.DuplexStream;
import highwater.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// A stage made of a user's streams: each run gets a new one; made by [Stage#of].
///
/// @param name what messages call it
/// @param supplier makes the stream of one run, on its strand
/// @param outputMaxBytes the most that it declares to make of one input chunk, or [Footprint#UNKNOWN]
public record StreamStage<I, O>(
    String name, Supplier<? extends DuplexStream<I, O>> supplier, long outputMaxBytes)
    implements Stage<I, O>, Declared {
  /// The same, declaring that all it makes of one input chunk, or at the end, is `bytes` at most; more fails the stage, with the
  /// figures.
  ///
  /// It also declares that the stream's marks are 64 KiB at most, which is checked too. For streams of bytes alone.
  public StreamStage<I, O> outputAtMost(long bytes) {
    return new StreamStage<>(name, supplier, Declared.checked(bytes));
  }

  @Override
  public DuplexStream<I, O> open() {
    return supplier.get();
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (outputMaxBytes == Footprint.UNKNOWN) return Footprint.unknown("a stream of the caller's");
    var terms = new ArrayList<Term>(List.of(Declared.queue(name, outputMaxBytes)));
    if (inputMaxBytes != Footprint.UNKNOWN) terms.addFirst(Declared.queue(name, inputMaxBytes));
    return new Footprint(
        "a stream of the caller's, output of at most " + ByteSizes.inWords(outputMaxBytes) + " a chunk",
        terms,
        outputMaxBytes,
        inputMaxBytes != Footprint.UNKNOWN);
  }

  @Override
  public long declaredBytes() {
    return outputMaxBytes;
  }

  @Override
  public long declaredMarkBytes() {
    return outputMaxBytes == Footprint.UNKNOWN ? Footprint.UNKNOWN : StreamOptions.BYTE_MARK;
  }
}
