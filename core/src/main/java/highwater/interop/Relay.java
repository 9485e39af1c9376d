package highwater.interop;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Joins a subscriber that the user holds with the beginning of a run that comes sooner or later: what is said to the first is
/// said to the second.
///
/// Nothing is requested before both are there, so only an end has to be kept. Signals are passed on outside the lock.
final class Relay<T> implements Flow.Subscriber<T>, Flow.Publisher<T> {
  // Under the lock of this object, all.
  private Flow.@Nullable Subscription subscription;
  private Flow.@Nullable Subscriber<? super T> run;
  private boolean ended;
  private @Nullable Throwable failure;
  private boolean gone;

  // The publisher's.

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    requireNonNull(subscription, "subscription");
    Flow.Subscriber<? super T> to;
    synchronized (this) {
      if (this.subscription != null || (gone && run == null)) {
        to = null;
      } else {
        this.subscription = subscription;
        to = run;
        if (to == null) return;
      }
    }
    if (to == null) subscription.cancel();
    else to.onSubscribe(subscription);
  }

  @Override
  public void onNext(T chunk) {
    requireNonNull(chunk, "chunk");
    var to = run();
    // Nothing was requested: the publisher broke a rule.
    if (to != null) to.onNext(chunk);
  }

  private synchronized Flow.@Nullable Subscriber<? super T> run() {
    return run;
  }

  @Override
  public void onError(Throwable failure) {
    requireNonNull(failure, "failure");
    var to = end(failure);
    if (to != null) to.onError(failure);
  }

  @Override
  public void onComplete() {
    var to = end(null);
    if (to != null) to.onComplete();
  }

  private synchronized Flow.@Nullable Subscriber<? super T> end(@Nullable Throwable why) {
    ended = true;
    failure = why;
    return run;
  }

  // The run's.

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    Flow.Subscription from;
    boolean over;
    Throwable why;
    synchronized (this) {
      if (run != null) throw new IllegalStateException("what a subscriber is given goes to one run: make one for each");
      run = subscriber;
      from = subscription;
      over = ended;
      why = failure;
    }
    if (from != null) subscriber.onSubscribe(from);
    if (!over) return;
    if (why == null) subscriber.onComplete();
    else subscriber.onError(why);
  }

  /// What the publisher failed with, or null while it has not.
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /// The run is over, perhaps before it began.
  void gone() {
    Flow.Subscription left;
    synchronized (this) {
      gone = true;
      left = run == null ? subscription : null;
    }
    if (left != null) left.cancel();
  }
}
