package highwater.pipeline;

import highwater.strand.Strand;
import java.util.concurrent.atomic.AtomicBoolean;

/// A recipe around a live stream: it serves one run, on the stream's own strand.
interface Once {
  /// The strand of the stream.
  Strand strand();

  /// Takes the stream; throws `IllegalStateException` the second time.
  void take();

  /// Whether a stream was taken.
  final class Taken {
    private final AtomicBoolean taken = new AtomicBoolean();

    void take(String name) {
      if (!taken.getAndSet(true)) return;
      throw new IllegalStateException(
          name
              + " is a live stream and has had its run: for several runs use a recipe, such as"
              + " Origin.of(name, () -> …)");
    }
  }
}
