package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.blocking.CallThread;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A stream or channel that one thread opens, uses and releases, and that another can take away from it.
///
/// ```
///   NEW ──open()──▶ IN USE ──settle()──▶ FINAL ──release()──▶ OVER
///    │                ├───────release(): undone here─────────▶ OVER
///    └────stop()──────┴──▶ undone by a thread of its own, the user interrupted; release() waits for it ──▶ OVER
/// ```
/// Some calls heed an interrupt alone, some a close alone, and a close may wait for the very lock that the call under
/// way holds. So both come: what is read is interrupted at once. What is written is interrupted only after it was
/// undone, or after [#GRACE_NANOS]: the interrupt of a virtual thread, or of any in a channel, closes its socket,
/// which would look like an end. It is sent under the lock of this object and only until OVER, so it meets no other
/// call.
final class Lease {
  /// How long what is written may take to open or to be undone before its thread is interrupted: 1 s.
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final Callable<? extends Closeable> opening;
  private final JavaIo.Undo<Closeable> undo;
  private final boolean interruptsAtOnce;

  // Under the lock of this object, all that follow.
  private @Nullable Thread user;
  private @Nullable Closeable opened;
  private boolean stopped;
  private boolean settled;
  private boolean releasing;
  private boolean over;

  /// What the other thread does; null unless stopped while in use.
  private @Nullable CompletableFuture<@Nullable Void> undone;

  private Lease(
      String name, Callable<? extends Closeable> opening, JavaIo.Undo<Closeable> undo, boolean interruptsAtOnce) {
    this.name = name;
    this.opening = opening;
    this.undo = undo;
    this.interruptsAtOnce = interruptsAtOnce;
  }

  /// What is read, and released by its close.
  static Lease ofInput(String name, Callable<? extends Closeable> opening) {
    return new Lease(name, opening, Closeable::close, true);
  }

  /// What is written, and released by `undo` unless it was settled.
  static Lease ofOutput(String name, Callable<? extends Closeable> opening, JavaIo.Undo<Closeable> undo) {
    return new Lease(name, opening, undo, false);
  }

  // The user's thread.

  /// Opens it; what is handed in live is taken even where the run is over already, so that it is released.
  Closeable open() throws Exception {
    synchronized (this) {
      if (stopped && !(opening instanceof OneRun)) throw ended();
      user = Thread.currentThread();
    }
    Closeable made = opening.call();
    if (made == null) throw new NullPointerException(name + ": opened as null (expected: a stream or channel)");
    synchronized (this) {
      opened = made;
      if (!stopped) return made;
    }
    throw ended();
  }

  /// Closes it as a success; nothing is undone afterwards.
  void settle() throws IOException {
    Closeable mine;
    synchronized (this) {
      if (stopped) throw ended();
      mine = requireNonNull(opened);
    }
    mine.close();
    synchronized (this) {
      settled = true;
    }
  }

  /// Releases what was not settled; once and last.
  void release() throws Exception {
    CompletableFuture<@Nullable Void> elsewhere;
    Closeable mine;
    synchronized (this) {
      // That was for the call before.
      Thread.interrupted();
      releasing = true;
      elsewhere = undone;
      mine = settled ? null : opened;
    }
    try {
      if (elsewhere != null) await(elsewhere);
      else if (mine != null) undo.undo(mine);
    } finally {
      synchronized (this) {
        over = true;
        Thread.interrupted();
      }
    }
  }

  private static void await(CompletableFuture<@Nullable Void> undone) throws Exception {
    try {
      undone.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Exception failure) throw failure;
      throw new ExecutionException(e.getCause());
    }
  }

  // Any thread.

  /// Makes the call under way and those that follow end; returns at once.
  synchronized void stop() {
    if (over || (stopped && !releasing)) return;
    stopped = true;
    if (user == null) return;
    if (opened != null && !releasing && !settled && undone == null) undone = undoElsewhere(opened);
    if (interruptsAtOnce) user.interrupt();
    else interruptLater(undone == null ? new CompletableFuture<>() : undone);
  }

  private void interruptLater(CompletableFuture<@Nullable Void> undone) {
    var _ =
        undone
            .copy()
            .completeOnTimeout(null, GRACE_NANOS, TimeUnit.NANOSECONDS)
            .whenComplete((_, _) -> interruptUser());
  }

  private synchronized void interruptUser() {
    if (!over && user != null) user.interrupt();
  }

  private CompletableFuture<@Nullable Void> undoElsewhere(Closeable taken) {
    var done = new CompletableFuture<@Nullable Void>();
    Runnable body =
        () -> {
          try {
            undo.undo(taken);
            done.complete(null);
          } catch (Throwable failure) {
            done.completeExceptionally(failure);
          }
        };
    try {
      CallThread.PLATFORM.start("ender of " + name, body);
    } catch (Throwable noThread) {
      done.completeExceptionally(noThread);
    }
    return done;
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  IOException ended() {
    return new IOException(name + ": the run was ended (expected: nothing more of it)");
  }
}
