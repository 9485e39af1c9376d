package highwater.interop;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Upstream;
import java.util.concurrent.Flow;
import java.util.function.Function;

/// A `Flow.Subscriber` that feeds a started run; made by [Views#subscriber].
///
/// It requests 16 chunks, and 8 more each time 8 are used up. `onComplete` ends the run, which then commits; `onError` fails it
/// with that error, so that it undoes what it made. A run that fails or is cancelled cancels the subscription. Chunks are
/// handed over. How it went tells [#run()]. Thread rule: any thread, one signal at a time.
public final class PipelineSubscriber<T> implements Flow.Subscriber<T> {
  private final Relay<T> relay;
  private final PipelineRun run;

  private PipelineSubscriber(Relay<T> relay, PipelineRun run) {
    this.relay = relay;
    this.run = run;
  }

  static <T> PipelineSubscriber<T> start(Function<? super Upstream<T>, Pipeline> rest) {
    var relay = new Relay<T>();
    var run = rest.apply(Pipeline.from(Origin.<T>fromPublisher("subscriber", relay))).start();
    var _ = run.completion().whenComplete((_, _) -> relay.gone());
    return new PipelineSubscriber<>(relay, run);
  }

  /// The run: its completion, its progress, its cancel.
  public PipelineRun run() {
    return run;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    relay.onSubscribe(subscription);
  }

  @Override
  public void onNext(T chunk) {
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
}
