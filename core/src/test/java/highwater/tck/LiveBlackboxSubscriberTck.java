package highwater.tck;

import highwater.WritableStream;
import highwater.interop.Views;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;

/// A subscriber that writes to a live stream on another strand.
public class LiveBlackboxSubscriberTck extends FlowSubscriberBlackboxVerification<Long> {
  private final Kit.OpenStrand strand = new Kit.OpenStrand();

  /// Sets the kit's waits.
  public LiveBlackboxSubscriberTck() {
    super(Kit.environment());
  }

  /// Lets the strand end.
  @AfterClass
  public void closeStrand() {
    strand.close();
  }

  @Override
  public Flow.Subscriber<Long> createFlowSubscriber() {
    return strand.call(() -> Views.subscriber(WritableStream.<Long>to((number, done) -> done.ok())));
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
