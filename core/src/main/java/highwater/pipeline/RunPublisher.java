package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Flow;

/// A publisher that starts one run for each subscriber.
final class RunPublisher<T> implements Flow.Publisher<T> {
  private final Upstream<T> upstream;

  RunPublisher(Upstream<T> upstream) {
    this.upstream = upstream;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    requireNonNull(subscriber, "subscriber");
    var delivery = new Delivery<T>(subscriber);
    if (!delivery.subscribe()) return;
    PipelineRun run;
    try {
      run = upstream.to(new Delivery.OneRun<>(delivery)).start();
    } catch (RuntimeException refused) {
      // A live stream that somebody else has, say.
      delivery.over(refused);
      return;
    }
    delivery.startedAs(run);
    run.whenOver(delivery::over);
  }
}
