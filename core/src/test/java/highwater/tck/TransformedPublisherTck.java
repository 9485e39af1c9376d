package highwater.tck;

import highwater.TransformStream;
import highwater.pipeline.Stage;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/// The publisher of a pipeline with a function and a live transform between.
public class TransformedPublisherTck extends FlowPublisherVerification<Long> {
  /// Sets the kit's waits.
  public TransformedPublisherTck() {
    super(Kit.environment(), Kit.GC_MILLIS);
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Kit.numbers(elements)
        .through(Stage.<Long, Long>map("double", number -> number * 2))
        .through(
            Stage.<Long, Long>of(
                "transform",
                () ->
                    TransformStream.from(
                        (number, out, done) -> {
                          out.push(number);
                          done.ok();
                        })))
        .publisher();
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Kit.failing().through(Stage.<Long, Long>map("double", number -> number * 2)).publisher();
  }
}
