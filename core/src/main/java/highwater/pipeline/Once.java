package highwater.pipeline;

import highwater.LiveStream;
import highwater.strand.Strand;
import java.util.concurrent.atomic.AtomicBoolean;

/// A recipe around a live stream: it serves one run, on the stream's own strand.
interface Once {
  /// The strand of the stream.
  Strand strand();

  /// Takes the stream; throws `IllegalStateException` the second time.
  void take();

  /// Destroys the stream because of `cause`, in a run that ended before it opened anything. On the strand.
  void release(Throwable cause);

  /// Destroys `stream`, whose run tells what happened.
  static void destroy(LiveStream stream, Throwable cause) {
    stream.onError(_ -> {});
    stream.destroy(cause);
  }

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
