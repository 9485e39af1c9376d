package highwater.tck;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/// A pipeline's publisher.
public class PlainPublisherTck extends FlowPublisherVerification<Long> {
  /// Sets the kit's waits.
  public PlainPublisherTck() {
    super(Kit.environment(), Kit.GC_MILLIS);
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Kit.numbers(elements).publisher();
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Kit.failing().publisher();
  }
}
