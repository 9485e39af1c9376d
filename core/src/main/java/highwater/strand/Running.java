package highwater.strand;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// A strand that was started: the far end of [Strand#start], for whoever wants to know when it is over.
///
/// Thread rule: any thread.
public final class Running {
  private final Strand strand;
  private final CompletableFuture<@Nullable Void> ended;

  Running(Strand strand, CompletableFuture<@Nullable Void> ended) {
    this.strand = strand;
    this.ended = ended;
  }

  /// The strand, to post turns to.
  public Strand strand() {
    return strand;
  }

  /// Completes when the strand has ended, with the error that ended it if one did; everything on it is closed by then.
  ///
  /// What depends on it runs on the thread that drove the strand: it should be short, or go elsewhere (`whenCompleteAsync`).
  public CompletionStage<@Nullable Void> whenEnded() {
    return ended.minimalCompletionStage();
  }

  /// Waits for the end and throws what [Strand#run] would; throws `IllegalStateException` on a strand or a thread of ours,
  /// where waiting would stop others.
  public void join() throws InterruptedException {
    Strand.refuseToWait("join()", "whenEnded()");
    try {
      ended.get();
    } catch (ExecutionException failed) {
      var cause = failed.getCause();
      throw UncaughtException.unchecked(cause == null ? failed : cause);
    }
  }

  /// Waits to the very end even when interrupted, since the caller's data is in use there; the interrupt becomes the strand's.
  void awaitThrough() {
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          join();
          return;
        } catch (InterruptedException _) {
          interrupted = true;
          strand.post(strand::interrupted);
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }
}
