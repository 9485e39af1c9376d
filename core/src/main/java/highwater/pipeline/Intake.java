package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The subscriber of one run: the run's beginning, fed by a publisher on whatever thread.
///
/// ```
///   publisher ──onNext──▶ handover, `prefetch` places ──poll──▶ strand ──request(half), at half empty──▶ publisher
/// ```
/// Requested and not yet polled are never more than `prefetch`, so nothing is refused for want of room but to a publisher
/// that gives more than was requested, which fails the run. Thread rule: the subscriber's calls on any thread, one at a time, as
/// Reactive Streams asks; the part's on the strand.
final class Intake<T> implements Flow.Subscriber<T>, Pull<T>, WorksElsewhere.Counted {
  private final PublisherOrigin<T> recipe;
  private final int batch;
  private final Handover<T> handover;

  /// Null before it came, and never changed afterwards.
  private volatile Flow.@Nullable Subscription subscription;

  /// Requested and not given yet: meanwhile the publisher works.
  private final AtomicLong owed = new AtomicLong();

  private volatile @Nullable Elsewhere elsewhere;

  // The strand's.
  private @Nullable T ready;
  private int polledSinceRequest;
  private boolean waiting;

  Intake(PublisherOrigin<T> recipe) {
    this.recipe = recipe;
    batch = (recipe.prefetch() + 1) / 2;
    handover = new Handover<>(recipe.prefetch(), _ -> 1);
  }

  // The publisher's.

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    requireNonNull(subscription, "subscription");
    synchronized (this) {
      if (this.subscription != null || isOver()) {
        subscription.cancel();
        return;
      }
      this.subscription = subscription;
    }
    // It may give chunks, or end, before this returns.
    request(subscription, recipe.prefetch());
  }

  private void request(Flow.Subscription from, long chunks) {
    var work = elsewhere;
    if (owed.getAndAdd(chunks) <= 0 && work != null) work.begins();
    from.request(chunks);
  }

  private void given() {
    var work = elsewhere;
    if (owed.getAndDecrement() == 1 && work != null) work.ends();
  }

  private void givesNoMore() {
    var work = elsewhere;
    if (owed.getAndSet(0) > 0 && work != null) work.ends();
  }

  private boolean isOver() {
    return handover.phase() == Handover.Phase.CANCELLED;
  }

  @Override
  public void onNext(T chunk) {
    requireNonNull(chunk, "chunk");
    given();
    if (chunk instanceof ByteBuffer bytes && !recipe.allows(bytes.remaining())) {
      stop(recipe.tooLarge(bytes.remaining()));
    } else if (handover.offer(chunk) == Handover.Offer.FULL) {
      stop(
          new IllegalStateException(
              recipe.name()
                  + " gave more chunks than the "
                  + recipe.prefetch()
                  + " that were requested (Reactive Streams rule 1.1): mend the publisher, or give it a buffer"));
    }
  }

  private void stop(RuntimeException why) {
    handover.fail(why);
    cancelSubscription();
  }

  @Override
  public void onError(Throwable failure) {
    handover.fail(requireNonNull(failure, "failure"));
    givesNoMore();
  }

  @Override
  public void onComplete() {
    handover.end();
    givesNoMore();
  }

  // The strand's.

  @Override
  public void open(PartContext context) {
    elsewhere = Elsewhere.of(context.strand(), 1);
    handover.onReady(context.strand(), context::wake);
    recipe.publisher().subscribe(this);
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    if (ready != null) return Progress.READY;
    ready = handover.poll();
    if (ready != null) return Progress.READY;
    return switch (handover.phase()) {
      case ENDED -> Progress.DONE;
      case FAILED -> throw thrown(requireNonNull(handover.reason()));
      case OPEN, CANCELLED -> {
        waiting = true;
        yield Progress.WAITING;
      }
    };
  }

  private static Exception thrown(Throwable failure) {
    if (failure instanceof Exception e) return e;
    if (failure instanceof Error e) throw e;
    return new IllegalStateException(failure);
  }

  @Override
  public T next() {
    var chunk = requireNonNull(ready, "READY comes first");
    ready = null;
    if (++polledSinceRequest >= batch) {
      int taken = polledSinceRequest;
      polledSinceRequest = 0;
      var source = subscription;
      // It may give chunks inside this call: they are queued, and cause a turn.
      if (source != null && handover.phase() == Handover.Phase.OPEN) request(source, taken);
    }
    return chunk;
  }

  @Override
  public void abort(Throwable cause) {
    over(cause);
  }

  @Override
  public void close() {
    over(new IllegalStateException("closed"));
  }

  private void over(Throwable cause) {
    givesNoMore();
    boolean ended = handover.phase() == Handover.Phase.ENDED || handover.phase() == Handover.Phase.FAILED;
    synchronized (this) {
      handover.cancel(cause);
    }
    if (!ended) cancelSubscription();
  }

  private void cancelSubscription() {
    var source = subscription;
    if (source != null) source.cancel();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? "the publisher of " + recipe.name() : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.SOURCE;
  }
}
