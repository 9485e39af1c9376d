package highwater.pipeline;

import highwater.CancelHandle;
import highwater.Diagnosis.Cause;
import highwater.Registration;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// One run of an [AsyncStage].
///
/// Everything is the strand's but `answered`, the one place where other threads leave something: a call that has ended,
/// its result in it. A wake follows, and the next poll takes what is there.
final class AsyncStep<I, O> implements Step<I, O>, WorksElsewhere.Counted {
  private final AsyncStage<I, O> stage;

  /// Written from any thread, read on the strand; never longer than the concurrency, as each of its calls was running.
  private final ConcurrentLinkedQueue<Call<O>> answered = new ConcurrentLinkedQueue<>();

  /// Cancelled when no result is wanted any more.
  private final CancelHandle stop = new CancelHandle();

  /// Begun and not given on, in order; where order does not matter, only those with a result.
  private final ArrayDeque<Call<O>> toGive = new ArrayDeque<>();

  private final Set<Call<O>> running = new HashSet<>();
  private @Nullable PartContext context;
  private @Nullable Registration registration;
  private volatile @Nullable Elsewhere elsewhere;
  private boolean finished;

  /// What a listener, or a future that was cancelled, threw when it was told to stop; later ones are suppressed in it.
  private @Nullable Throwable stopFailure;

  AsyncStep(AsyncStage<I, O> stage) {
    this.stage = stage;
  }

  /// One call: begun on the strand, answered from anywhere.
  static final class Call<O> {
    private final AsyncStep<?, O> step;
    private @Nullable CompletableFuture<?> future;
    private @Nullable Thread thread;

    // Written by whoever answers, before it is left in the queue; read on the strand after that.
    private @Nullable O result;
    private @Nullable Throwable failure;

    /// On the strand: the answer was taken from the queue.
    private boolean done;

    private Call(AsyncStep<?, O> step) {
      this.step = step;
    }

    /// The answer is what `made` completes with.
    void answeredBy(@Nullable CompletionStage<? extends O> made) {
      if (made == null) {
        answer(
            null, new NullPointerException("the function of " + step.stage.name() + " made null instead of a stage"));
        return;
      }
      if (made instanceof CompletableFuture<?> own) future = own;
      var _ = made.whenComplete((result, failure) -> answer(result, unwrapped(failure)));
    }

    /// The answer is what `body` returns, on a virtual thread of its own.
    void answeredOnAThread(Callable<? extends O> body) {
      thread =
          Thread.ofVirtual()
              .name("highwater-" + step.stage.name())
              .start(
                  () -> {
                    try {
                      answer(body.call(), null);
                    } catch (Throwable thrown) {
                      answer(null, thrown);
                    }
                  });
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
      var cause = failure instanceof CompletionException ? failure.getCause() : null;
      return cause != null ? cause : failure;
    }

    private void answer(@Nullable O result, @Nullable Throwable failure) {
      var counts = step.elsewhere;
      if (counts != null) counts.ends();
      this.result = result;
      this.failure = failure;
      step.answered.add(this);
      var context = step.opened();
      // Those behind may be slow to ask, and then nobody polls; the others must not go on until they do.
      if (failure != null && !step.stop.isCancelled()) context.strand().post(() -> step.stopCalls(failure));
      context.wake();
    }

    private void stop() {
      if (thread != null) thread.interrupt();
      var cancelled = future;
      // Once: one that throws would throw again.
      future = null;
      if (cancelled != null) cancelled.cancel(true);
    }
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    elsewhere = Elsewhere.of(context.strand(), stage.concurrency());
    var cancel = stage.cancel();
    if (cancel != null) registration = cancel.onCancel(this::cancelled);
  }

  private void cancelled(Throwable reason) {
    var context = opened();
    context.strand().post(() -> stopCalls(reason));
    context.wake();
  }

  /// On the strand: nothing that runs is wanted any more. Each call is stopped whatever the others throw, which is kept
  /// for [#abort]: the failure for which they are stopped comes first.
  private void stopCalls(Throwable cause) {
    guarded(() -> stop.cancel(cause));
    for (var call : List.copyOf(running)) guarded(call::stop);
  }

  private void guarded(Runnable stopping) {
    try {
      stopping.run();
    } catch (Throwable thrown) {
      if (stopFailure == null) stopFailure = thrown;
      else FusedLoop.suppress(stopFailure, thrown);
    }
  }

  @Override
  public Progress poll() {
    throwIfCancelled();
    takeAnswers();
    var first = toGive.peek();
    if (first != null && first.done) return Progress.READY;
    if (!finished) return hasRoom() ? Progress.HUNGRY : Progress.WAITING;
    return running.isEmpty() && toGive.isEmpty() ? Progress.DONE : Progress.WAITING;
  }

  private void throwIfCancelled() {
    var cancel = stage.cancel();
    var reason = cancel == null ? null : cancel.reason();
    if (reason != null) throw Rethrow.asItIs(reason);
  }

  private void takeAnswers() {
    for (Call<O> call; (call = answered.poll()) != null; ) {
      running.remove(call);
      call.done = true;
      var failure = call.failure;
      if (failure != null) throw Rethrow.asItIs(failure);
      check(call.result);
      if (!stage.ordered()) toGive.add(call);
    }
  }

  private void check(@Nullable O result) {
    if (result == null) {
      throw new NullPointerException(
          "a call of " + stage.name() + " made null of an object: filter before, or wrap it");
    }
    long most = stage.outputMaxBytes();
    if (most != Footprint.UNKNOWN && result instanceof ByteBuffer bytes && bytes.remaining() > most) {
      throw new IllegalStateException(
          "a call made "
              + ByteSizes.inWords(bytes.remaining())
              + ", where "
              + stage.name()
              + " declares "
              + ByteSizes.inWords(most)
              + " at most: declare more, or make less");
    }
  }

  private boolean hasRoom() {
    int inFlight = stage.ordered() ? toGive.size() : running.size() + toGive.size();
    return running.size() < stage.concurrency() && inFlight < stage.mark();
  }

  @Override
  public void offer(I chunk) throws Exception {
    var call = new Call<O>(this);
    running.add(call);
    if (stage.ordered()) toGive.add(call);
    var counts = elsewhere;
    if (counts != null) {
      counts.begins();
      counts.holds(1);
    }
    try {
      stage.calls().begin(Link.kept(chunk), stop, call);
    } catch (Throwable thrown) {
      running.remove(call);
      if (counts != null) counts.ends();
      throw thrown;
    }
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public O next() {
    var result = toGive.remove().result;
    if (elsewhere != null) elsewhere.holds(-1);
    if (result == null) throw new AssertionError("next without READY");
    return result;
  }

  /// Stops what runs. What threw at that is suppressed in `cause`, and not thrown: a run that ended early aborts what it
  /// needs no more, and has succeeded. A thread of ours is waited for ([#settled()]); what others do is theirs to end.
  @Override
  public void abort(Throwable cause) {
    stopCalls(cause);
    var thrown = stopFailure;
    stopFailure = null;
    if (thrown != null) FusedLoop.suppress(cause, thrown);
  }

  @Override
  public boolean settled() {
    for (Call<O> call; (call = answered.poll()) != null; ) running.remove(call);
    return running.stream().allMatch(call -> call.thread == null);
  }

  @Override
  public void close() {
    if (registration != null) registration.remove();
    // Also for a run that ended early and took what it needed: it has succeeded, whatever is thrown at that.
    if (!running.isEmpty()) stopCalls(new IllegalStateException(stage.name() + " is no longer needed"));
    toGive.clear();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public long heldMark() {
    return stage.mark();
  }

  @Override
  public boolean holdsObjects() {
    return true;
  }

  @Override
  public @Nullable String waitsFor() {
    int calls = running.size();
    return calls == 0 ? null : calls + (calls == 1 ? " call of " : " calls of ") + stage.name();
  }

  @Override
  public Cause waitCause() {
    return Cause.RESULT;
  }

  private PartContext opened() {
    var given = context;
    if (given == null) throw new AssertionError("not open");
    return given;
  }
}
