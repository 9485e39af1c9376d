package highwater;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A source that is never answered when asked: its chunks come through the feed it was started with.
final class FedSource<T> implements Source<T> {
  private @Nullable Feed<T> feed;

  @Override
  public void start(Feed<T> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<T> feed) {}

  Feed<T> feed() {
    return Objects.requireNonNull(feed);
  }
}
