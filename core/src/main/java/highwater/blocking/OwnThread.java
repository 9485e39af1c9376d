package highwater.blocking;

import org.jspecify.annotations.Nullable;

/// The thread of one part, from its start to its end, as the strand sees it.
///
/// The strand is woken when it has ended. Thread rule: `start` once; the rest from any thread.
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
