package highwater.tck;

import highwater.interop.Gathered;
import highwater.interop.Views;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;

/// A subscriber that feeds a pipeline.
public class BlackboxSubscriberTck extends FlowSubscriberBlackboxVerification<Long> {
  /// Sets the kit's waits.
  public BlackboxSubscriberTck() {
    super(Kit.environment());
  }

  @Override
  public Flow.Subscriber<Long> createFlowSubscriber() {
    return Views.<Long>subscriber(up -> up.to(new Gathered<>()));
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
