package highwater.tck;

import highwater.ReadableStream;
import highwater.interop.Views;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/// The publisher of a live stream, for one subscriber, seen from another thread.
public class LivePublisherTck extends FlowPublisherVerification<Long> {
  private final Kit.OpenStrand strand = new Kit.OpenStrand();

  /// Sets the kit's waits.
  public LivePublisherTck() {
    super(Kit.environment(), Kit.GC_MILLIS);
  }

  /// Lets the strand end.
  @AfterClass
  public void closeStrand() {
    strand.close();
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return strand.call(() -> Views.publisher(Kit.live(elements)));
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return strand.call(
        () ->
            Views.publisher(
                ReadableStream.<Long>from(feed -> feed.fail(new IllegalStateException("failed as asked")))));
  }
}
