package highwater.tck;

import highwater.interop.Views;
import highwater.pipeline.PublisherOrigin;
import highwater.pipeline.Stage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.IdentityFlowProcessorVerification;
import org.testng.annotations.AfterClass;

/// A processor around a stage.
public class StageProcessorTck extends IdentityFlowProcessorVerification<Long> {
  private final ExecutorService publishers = Executors.newCachedThreadPool();

  /// Sets the kit's waits, and how far a processor of ours requests ahead.
  public StageProcessorTck() {
    super(Kit.environment(), Kit.GC_MILLIS, PublisherOrigin.PREFETCH);
  }

  /// Lets the threads end.
  @AfterClass
  public void close() {
    publishers.shutdownNow();
  }

  @Override
  protected Flow.Processor<Long, Long> createIdentityFlowProcessor(int bufferSize) {
    return Views.processor(Stage.<Long, Long>map("same", number -> number));
  }

  @Override
  protected Flow.Publisher<Long> createFailedFlowPublisher() {
    var processor = createIdentityFlowProcessor(PublisherOrigin.PREFETCH);
    processor.onError(new IllegalStateException("failed as asked"));
    return processor;
  }

  @Override
  public ExecutorService publisherExecutorService() {
    return publishers;
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }

  @Override
  public long maxSupportedSubscribers() {
    return 1;
  }
}
