package highwater;

import static java.util.Objects.requireNonNull;

import highwater.strand.Strand;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One decision to stop, shared by any number of streams, operators and pipelines: Node's abort controller and signal.
///
/// It is cancelled at most once and keeps the first reason. Whoever listens is told on the thread that cancels, in the
/// order in which they began to listen, and must be quick: the library's own listeners only post a turn. Whoever is
/// done takes its listener off, so a handle may outlive by far what it was given to: streams, pipelines and [#any] do
/// so by themselves. Source: the DOM's `AbortController` and `AbortSignal`, as Node has them. Thread rule: any thread.
/// Cost: O(1) for each listener.
public final class CancelHandle {
  private static final CancelHandle[] NO_PARENTS = {};

  /// Those that this one follows. They were made before it, so locks are taken in one order: this one's, then theirs.
  private final CancelHandle[] parents;

  /// What listens to each parent, while anybody listens here.
  private final Entry link = new Entry(this::cancel);

  // Under the lock of this object, all three.
  private final LinkedHashSet<Entry> entries = new LinkedHashSet<>();
  private @Nullable Throwable reason;
  private @Nullable Future<?> alarm;

  /// One listener, as itself: the same consumer may be given twice.
  private static final class Entry {
    private final Consumer<? super Throwable> listener;

    Entry(Consumer<? super Throwable> listener) {
      this.listener = listener;
    }
  }

  /// Makes one that nobody has cancelled.
  public CancelHandle() {
    this(NO_PARENTS);
  }

  private CancelHandle(CancelHandle[] parents) {
    this.parents = parents;
  }

  /// One that is cancelled after `time` with a [TimeoutException], whatever becomes of what it was given to.
  ///
  /// The JDK's own timer thread, a daemon, does it: nothing here keeps the process alive. The timer holds the handle,
  /// and whoever still listens, until then, or until it is cancelled otherwise. Source: `AbortSignal.timeout`.
  public static CancelHandle after(Duration time) {
    var handle = new CancelHandle();
    handle.wakeAfter(nanos(time), time);
    return handle;
  }

  /// One that is cancelled after `time` of the clock of `strand`, in a turn of it: in virtual time where that is
  /// hand-turned.
  ///
  /// Call it on the strand. It is no work of the strand's: where that ends before, nobody is told.
  public static CancelHandle after(Duration time, Strand strand) {
    var handle = new CancelHandle();
    var _ = strand.after(nanos(time), () -> handle.cancel(timeout(time))).unref();
    return handle;
  }

  /// One that follows several: it is cancelled with the first of `handles`, for that one's reason.
  ///
  /// It may be made and thrown away at will: it listens to them only while somebody listens to it. Where several are
  /// cancelled before anybody looks, the first in order counts. It may be cancelled by itself too, which the others do
  /// not notice. Source: `AbortSignal.any`.
  public static CancelHandle any(CancelHandle... handles) {
    for (var handle : handles) requireNonNull(handle, "handle");
    return new CancelHandle(handles.clone());
  }

  /// Cancels for a reason in words.
  public void cancel(String reason) {
    cancel(new StreamException(ErrorCode.ABORT_ERR, requireNonNull(reason, "reason")));
  }

  /// Cancels for `reason`; nothing happens when it is cancelled already.
  ///
  /// Everybody is told, even where a listener throws; what the first one threw is then thrown from here, later ones
  /// suppressed in it.
  public void cancel(Throwable reason) {
    requireNonNull(reason, "reason");
    List<Entry> told;
    synchronized (this) {
      if (isSettled()) return;
      this.reason = reason;
      told = List.copyOf(entries);
      entries.clear();
      unlink();
      if (alarm != null) alarm.cancel(false);
      alarm = null;
    }
    tell(told, reason);
  }

  private static void tell(List<Entry> told, Throwable reason) {
    @Nullable Throwable first = null;
    for (var entry : told) {
      try {
        entry.listener.accept(reason);
      } catch (RuntimeException | Error thrown) {
        if (first == null) first = thrown;
        else if (first != thrown) first.addSuppressed(thrown);
      }
    }
    if (first instanceof Error error) throw error;
    if (first instanceof RuntimeException exception) throw exception;
  }

  /// Whether it is cancelled.
  public boolean isCancelled() {
    return reason() != null;
  }

  /// Why it was cancelled, or null while it is not.
  public synchronized @Nullable Throwable reason() {
    return isSettled() ? reason : null;
  }

  /// Throws a [StreamException] with `ABORT_ERR` around the reason where it is cancelled: for loops of the user's own.
  /// Source: `signal.throwIfAborted()`.
  public void throwIfCancelled() {
    var why = reason();
    if (why != null) throw Failures.cancelled("the work", why);
  }

  /// Has `listener` told the reason once, at once where it is cancelled already.
  ///
  /// The registration may be removed on any thread; where the cancel is under way, the listener may be told all the
  /// same.
  public Registration onCancel(Consumer<? super Throwable> listener) {
    var entry = new Entry(requireNonNull(listener, "listener"));
    var already = add(entry);
    if (already == null) return () -> forget(entry);
    listener.accept(already);
    return () -> {};
  }

  /// Adds a listener, or returns the reason for which it would never be told.
  private synchronized @Nullable Throwable add(Entry entry) {
    if (isSettled()) return reason;
    if (entries.isEmpty() && !link()) return reason;
    entries.add(entry);
    return null;
  }

  private synchronized void forget(Entry entry) {
    if (entries.remove(entry) && entries.isEmpty()) unlink();
  }

  /// Whether there is a reason; under the lock. One that follows others and has no listeners asks them; with listeners
  /// it is told.
  private boolean isSettled() {
    if (reason != null) return true;
    if (!entries.isEmpty()) return false;
    for (var parent : parents) {
      reason = parent.reason();
      if (reason != null) return true;
    }
    return false;
  }

  /// Begins to listen to the parents; false where one has been cancelled, which is then the reason. Under the lock.
  private boolean link() {
    for (var parent : parents) {
      reason = parent.add(link);
      if (reason == null) continue;
      unlink();
      return false;
    }
    return true;
  }

  private void unlink() {
    for (var parent : parents) parent.forget(link);
  }

  private synchronized void wakeAfter(long nanos, Duration time) {
    var elapsed = new CompletableFuture<@Nullable Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    // Not on the timer's own thread, which serves the whole process: a listener might be slow.
    var _ = elapsed.thenRunAsync(() -> expire(time));
    alarm = elapsed;
  }

  private void expire(Duration time) {
    try {
      cancel(timeout(time));
    } catch (RuntimeException | Error thrown) {
      // A listener's, and nobody called: it goes where the uncaught go.
      var here = Thread.currentThread();
      here.getUncaughtExceptionHandler().uncaughtException(here, thrown);
    }
  }

  private static TimeoutException timeout(Duration time) {
    return new TimeoutException("not done within " + time);
  }

  private static long nanos(Duration time) {
    if (time.isNegative()) throw new IllegalArgumentException("timeout: " + time + " (expected: zero or more)");
    // Three centuries are for ever.
    return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? time.toNanos() : Long.MAX_VALUE;
  }

  /// The listeners that are registered now.
  synchronized int listeners() {
    return entries.size();
  }

  @Override
  public String toString() {
    var why = reason();
    return why == null ? "cancel handle" : "cancel handle, cancelled: " + why.getMessage();
  }
}
