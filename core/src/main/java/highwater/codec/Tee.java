package highwater.codec;

import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// Writes what passes to a second target as well, and waits for the slower of the two.
///
/// Both get the same bytes, each as a buffer of its own. The second target becomes final when the run does, and is
/// undone when the run fails, whoever's fault it is; its failure fails the run, under this stage's name, which has the
/// target's in it. A second target that needs no more (a closed pipe) is left behind, and the bytes go on.
public final class Tee implements PullStage<ByteBuffer, ByteBuffer> {
  private final PullTarget<ByteBuffer> target;

  private Tee(PullTarget<ByteBuffer> target) {
    this.target = target;
  }

  /// Makes the recipe that writes to `target` too.
  public static Tee to(PullTarget<ByteBuffer> target) {
    return new Tee(target);
  }

  @Override
  public String name() {
    return "tee " + target.name();
  }

  /// The target's own, with the chunks that pass.
  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var second = target.footprint(chunkMaxBytes);
    return new Footprint(second.how(), second.terms(), chunkMaxBytes, second.bounded());
  }

  @Override
  public boolean usesFiles() {
    return target.usesFiles();
  }

  @Override
  public boolean isAwaited() {
    return target.isAwaited();
  }

  @Override
  public boolean passesOn() {
    return true;
  }

  @Override
  public Step<ByteBuffer, ByteBuffer> step() {
    return new TeeStep(target.put());
  }

  @Override
  public String toString() {
    return name();
  }
}
