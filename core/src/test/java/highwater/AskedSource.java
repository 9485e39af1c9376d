package highwater;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A source that logs each time it is asked, and answers as the test says: inside, by [#then], or later, by its feed.
final class AskedSource<T> implements Source<T> {
  private final Scene scene;
  private final ArrayDeque<Consumer<Feed<T>>> answers = new ArrayDeque<>();
  private @Nullable Feed<T> feed;

  AskedSource(Scene scene) {
    this.scene = scene;
  }

  /// What it does the next time it is asked.
  @CanIgnoreReturnValue
  AskedSource<T> then(Consumer<Feed<T>> answer) {
    answers.add(answer);
    return this;
  }

  @Override
  public void start(Feed<T> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<T> feed) {
    scene.log("asked");
    var answer = answers.poll();
    if (answer != null) answer.accept(feed);
  }

  Feed<T> feed() {
    return Objects.requireNonNull(feed);
  }
}
