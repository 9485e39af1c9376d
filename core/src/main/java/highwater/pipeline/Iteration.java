package highwater.pipeline;

import highwater.Misuse;
import highwater.strand.Strand;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// A started run whose chunks another thread takes, one by one: for `for` in a `try`.
///
/// The end comes only when the run has succeeded, its commits too; a run that failed is thrown as what [Pipeline#run()] would
/// throw, after the chunks that came before. Closing it early cancels the run. At most 128 KiB or 16 objects are made ahead
/// (one larger chunk passes alone). A `ByteBuffer` is a copy in memory of its own and may be kept. Thread rule: one thread at a
/// time, platform or virtual, but none that drives a strand; [#close()] from any thread, which ends a wait. Source: Node 26,
/// `readable.iterator()`; Node joins what is buffered, this gives chunk by chunk.
public final class Iteration<T> implements Iterable<T>, AutoCloseable {
  private static final String CLOSED = "its iteration was closed early";

  private final HandedTarget<T> target;
  private final PipelineRun run;
  private final Chunks chunks = new Chunks();
  private boolean iterating;
  private volatile boolean closed;

  /// How the run went, once it is known here.
  private boolean atEnd;

  private Iteration(HandedTarget<T> target, PipelineRun run) {
    this.target = target;
    this.run = run;
  }

  static <T> Iteration<T> start(Upstream<T> upstream) {
    var target = new HandedTarget<T>();
    var run = upstream.to(target).start();
    run.whenOver(target::ended);
    var iteration = new Iteration<>(target, run);
    Misuse.track(iteration, "an iteration of " + run.name(), run.completion());
    return iteration;
  }

  /// The one iterator; a second call throws `IllegalStateException`.
  ///
  /// Its calls wait. An interrupt meanwhile cancels the run, which is undone before a [CancelledException] is thrown, and leaves
  /// the interrupt flag set, as in [Pipeline#run()]. After [#close()] it throws `IllegalStateException`.
  @Override
  public Iterator<T> iterator() {
    if (iterating) {
      throw new IllegalStateException(
          "a second iterator: a run gives its chunks once; call iterate() again for another");
    }
    iterating = true;
    return chunks;
  }

  /// The run, for its progress, or to cancel it.
  public PipelineRun run() {
    return run;
  }

  /// Cancels the run if it is not over, and waits until it is undone; after the end it does nothing.
  ///
  /// It throws nothing: whoever leaves early does not ask how it would have gone. On a strand it does not wait.
  @Override
  public void close() {
    closed = true;
    // First the run: its target drops what comes after.
    run.cancel(CLOSED);
    target.cancel(new IllegalStateException("closed"));
    run.cancelAndAwait(CLOSED);
  }

  private final class Chunks implements Iterator<T> {
    private @Nullable T next;

    @Override
    public boolean hasNext() {
      if (next != null) return true;
      if (closed) throw new IllegalStateException("the iteration is closed: take chunks before close()");
      if (atEnd) return false;
      Strand here = Strand.currentOrNull();
      if (here != null) {
        throw new IllegalStateException(
            "an iteration waits, and this thread drives "
                + here
                + ": iterate on a thread of your own, or listen to data");
      }
      next = take();
      return next != null;
    }

    @Override
    public T next() {
      if (!hasNext()) throw new NoSuchElementException("no chunk is left: ask hasNext() first");
      var chunk = next;
      next = null;
      if (chunk == null) throw new AssertionError("hasNext");
      return chunk;
    }

    private @Nullable T take() {
      try {
        T chunk = target.take();
        if (chunk == null && closed) throw new CancelledException(CLOSED);
        atEnd = chunk == null;
        return chunk;
      } catch (InterruptedException _) {
        run.cancel(PipelineRun.INTERRUPTED);
        Thread.currentThread().interrupt();
        run.joinOrCancel();
        // It had succeeded before the interrupt could stop it, and only its last chunks were not taken.
        throw new CancelledException(PipelineRun.INTERRUPTED);
      } catch (ExecutionException failed) {
        throw PipelineRun.unchecked(failed.getCause());
      }
    }
  }
}
