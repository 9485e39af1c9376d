package highwater.blocking;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The thread of one part, from its start to its end, as the strand sees it.
///
/// ```
///   start() ──▶ run() ──awaitsCommit()──▶ commits, or not ──▶ close() ──▶ over     one with nothing to commit does not wait
///                              ▲ commit() or undo(), by the strand
/// ```
/// The strand is woken when it has ended. Thread rule: `start` once; `awaitsCommit` is the thread's, `commit`, `undo` and
/// `settled` are the strand's; the rest from any thread.
public final class OwnThread {
  /// What it does: runs, then releases.
  public interface Body {
    /// Does the work, and ends with it, or because it was told to stop.
    void run() throws Exception;

    /// Releases everything; once and last, also where `run` threw.
    void close() throws Exception;
  }

  private volatile boolean started;
  private volatile boolean ended;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Throwable closeFailure;

  /// Whether to commit; what the thread waits for once all else is done.
  private final CompletableFuture<Boolean> decision = new CompletableFuture<>();

  /// The strand's: what it failed with is the commit's failure.
  private boolean committing;

  /// Makes one that has not started.
  public OwnThread() {}

  /// Starts `body`; `onEnd` is called on the thread, last but for `wake`, with what it failed with.
  public void start(CallThread kind, String what, Body body, OnEnd onEnd, Runnable wake) {
    started = true;
    try {
      kind.start(what, () -> run(body, onEnd, wake));
    } catch (Throwable noThread) {
      started = false;
      throw noThread;
    }
  }

  /// Told of the end, on the thread, before the strand is woken.
  @FunctionalInterface
  public interface OnEnd {
    /// It has run and released; `failure` is what it failed with first, or null.
    void ended(@Nullable Throwable failure);
  }

  private void run(Body body, OnEnd onEnd, Runnable wake) {
    @Nullable Throwable thrown = null;
    try {
      body.run();
    } catch (Throwable e) {
      thrown = e;
    }
    try {
      body.close();
    } catch (Throwable e) {
      closeFailure = e;
      if (thrown == null) thrown = e;
      else if (thrown != e) thrown.addSuppressed(e);
    }
    failure = thrown;
    onEnd.ended(thrown);
    ended = true;
    wake.run();
  }

  /// Waits for the end of the run, and tells whether to commit. On the thread itself.
  public boolean awaitsCommit() throws Exception {
    return decision.get();
  }

  /// Has it commit, and end: what [highwater.pipeline.Part#commit()] begins.
  public void commit() {
    committing = true;
    decision.complete(true);
  }

  /// Has it not commit, where it has not begun to, and end; what it waits for beside is to be ended too.
  public void undo() {
    committing = false;
    decision.complete(false);
  }

  /// Whether it is over, as [highwater.pipeline.Part#settled()] asks: throws what a commit failed with, or what went wrong while
  /// it released what it had.
  public boolean settled() throws Exception {
    if (!isOver()) return false;
    var failed = committing ? failure : closeFailure;
    if (failed != null) throw thrown(failed);
    return true;
  }

  /// Whether it runs no more, or never did.
  public boolean isOver() {
    return ended || !started;
  }

  /// What it failed with, known from just before its end on.
  public @Nullable Throwable failure() {
    return failure;
  }

  /// What went wrong while it released what it had, known when it is over.
  public @Nullable Throwable closeFailure() {
    return closeFailure;
  }

  /// What a thread failed with, to be thrown on the strand.
  public static Exception thrown(Throwable failure) {
    if (failure instanceof Exception e) return e;
    if (failure instanceof Error e) throw e;
    return new IllegalStateException(failure);
  }
}
