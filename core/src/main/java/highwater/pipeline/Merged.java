package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.memory.Budget;
import highwater.strand.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Several origins as one, read as they have something: after each chunk the next one in the round is asked first, so
/// none of them starves.
record Merged<T>(List<Origin<T>> origins) implements PullOrigin<T> {
  Merged {
    origins = UpstreamOrigin.checked(origins);
  }

  @Override
  public String name() {
    return "merge of " + String.join(", ", origins.stream().map(Recipe::name).toList());
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var terms = new ArrayList<Term>();
    boolean bounded = true;
    long chunkMax = 0;
    for (var origin : origins) {
      var footprint = origin.footprint(chunkMaxBytes);
      terms.addAll(footprint.terms());
      bounded &= footprint.bounded();
      chunkMax = larger(chunkMax, footprint.chunkMaxBytes());
    }
    return new Footprint(origins.size() + " origins in turn, as they have something", terms, chunkMax, bounded);
  }

  static long larger(long chunkMax, long other) {
    return chunkMax == Footprint.UNKNOWN || other == Footprint.UNKNOWN ? Footprint.UNKNOWN : Math.max(chunkMax, other);
  }

  @Override
  public StreamOptions streamOptions() {
    return origins.isEmpty() ? StreamOptions.objects() : origins.getFirst().streamOptions();
  }

  @Override
  public boolean usesFiles() {
    return origins.stream().anyMatch(Recipe::usesFiles);
  }

  @Override
  public Pull<T> pull() {
    return new InTurn<>(origins);
  }

  private static final class InTurn<T> implements Pull<T>, OfSeveral, MovesInside, WorksElsewhere {
    private final List<Origin<T>> origins;
    private final Joint<Pull<T>> joint = new Joint<>();
    private final List<Watch> watches = new ArrayList<>();
    private int current;
    private int left;

    InTurn(List<Origin<T>> origins) {
      this.origins = origins;
      left = origins.size();
      current = left - 1;
    }

    @Override
    public void open(PartContext context) throws Exception {
      for (var origin : origins) {
        var watch = new Watch(context);
        watches.add(watch);
        joint.open(origin.name(), UpstreamOrigin.pullOf(origin), watch);
      }
    }

    @Override
    public Progress poll() throws Exception {
      int count = joint.size();
      // The last to be asked is the one that gave the last chunk.
      int first = current + 1;
      for (int i = 0; i < count; i++) {
        int index = (first + i) % count;
        if (joint.isUsedUp(index) || !watches.get(index).mayHaveSomething()) continue;
        switch (joint.poll(index)) {
          case READY -> {
            current = index;
            return Progress.READY;
          }
          case WAITING -> watches.get(index).waits();
          case DONE -> left--;
          case HUNGRY ->
              throw joint.failed(index, new IllegalStateException("the part broke a rule: an origin is never HUNGRY"));
        }
      }
      return left == 0 ? Progress.DONE : Progress.WAITING;
    }

    @Override
    public T next() {
      return joint.get(current).next();
    }

    @Override
    public long movedInside() {
      return joint.movedInside();
    }

    @Override
    public long workedNanos(long now) {
      return joint.workedNanos(now);
    }

    @Override
    public void commit() throws Exception {
      joint.commit();
    }

    @Override
    public void abort(Throwable cause) {
      joint.abort(cause);
    }

    @Override
    public boolean settled() throws Exception {
      return joint.settled();
    }

    @Override
    public void close() throws Exception {
      joint.close();
    }

    @Override
    public @Nullable String waitsFor() {
      return joint.waitsFor();
    }

    @Override
    public Cause waitCause() {
      return joint.waitCause();
    }

    @Override
    public @Nullable String blamedFor(Throwable cause) {
      return joint.blamedFor(cause);
    }
  }

  /// What one origin is given: its wake says which of them has something.
  private static final class Watch implements PartContext, CancelsRun {
    private final PartContext context;

    /// Set by the origin from any thread, taken back on the strand before it is polled.
    private final AtomicBoolean woken = new AtomicBoolean(true);

    /// It has said WAITING, and not been polled since.
    private boolean waiting;

    Watch(PartContext context) {
      this.context = context;
    }

    /// Whether it is worth a poll, which must follow.
    boolean mayHaveSomething() {
      if (!woken.getAndSet(false) && waiting) return false;
      waiting = false;
      return true;
    }

    void waits() {
      waiting = true;
    }

    @Override
    public Strand strand() {
      return context.strand();
    }

    @Override
    public void wake() {
      woken.set(true);
      context.wake();
    }

    @Override
    public Budget budget() {
      return context.budget();
    }

    @Override
    public boolean cancelRun(CancelledException cancel) {
      return context instanceof CancelsRun within && within.cancelRun(cancel);
    }
  }
}
