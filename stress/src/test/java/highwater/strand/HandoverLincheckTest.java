package highwater.strand;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What never waits in a handover is as if each call happened at one moment.
public class HandoverLincheckTest {
  private final Handover<Integer> handover = new Handover<>(8, Integer::longValue);

  @Operation(nonParallelGroup = "producer")
  public Handover.Offer offer(@Param(gen = IntGen.class, conf = "1:9") int item) {
    return handover.phase() == Handover.Phase.OPEN ? handover.offer(item) : Handover.Offer.REFUSED;
  }

  @Operation(nonParallelGroup = "consumer")
  public @Nullable Integer poll() {
    return handover.poll();
  }

  @Operation
  public long queuedBytes() {
    return handover.queuedBytes();
  }

  @Operation
  public void fail() {
    handover.fail(new IllegalStateException("failed"));
  }

  @Operation
  public void cancel() {
    handover.cancel(new IllegalStateException("cancelled"));
  }

  @Operation
  public Handover.Phase phase() {
    return handover.phase();
  }

  @Test
  void isLinearizable() {
    new ModelCheckingOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(20)
        .invocationsPerIteration(500)
        .check(HandoverLincheckTest.class);
  }
}
