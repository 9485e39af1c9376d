package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.strand.Elsewhere;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A target that hands chunks to a function in batches; made by [Target#forEachBatch] and [Target#forEachBatchAsync].
///
/// A batch is handed over when it is full, by count or by bytes, or when no chunk has come for a moment (a few turns
/// of the strand, no timer), so nothing is kept back for want of more; and at the end. An asynchronous function has
/// one batch at a time, while the next is collected: what waits goes together, as with Node's `writev`. The list is
/// the function's to keep, and a `ByteBuffer` in it is a copy. The first failure ends the run, as the very exception.
public final class BatchTarget<T> implements PullTarget<T> {
  /// How many turns of the strand without a chunk say that none is waiting: more than a live stream takes between two.
  static final int IDLE_TURNS = 4;

  /// Takes a batch and gives what ends when it is done with, or null where it is.
  interface Batches<T> {
    @Nullable CompletionStage<?> take(List<T> batch) throws Exception;
  }

  private final String name;
  private final Batches<T> batches;
  private final boolean async;
  private final int countMax;
  private final long bytesMax;
  private final ToLongFunction<? super T> bytesOf;

  BatchTarget(String name, Batches<T> batches, boolean async, int countMax) {
    this(name, batches, async, countMax, Long.MAX_VALUE, _ -> 0);
  }

  private BatchTarget(
      String name, Batches<T> batches, boolean async, int countMax, long bytesMax, ToLongFunction<? super T> bytesOf) {
    if (countMax < 1) {
      throw new IllegalArgumentException("batch: at most " + countMax + " chunks (expected: 1 or more)");
    }
    this.name = requireNonNull(name, "name");
    this.batches = batches;
    this.async = async;
    this.countMax = countMax;
    this.bytesMax = bytesMax;
    this.bytesOf = requireNonNull(bytesOf, "bytesOf");
  }

  /// The same under a name for messages and plans.
  public BatchTarget<T> named(String name) {
    return new BatchTarget<>(name, batches, async, countMax, bytesMax, bytesOf);
  }

  /// The same with batches of at most `bytes` together, as `bytesOf` weighs each chunk (0 or more); a chunk that is
  /// larger goes alone. `ByteBuffer::remaining` weighs buffers.
  public BatchTarget<T> bytesAtMost(long bytes, ToLongFunction<? super T> bytesOf) {
    return new BatchTarget<>(name, batches, async, countMax, Declared.checked(bytes), bytesOf);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String advice() {
    return "it hands over one batch at a time: larger batches cost less for each chunk";
  }

  /// The batch being collected and, with an asynchronous function, the one it has.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var how =
        "batches of at most "
            + ByteSizes.grouped(countMax)
            + (countMax == 1 ? " chunk" : " chunks")
            + (bytesMax == Long.MAX_VALUE ? "" : " and " + ByteSizes.inWords(bytesMax))
            + (async ? ", one at a time, each waited for" : "");
    if (inputMaxBytes == Footprint.UNKNOWN) return new Footprint(how, List.of(), 0, false);
    long batchBytes = Math.min(Math.multiplyExact((long) countMax, inputMaxBytes), Math.max(bytesMax, inputMaxBytes));
    return Footprint.of(how, 0, Term.of("batches", async ? 2 : 1, batchBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Put<T> put() {
    return new BatchPut<>(this);
  }

  @Override
  public String toString() {
    return name;
  }

  private static final class BatchPut<T> implements Put<T>, WorksElsewhere.Counted {
    private final BatchTarget<T> target;
    private final Calls calls;
    private @Nullable PartContext context;
    private ArrayList<T> batch = new ArrayList<>();
    private long batchBytes;

    /// A chunk that did not fit, still lent.
    private @Nullable T next;

    private boolean finished;
    private boolean over;

    /// No chunk has come for a moment: what there is goes.
    private boolean idle;

    private boolean watching;
    private int idleTurns;
    private long offers;
    private long offersSeen;

    BatchPut(BatchTarget<T> target) {
      this.target = target;
      calls = new Calls(1);
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      calls.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      calls.throwFailure();
      while (calls.underWay() == 0 && isDue()) {
        handOver();
        calls.throwFailure();
        takeNext();
      }
      if (next != null || isFull()) return Progress.WAITING;
      if (!finished) return Progress.HUNGRY;
      return batch.isEmpty() && calls.underWay() == 0 ? Progress.DONE : Progress.WAITING;
    }

    private boolean isDue() {
      return !batch.isEmpty() && (next != null || isFull() || idle || finished);
    }

    private boolean isFull() {
      return batch.size() >= target.countMax || batchBytes >= target.bytesMax;
    }

    @Override
    public void offer(T chunk) {
      offers++;
      idle = false;
      long bytes = weight(chunk);
      if (!batch.isEmpty() && bytes > target.bytesMax - batchBytes) next = chunk;
      else add(chunk, bytes);
    }

    private long weight(T chunk) {
      long bytes = target.bytesOf.applyAsLong(chunk);
      if (bytes >= 0) return bytes;
      throw new IllegalArgumentException(target.name + ": a chunk weighs " + bytes + " bytes (expected: 0 or more)");
    }

    private void takeNext() {
      var chunk = next;
      next = null;
      if (chunk != null) add(chunk, weight(chunk));
    }

    private void add(T chunk, long bytes) {
      batch.add(AsyncTarget.owned(chunk));
      batchBytes += bytes;
      watch();
    }

    private void handOver() throws Exception {
      var full = batch;
      batch = new ArrayList<>();
      batchBytes = 0;
      idle = false;
      var stage = target.batches.take(full);
      if (target.async) calls.add(target.name, stage);
    }

    /// Looks each turn whether chunks still come, while there are some to be handed over.
    private void watch() {
      if (watching || idle) return;
      watching = true;
      var _ = requireNonNull(context).strand().post(this::look);
    }

    private void look() {
      watching = false;
      if (batch.isEmpty() || over) return;
      idleTurns = offers == offersSeen ? idleTurns + 1 : 0;
      offersSeen = offers;
      if (idleTurns < IDLE_TURNS) {
        watch();
        return;
      }
      idle = true;
      idleTurns = 0;
      requireNonNull(context).wake();
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void abort(Throwable cause) {
      over = true;
      calls.cancel();
    }

    @Override
    public boolean settled() {
      return calls.settled();
    }

    @Override
    public void close() {
      over = true;
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return calls.elsewhere();
    }

    @Override
    public long heldMark() {
      return 1;
    }

    @Override
    public boolean holdsObjects() {
      return true;
    }

    @Override
    public String waitsFor() {
      return calls.words();
    }

    @Override
    public Cause waitCause() {
      return Cause.RESULT;
    }
  }
}
