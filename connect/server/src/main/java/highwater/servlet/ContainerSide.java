package highwater.servlet;

import highwater.strand.Elsewhere;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One body between two who must never touch it at once: the container, which calls back from threads of its own, and the
/// strand of the run.
///
/// Whose turn it is passes like a token. `isReady()` that is false gives it to the container, and only the container's
/// callback gives it back; before the first callback nobody but the container touches the body.
///
/// ```
/// CONTAINERS ──callback──▶ OURS ──isReady() is false──▶ CONTAINERS        each ──the container has completed──▶ OVER
/// ```
/// Every call of the body is made under the lock of this object, so that none comes after OVER: the container uses request
/// and response again for the next request of the connection.
///
/// Containers differ in what they tell of a failure, when and to whom: a throw of the call, `onError` of the one listener or
/// of the other, or of both, or nothing but the completion. All of them lead to [#failure], the first one counts.
///
/// Thread rule: any thread; callbacks never wait and never throw.
abstract class ContainerSide implements AsyncListener {
  /// Whose turn it is.
  enum Turn {
    CONTAINERS,
    OURS,
    OVER
  }

  final Client client;

  // Under the lock of this object, all that follow.
  private Turn turn = Turn.CONTAINERS;
  private @Nullable Throwable failure;
  private @Nullable Runnable wake;
  private @Nullable Elsewhere work;
  private boolean taken;

  ContainerSide(Client client) {
    this.client = client;
  }

  /// Takes the body for the one run that it has.
  final synchronized void take() {
    if (taken) {
      throw new IllegalStateException(
          "the body of " + client.asked() + " has had its run (expected: one; make the recipe once for each request)");
    }
    taken = true;
  }

  /// Attaches the run; `wake` is called after each callback. While it is the container's turn it works for the run.
  final synchronized void attach(Runnable wake, Elsewhere work) {
    this.wake = wake;
    this.work = work;
    if (turn == Turn.CONTAINERS) work.begins();
  }

  final synchronized Turn turn() {
    return turn;
  }

  /// Moves to `next`; under the lock.
  final void pass(Turn next) {
    assert Thread.holdsLock(this);
    if (turn == next || turn == Turn.OVER) return;
    if (work != null) {
      if (turn == Turn.CONTAINERS) work.ends();
      if (next == Turn.CONTAINERS) work.begins();
    }
    turn = next;
  }

  /// Whether the body can be used now. `isReady`, which has the container call back where it is false, is asked only in our
  /// turn; a callback that comes at once, even out of that very call, counts.
  final synchronized boolean ready(Ready isReady) throws IOException {
    if (turn != Turn.OURS) return false;
    pass(Turn.CONTAINERS);
    if (isReady.ask()) pass(Turn.OURS);
    return turn == Turn.OURS;
  }

  /// What `isReady()` is.
  interface Ready {
    boolean ask() throws IOException;
  }

  /// What went wrong outside the run, or null.
  final synchronized @Nullable Throwable failure() {
    return failure;
  }

  /// What the callbacks have in common: a change under the lock, and the strand is told.
  final void called(Runnable change) {
    Runnable toWake;
    synchronized (this) {
      change.run();
      toWake = wake;
    }
    if (toWake != null) toWake.run();
  }

  final void failed(@Nullable Throwable thrown) {
    if (failure == null) failure = thrown != null ? thrown : new IOException("the container says that it failed");
  }

  /// `WriteListener`'s and `ReadListener`'s.
  public void onError(Throwable thrown) {
    called(
        () -> {
          failed(thrown);
          pass(Turn.OURS);
        });
  }

  @Override
  public void onError(AsyncEvent event) {
    called(
        () -> {
          failed(event.getThrowable());
          endsByItself();
        });
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    called(
        () -> {
          long millis = event.getAsyncContext().getTimeout();
          failed(new TimeoutException("it took longer than " + millis + " ms in all"));
          endsByItself();
        });
  }

  /// The container is about to end the request by itself; under the lock.
  void endsByItself() {}

  @Override
  public void onComplete(AsyncEvent event) {
    called(
        () -> {
          completed();
          pass(Turn.OVER);
        });
  }

  /// The container has completed the request; under the lock, before OVER.
  void completed() {}

  @Override
  public void onStartAsync(AsyncEvent event) {
    // Another round of the same request: whoever began it says so to this listener as well.
    event.getAsyncContext().addListener(this);
  }

  /// What a call or a callback failed with, in one line.
  final String reason(Throwable thrown) {
    for (var cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException) return firstLine(cause);
      if (isGone(cause)) return client + " has gone";
    }
    return firstLine(thrown);
  }

  /// The kernel's words for it, and the containers'.
  private static boolean isGone(Throwable cause) {
    if (cause instanceof java.io.EOFException || cause instanceof java.nio.channels.ClosedChannelException) return true;
    var message = String.valueOf(cause.getMessage());
    return message.contains("Broken pipe") || message.contains("Connection reset") || message.contains("Early EOF");
  }

  private static String firstLine(Throwable thrown) {
    var message = thrown.getMessage();
    if (message == null || message.isBlank()) return thrown.getClass().getSimpleName();
    return message.strip().lines().findFirst().orElse(message);
  }
}
