package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.ChunkWeight;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The origin of one run whose chunks another thread puts: the strand's side of a [Writer].
///
/// Chunks are handed over. Where they are buffers of `ChunkBuffers`, which nobody else has, each goes back there as soon as the
/// stage behind has used it up.
final class FedOrigin<T> implements PullOrigin<T> {
  private final boolean pooled;
  private final AtomicBoolean taken = new AtomicBoolean();
  final Handover<T> handover;

  private FedOrigin(boolean pooled) {
    this.pooled = pooled;
    handover =
        new Handover<>(ChunkWeight.BOUND_BYTES, pooled ? _ -> ChunkBuffers.DEFAULT_BYTES : ChunkWeight::of, this::drop);
  }

  /// For chunks of any kind, which are the run's from when they are put.
  static <T> FedOrigin<T> ofChunks() {
    return new FedOrigin<>(false);
  }

  /// For buffers of `ChunkBuffers` of the default size.
  static FedOrigin<ByteBuffer> ofPooledBuffers() {
    return new FedOrigin<>(true);
  }

  @Override
  public String name() {
    return "writer";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (!pooled) return Footprint.unknown("put by another thread, at most 16 objects or 128 KiB ahead");
    int size = ChunkBuffers.DEFAULT_BYTES;
    return Footprint.of(
        ByteSizes.rounded(size) + " buffers, filled by another thread, two ahead",
        size,
        // One filled, two queued, one lent to the stage behind.
        Term.of("writer", 4, size));
  }

  @Override
  public StreamOptions streamOptions() {
    return pooled ? StreamOptions.bytes() : ChunkWeight.OPTIONS;
  }

  @Override
  public Pull<T> pull() {
    if (taken.getAndSet(true)) {
      throw new IllegalStateException("what a writer puts goes to one run: make a writer for each");
    }
    return new Fed();
  }

  private void drop(T chunk) {
    if (pooled && chunk instanceof ByteBuffer buffer) ChunkBuffers.giveBack(buffer);
  }

  private final class Fed implements Pull<T>, WorksElsewhere.Counted {
    private @Nullable T ready;
    private @Nullable T lent;
    private volatile @Nullable Elsewhere elsewhere;
    private boolean waiting;

    @Override
    public void open(PartContext context) {
      var work = Elsewhere.of(context.strand(), 1);
      elsewhere = work;
      handover.countProducer(work);
      handover.onReady(context.strand(), context::wake);
    }

    @Override
    public Progress poll() throws Exception {
      waiting = false;
      dropLent();
      if (ready == null) ready = handover.poll();
      if (ready != null) return Progress.READY;
      return switch (handover.phase()) {
        case ENDED -> Progress.DONE;
        case FAILED -> throw new IllegalStateException("the writer failed", handover.reason());
        case OPEN, CANCELLED -> {
          waiting = true;
          yield Progress.WAITING;
        }
      };
    }

    private void dropLent() {
      var used = lent;
      lent = null;
      if (used != null) drop(used);
    }

    @Override
    public T next() {
      var next = requireNonNull(ready, "READY comes first");
      lent = next;
      ready = null;
      return next;
    }

    @Override
    public void abort(Throwable cause) {
      handover.cancel(cause);
    }

    @Override
    public void close() {
      handover.cancel(new IllegalStateException("closed"));
      dropLent();
      var unused = ready;
      ready = null;
      if (unused != null) drop(unused);
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return elsewhere;
    }

    @Override
    public @Nullable String waitsFor() {
      return waiting ? "the thread that writes" : null;
    }

    @Override
    public Cause waitCause() {
      return Cause.PEER;
    }
  }
}
