package highwater.pipeline;

import highwater.LiveStream;
import highwater.Ownership;
import highwater.StreamException;
import highwater.strand.Strand;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A recipe around a live stream: it serves one run, on the stream's own strand, and that run owns the stream.
interface Once {
  /// The strand of the stream.
  Strand strand();

  /// Takes the stream for a run, on the thread that starts it; throws `IllegalStateException` the second time, and
  /// `StreamException` where the stream has a consumer.
  void take();

  /// Takes the stream on its strand, where [#take] was called elsewhere; throws `StreamException` where it has a consumer.
  void own();

  /// Destroys the stream, for a run that ended before it opened anything; on the strand. One that is somebody else's is left alone.
  void release(Throwable cause);

  /// Runs `body`, which attaches what the run needs to the stream.
  void attach(Runnable body);

  /// Whether a stream was taken, and the right to it.
  abstract class Taken implements Once {
    private final AtomicBoolean taken = new AtomicBoolean();

    /// Written by the thread that starts the run, before it posts to the strand.
    private @Nullable Ownership claim;

    private boolean owned;

    abstract LiveStream live();

    abstract void takeSides(Ownership claim);

    @Override
    public final void take() {
      if (taken.getAndSet(true)) {
        throw new IllegalStateException(
            live().name()
                + " is a live stream and has had its run: for several runs use a recipe, such as"
                + " Origin.of(name, () -> …)");
      }
      claim = Ownership.claim("a pipeline or a view");
      if (!strand().isCurrent()) return;
      try {
        own();
      } catch (RuntimeException refused) {
        taken.set(false);
        throw refused;
      }
    }

    @Override
    public final void own() {
      var mine = claim;
      if (owned || mine == null) return;
      takeSides(mine);
      owned = true;
    }

    @Override
    public final void release(Throwable cause) {
      try {
        own();
      } catch (StreamException _) {
        return;
      }
      // The run's outcome tells it: it is not an error that nobody hears.
      var _ = live().onError(_ -> {});
      live().destroy(cause);
    }

    @Override
    public final void attach(Runnable body) {
      var mine = claim;
      if (mine == null) body.run();
      else mine.attach(body);
    }
  }
}
