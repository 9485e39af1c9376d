package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/// The recipe of a stage that looks at each chunk and passes it on as it came; it holds no bytes.
final class PassOn implements PullStage<ByteBuffer, ByteBuffer> {
  private final String name;
  private final Supplier<PassOnStep> step;

  /// Makes the recipe; `step` makes a new live one for each run.
  PassOn(String name, Supplier<PassOnStep> step) {
    this.name = name;
    this.step = step;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of("on the strand, passes chunks on", chunkMaxBytes);
  }

  @Override
  public boolean passesOn() {
    return true;
  }

  @Override
  public Step<ByteBuffer, ByteBuffer> step() {
    return step.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
