package highwater.strand;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// Posting to a strand, taking over its turns and ending it are as if each happened at one moment.
public class StrandHostLincheckTest {
  private final HandTurned hand = new HandTurned();
  private final TaskQueue turns = new TaskQueue();
  private final StringBuilder ran = new StringBuilder();

  @Operation
  public boolean post(@Param(gen = IntGen.class, conf = "1:9") int number) {
    return hand.strand().host().post(() -> ran.append(number).append(' '));
  }

  @Operation(nonParallelGroup = "host")
  public String take() {
    if (!hand.strand().host().isClosed()) hand.strand().host().takeInbox(turns);
    while (!turns.isEmpty()) turns.runFirst();
    return ran.toString();
  }

  @Operation(nonParallelGroup = "host")
  public boolean close() {
    return hand.strand().host().isClosed() || hand.strand().host().close();
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
        .check(StrandHostLincheckTest.class);
  }
}
