package highwater;

import highwater.strand.Strand;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A source of one chunk that comes when an asynchronous call completes.
final class FutureSource<T> implements Source<T>, Waiting {
  private final CompletionStage<? extends T> stage;

  FutureSource(CompletionStage<? extends T> stage) {
    this.stage = stage;
  }

  @Override
  public void read(Feed<T> feed) {
    var strand = Strand.current();
    var _ =
        stage.whenComplete(
            (value, error) -> {
              if (strand.isCurrent()) answer(feed, value, error);
              else strand.post(() -> answer(feed, value, error));
            });
  }

  @Override
  public String waitsFor() {
    return "its future";
  }

  @Override
  public Diagnosis.Cause waitCause() {
    return Diagnosis.Cause.RESULT;
  }

  private void answer(Feed<T> feed, @Nullable T value, @Nullable Throwable error) {
    if (error != null) feed.fail(Failures.unwrapped(error));
    else if (value == null) feed.fail(Failures.nullChunk("a future that completed with null"));
    else feed.end(value);
  }
}
