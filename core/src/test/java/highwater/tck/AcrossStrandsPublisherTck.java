package highwater.tck;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/// A publisher whose run subscribes to another run's publisher, on another strand.
public class AcrossStrandsPublisherTck extends FlowPublisherVerification<Long> {
  /// Sets the kit's waits.
  public AcrossStrandsPublisherTck() {
    super(Kit.environment(), Kit.GC_MILLIS);
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Pipeline.from(Origin.<Long>fromPublisher("first", Kit.numbers(elements).publisher())).publisher();
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Pipeline.from(Origin.<Long>fromPublisher("first", Kit.failing().publisher())).publisher();
  }
}
