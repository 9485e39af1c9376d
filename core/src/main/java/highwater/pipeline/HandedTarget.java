package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The target of one run whose chunks another thread takes: the strand's side of an [Iteration].
///
/// A `ByteBuffer` is copied before it crosses, for the run will use it again; the copy is the other thread's for good. Other
/// objects are handed over as they are. It is DONE when everything was taken, so what the run commits was also received;
/// the end is said by whoever knows how the run went.
final class HandedTarget<T> implements PullTarget<T> {
  private static final long BOUND_BYTES = ChunkWeight.BOUND_BYTES;

  private final Handover<T> handover;
  private volatile @Nullable Runnable wake;

  /// A chunk found no room. Set before the offer that finds none, read after a take, so one of the two sees the other.
  private volatile boolean full;

  /// No chunk will follow; the same order holds.
  private volatile boolean finishing;

  HandedTarget() {
    handover = new Handover<>(BOUND_BYTES, ChunkWeight::of);
  }

  @Override
  public String name() {
    return "view";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var how = "handed to another thread, at most 16 objects or " + ByteSizes.rounded(BOUND_BYTES) + " ahead";
    if (chunkMaxBytes == Footprint.UNKNOWN) return new Footprint(how, List.of(), 0, false);
    return Footprint.of(
        how,
        0,
        Term.of("queue of the view", 1, Math.max(BOUND_BYTES, chunkMaxBytes)),
        // One that found no room, and one in the hands of whoever takes.
        Term.of("view", 2, chunkMaxBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return ChunkWeight.OPTIONS;
  }

  @Override
  public Put<T> put() {
    return new Handing();
  }

  // The other thread.

  /// The next chunk, waiting for it; null at the end and when cancelled.
  @Nullable T take() throws InterruptedException, ExecutionException {
    T chunk = handover.take();
    if (chunk != null && (full || finishing)) wakeAtHalfEmpty();
    return chunk;
  }

  /// Not through the handover's own callback: the strand may have ended and the run not have said yet how it went.
  private void wakeAtHalfEmpty() {
    var waker = wake;
    if (waker != null && handover.queuedBytes() <= BOUND_BYTES / 2) waker.run();
  }

  /// The run has ended, with `failure` if it has failed.
  void ended(@Nullable Throwable failure) {
    if (failure == null) handover.end();
    else handover.fail(failure);
  }

  /// Wants no more: a waiting [#take] wakes.
  void cancel(Throwable why) {
    handover.cancel(why);
  }

  private final class Handing implements Put<T>, WorksElsewhere.Counted {
    /// A copy that found no room.
    private @Nullable T refused;

    private volatile @Nullable Elsewhere elsewhere;

    @Override
    public void open(PartContext context) {
      var work = Elsewhere.of(context.strand(), 1);
      elsewhere = work;
      handover.countConsumer(work);
      wake = context::wake;
    }

    @Override
    public Progress poll() {
      var chunk = refused;
      if (chunk != null) {
        full = true;
        if (handover.offer(chunk) == Handover.Offer.FULL) return Progress.WAITING;
        full = false;
        refused = null;
      }
      if (!finishing) return Progress.HUNGRY;
      return handover.queuedBytes() == 0 ? Progress.DONE : Progress.WAITING;
    }

    @Override
    public void offer(T chunk) {
      var mine = PartStreams.copied(chunk);
      if (handover.offer(mine) == Handover.Offer.FULL) refused = mine;
    }

    @Override
    public void finish() {
      finishing = true;
    }

    @Override
    public void abort(Throwable cause) {
      refused = null;
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return elsewhere;
    }

    @Override
    public @Nullable String waitsFor() {
      return refused != null || finishing ? "the thread that reads the view" : null;
    }

    @Override
    public Cause waitCause() {
      return Cause.NOBODY_READS;
    }
  }
}
