package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Stage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/// A stage between a publisher and one subscriber, whose subscription starts the run.
final class StageProcessor<I, O> implements Flow.Processor<I, O> {
  private final Relay<I> relay = new Relay<>();
  private final Flow.Publisher<O> output;
  private final AtomicBoolean subscribed = new AtomicBoolean();

  StageProcessor(Stage<? super I, O> stage) {
    output = Pipeline.from(Origin.<I>fromPublisher("processor", relay)).through(stage).publisher();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super O> subscriber) {
    requireNonNull(subscriber, "subscriber");
    if (!subscribed.getAndSet(true)) {
      output.subscribe(new Watched<O>(subscriber));
      return;
    }
    subscriber.onSubscribe(new NoSubscription());
    subscriber.onError(
        new IllegalStateException(
            "a processor has one subscriber, and it has had it: share its output with a broadcast"));
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    relay.onSubscribe(subscription);
  }

  @Override
  public void onNext(I chunk) {
    relay.onNext(chunk);
  }

  @Override
  public void onError(Throwable failure) {
    relay.onError(failure);
  }

  @Override
  public void onComplete() {
    relay.onComplete();
  }

  private record NoSubscription() implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  /// Lets the publisher go also where the run ends before it has subscribed.
  private final class Watched<T> implements Flow.Subscriber<T> {
    private final Flow.Subscriber<? super T> subscriber;

    Watched(Flow.Subscriber<? super T> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              subscription.request(n);
            }

            @Override
            public void cancel() {
              subscription.cancel();
              relay.gone();
            }
          });
    }

    @Override
    public void onNext(T chunk) {
      subscriber.onNext(chunk);
    }

    @Override
    public void onError(Throwable failure) {
      relay.gone();
      // What came from the publisher goes on as it came: a processor adds nothing to it.
      var received = relay.failure();
      subscriber.onError(received != null && received == failure.getCause() ? received : failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
