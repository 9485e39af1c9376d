package highwater.archive;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.util.function.Supplier;

/// The recipe of a stage over pieces that holds nothing.
record PieceStage<O>(String name, StreamOptions streamOptions, Supplier<Step<Piece, O>> steps)
    implements PullStage<Piece, O> {
  @Override
  public Footprint footprint(long chunkBytes) {
    return Footprint.of("on the strand", chunkBytes);
  }

  @Override
  public Step<Piece, O> step() {
    return steps.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
