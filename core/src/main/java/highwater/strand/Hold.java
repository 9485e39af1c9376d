package highwater.strand;

import java.util.concurrent.atomic.AtomicBoolean;

/// A call under way elsewhere, for which a strand waits; made by [Strand#offload].
///
/// Thread rule: any thread. The first release counts, later ones do nothing.
public final class Hold {
  private final Strand strand;
  private final AtomicBoolean released = new AtomicBoolean();

  Hold(Strand strand) {
    this.strand = strand;
  }

  /// Lets the strand end without this call.
  public void release() {
    release(() -> {});
  }

  /// Posts `turn`, the answer to the call, and lets the strand end after it.
  public void release(Runnable turn) {
    if (!released.compareAndSet(false, true)) return;
    strand.post(
        () -> {
          strand.release();
          turn.run();
        });
  }
}
