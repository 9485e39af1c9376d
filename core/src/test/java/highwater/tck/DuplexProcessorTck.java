package highwater.tck;

import highwater.StreamOptions;
import highwater.TransformStream;
import highwater.interop.Views;
import highwater.pipeline.PublisherOrigin;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.IdentityFlowProcessorVerification;
import org.testng.annotations.AfterClass;

/// A processor around a live transform on another strand.
public class DuplexProcessorTck extends IdentityFlowProcessorVerification<Long> {
  private final ExecutorService publishers = Executors.newCachedThreadPool();
  private final Kit.OpenStrand strand = new Kit.OpenStrand();

  /// Sets the kit's waits, and how far a processor of ours requests ahead.
  public DuplexProcessorTck() {
    super(Kit.environment(), Kit.GC_MILLIS, PublisherOrigin.PREFETCH);
  }

  /// Lets the threads end.
  @AfterClass
  public void close() {
    publishers.shutdownNow();
    strand.close();
  }

  @Override
  protected Flow.Processor<Long, Long> createIdentityFlowProcessor(int bufferSize) {
    return strand.call(() -> Views.processor(TransformStream.<Long>passThrough(StreamOptions.objects())));
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
