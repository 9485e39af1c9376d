package highwater.pipeline;

import highwater.memory.Budget;
import highwater.strand.Strand;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one part is given, and what it must have given back when it is closed.
final class Place implements PartContext, CancelsRun {
  private final String name;
  private final Strand strand;
  private final Budget surplus;
  private final Runnable wake;
  private final @Nullable Consumer<CancelledException> cancels;

  /// `cancels` cancels its run, where it has one.
  Place(String name, Strand strand, Budget surplus, Runnable wake, @Nullable Consumer<CancelledException> cancels) {
    this.name = name;
    this.strand = strand;
    this.surplus = surplus;
    this.wake = wake;
    this.cancels = cancels;
  }

  @Override
  public Strand strand() {
    return strand;
  }

  @Override
  public void wake() {
    wake.run();
  }

  @Override
  public Budget budget() {
    return surplus;
  }

  @Override
  public boolean cancelRun(CancelledException cancel) {
    if (cancels == null) return false;
    cancels.accept(cancel);
    return true;
  }

  /// Throws where the part kept a part of the budget, after giving it back in its stead.
  void checkReturned() {
    long kept = surplus.usedBytes();
    if (kept == 0) return;
    surplus.giveBack(kept);
    throw new IllegalStateException(
        name
            + " was closed and kept "
            + ByteSizes.inWords(kept)
            + " of the budget: whatever trySurplus grants is given back by close()");
  }
}
