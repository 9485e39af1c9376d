package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.memory.Budget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A thousand pipelines under a budget that holds ten.
class CrowdTest {
  private static final int PIPELINES = 1000;
  private static final int HELD = 10;
  private static final int ORDERS = 100;
  private static final int CHUNK_BYTES = 1000;

  /// Every tenth fails, and every tenth is cancelled, at a seeded call; the rest finish. Nobody is forgotten.
  @Test
  void allFinishInSeededOrders() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("CrowdTest -Dseed=" + seed);
    for (int order = 0; order < ORDERS; order++) runAll(new Random(seed + order));
  }

  private static void runAll(Random random) {
    var crowd = new ArrayList<Integer>();
    for (int i = 0; i < PIPELINES; i++) crowd.add(i);
    Collections.shuffle(crowd, random);
    // The minimum of a rig's pipeline is two chunks: the origin's buffer, and the one of the stage
    // that cuts.
    var budget = Budget.of(HELD * 2L * CHUNK_BYTES);
    var open = new AtomicInteger();
    var tooMany = new AtomicInteger();
    var rigs = new ArrayList<Rig>();
    var outcomes = new ArrayList<CompletableFuture<String>>();
    for (int number : crowd) {
      var rig = new Rig(1 + random.nextInt(3), CHUNK_BYTES);
      rig.waitEvery = random.nextInt(2, 6);
      if (number % 10 == 1) rig.failAt = 1 + random.nextInt(20);
      var counting =
          new Counted(
              open,
              () -> {
                if (open.get() > HELD) tooMany.incrementAndGet();
              });
      var pipeline =
          Pipeline.from(rig.origin()).through(rig.cut()).through(counting).to(rig.target()).withBudget(budget);
      var run = pipeline.start();
      if (number % 10 == 2) run.cancel("on purpose");
      rigs.add(rig);
      outcomes.add(
          run.completion().handle((report, error) -> error == null ? "done" : kind(error)).toCompletableFuture());
    }
    for (int i = 0; i < PIPELINES; i++) {
      var outcome = outcomes.get(i).join();
      int number = crowd.get(i);
      if (number % 10 == 1) assertThat(outcome).isIn("PipelineException", "done");
      else if (number % 10 == 2) assertThat(outcome).isIn("CancelledException", "done");
      else assertThat(outcome).isEqualTo("done");
      rigs.get(i).checkAllClosedOnce();
    }
    assertThat(tooMany).hasValue(0);
    assertThat(open).hasValue(0);
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.waiting()).isZero();
    assertThat(budget.peakBytes()).isLessThanOrEqualTo(budget.sizeBytes());
  }

  private static String kind(Throwable error) {
    var cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause.getClass().getSimpleName();
  }

  /// A stage that counts how many of it are open.
  private record Counted(AtomicInteger openNow, Runnable onOpen) implements PullStage<ByteBuffer, ByteBuffer> {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("counts", chunkMaxBytes);
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return new CountingStep(openNow, onOpen);
    }
  }

  private static final class CountingStep implements Step<ByteBuffer, ByteBuffer> {
    private final AtomicInteger open;
    private final Runnable onOpen;
    private ByteBuffer chunk;
    private boolean finished;

    CountingStep(AtomicInteger open, Runnable onOpen) {
      this.open = open;
      this.onOpen = onOpen;
    }

    @Override
    public void open(PartContext context) {
      open.incrementAndGet();
      onOpen.run();
    }

    @Override
    public Progress poll() {
      return chunk != null ? Progress.READY : finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public ByteBuffer next() {
      var passed = chunk;
      chunk = null;
      return passed;
    }

    @Override
    public void offer(ByteBuffer offered) {
      chunk = offered;
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }
}
