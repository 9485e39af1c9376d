package highwater.pipeline;

import highwater.memory.Budget;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.util.concurrent.atomic.AtomicInteger;

/// What a part is given whose strand is turned by hand; it counts the wakes, which may come from any thread.
final class HandContext implements PartContext {
  private final Strand strand;
  final AtomicInteger wakes = new AtomicInteger();

  HandContext(HandTurned hand) {
    strand = hand.strand();
  }

  @Override
  public Strand strand() {
    return strand;
  }

  @Override
  public void wake() {
    wakes.incrementAndGet();
  }

  @Override
  public Budget budget() {
    return Budget.unlimited();
  }
}
