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
/// @param outputMaxBytes the most output that it declares to hold at a time, or [Footprint#UNKNOWN] [Footprint#UNKNOWN]
public record StreamStage<I, O>(String name, Supplier<? extends DuplexStream<I, O>> supplier, long outputMaxBytes)
    implements Stage<I, O>, Declared {
  /// The same, declaring that it never holds more than `bytes` of output, and so that no chunk exceeds them; more fails
  /// the stage, with the figures.
  ///
  /// Count generously: as in Node, a transform whose input has ended makes output of all that is still queued before
  /// it, whether or not anybody reads. It also declares that its marks are 64 KiB at most, which is checked too. For
  /// streams of bytes alone.
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
    var terms = new ArrayList<Term>(List.of(Term.of(name, 1, outputMaxBytes)));
    if (inputMaxBytes != Footprint.UNKNOWN) terms.addFirst(Declared.writableQueue(name, inputMaxBytes));
    return new Footprint(
        "a stream of the caller's, at most " + ByteSizes.inWords(outputMaxBytes) + " of output",
        terms,
        outputMaxBytes,
        inputMaxBytes != Footprint.UNKNOWN);
  }

  @Override
  public long declaredBytes() {
    return outputMaxBytes;
  }

  @Override
  public long declaredHeldBytes() {
    return outputMaxBytes;
  }

  @Override
  public long declaredMarkBytes() {
    return outputMaxBytes == Footprint.UNKNOWN ? Footprint.UNKNOWN : StreamOptions.BYTE_MARK;
  }
}
