package highwater.tck;

import static java.util.Objects.requireNonNull;

import highwater.interop.Gathered;
import highwater.interop.PipelineSubscriber;
import highwater.interop.Views;
import highwater.pipeline.Stage;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;

/// A subscriber that feeds a pipeline, seen from the pipeline's end.
public class WhiteboxSubscriberTck extends FlowSubscriberWhiteboxVerification<Long> {
  /// Sets the kit's waits.
  public WhiteboxSubscriberTck() {
    super(Kit.environment());
  }

  @Override
  protected Flow.Subscriber<Long> createFlowSubscriber(WhiteboxSubscriberProbe<Long> probe) {
    var look =
        Stage.<Long, Long>map(
            "look",
            number -> {
              probe.registerOnNext(number);
              return number;
            });
    var subscriber = Views.<Long>subscriber(up -> up.through(look).to(new Gathered<>()));
    var _ =
        subscriber
            .run()
            .completion()
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) probe.registerOnComplete();
                  else probe.registerOnError(firstCause(failure));
                });
    return new Probed(subscriber, probe);
  }

  private static Throwable firstCause(Throwable failure) {
    var cause = failure.getCause();
    return cause == null ? failure : firstCause(cause);
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }

  /// The subscriber, whose pipeline requests what it needs by itself.
  private record Probed(PipelineSubscriber<Long> subscriber, WhiteboxSubscriberProbe<Long> probe)
      implements Flow.Subscriber<Long> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(requireNonNull(subscription));
      probe.registerOnSubscribe(
          new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {}

            @Override
            public void signalCancel() {
              subscriber.run().cancel("as asked");
            }
          });
    }

    @Override
    public void onNext(Long number) {
      subscriber.onNext(number);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
