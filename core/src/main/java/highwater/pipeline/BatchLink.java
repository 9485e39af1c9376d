package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.strand.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers objects and gives them on as lists, by the limits of a [Batch].
final class BatchLink<T> extends Link<T, List<T>> implements Link.Holding {
  private final Batch<? super T> limits;
  private ArrayList<T> batch = new ArrayList<>();
  private long weight;
  private @Nullable Timer timer;

  /// The batch is full, or has had its time.
  private boolean due;

  private BatchLink(Batch<? super T> limits) {
    this.limits = limits;
  }

  static <T> Operator of(Batch<? super T> limits) {
    return new Operator("batch", false, inputMax -> footprint(limits, inputMax), () -> new BatchLink<T>(limits));
  }

  private static Footprint footprint(Batch<?> limits, long inputMaxBytes) {
    var how = "lists of at most " + ByteSizes.grouped(limits.count()) + " objects";
    if (inputMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    // One batch; the chunk that does not fit any more rests in the input.
    long most = Math.multiplyExact(limits.count(), inputMaxBytes);
    return new Footprint(how, List.of(Term.of("batch", limits.count(), inputMaxBytes)), most, true);
  }

  @Override
  boolean accept(T chunk) throws Exception {
    long weighs = weigh(chunk);
    boolean goesOn = true;
    if (!batch.isEmpty() && weight + weighs > limits.weight()) goesOn = passBatch();
    add(kept(chunk), weighs);
    if (batch.size() < limits.count() && weight < limits.weight()) return goesOn;
    due = true;
    return goesOn && passBatch();
  }

  private long weigh(T chunk) throws Exception {
    var weigher = limits.weigher();
    if (weigher == null) return 0;
    try {
      long weighs = weigher.applyAsLong(chunk);
      if (weighs < 0) throw new IllegalArgumentException("an object weighs " + weighs + " (expected: 0 or more)");
      return weighs;
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
  }

  private void add(T chunk, long weighs) {
    var within = limits.within();
    if (within != null && batch.isEmpty()) timer = chain().context().strand().after(within.toNanos(), this::timeIsUp);
    batch.add(chunk);
    weight += weighs;
  }

  private void timeIsUp() {
    timer = null;
    due = true;
    chain().context().wake();
  }

  private boolean passBatch() throws Exception {
    var full = batch;
    batch = new ArrayList<>();
    weight = 0;
    due = false;
    stopTimer();
    return next.accept(full);
  }

  private void stopTimer() {
    if (timer != null) timer.cancel();
    timer = null;
  }

  @Override
  public boolean holds() {
    return due;
  }

  @Override
  public void passOn() throws Exception {
    var _ = passBatch();
  }

  @Override
  void finish() throws Exception {
    if (!batch.isEmpty()) due = true;
  }

  @Override
  void close() {
    stopTimer();
    batch.clear();
    due = false;
  }

  @Override
  @Nullable String waitsFor() {
    return timer == null ? null : "more for its batch";
  }

  @Override
  Cause waitCause() {
    return Cause.TIMER;
  }
}
