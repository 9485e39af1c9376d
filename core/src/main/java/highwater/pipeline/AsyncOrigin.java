package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.StreamOptions;
import highwater.strand.Elsewhere;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An upstream that runs beside the run that takes what it gives: a run of its own, whose target is a [Crossing].
///
/// ```
///   origin ─▶ stages ─▶ Putting │ Crossing │ AsyncPull ─▶ stages ─▶ target
///   ───── on its own strand ────┘          └──── on the strand of the run ─
/// ```
/// The inner run ends with the outer one's commit: when all objects have crossed it waits, so that what its parts make is
/// final only where everything behind is DONE too, and is undone otherwise.
record AsyncOrigin<T>(List<Recipe> recipes, int ahead) implements PullOrigin<T> {
  /// The most objects ahead: their places take 8 MiB at most, for each run and from its beginning.
  static final int AHEAD_MAX = 1 << 20;

  AsyncOrigin {
    if (ahead < 1 || ahead > AHEAD_MAX) {
      throw new IllegalArgumentException(
          "async: " + ahead + " (expected: 1 to " + ByteSizes.grouped(AHEAD_MAX) + " objects ahead)");
    }
    recipes = List.copyOf(OperatorStage.fused(recipes));
    UpstreamOrigin.checkReusable((Origin<?>) recipes.getFirst(), "before async");
  }

  @Override
  public String name() {
    return String.join(" ─▶ ", recipes.stream().map(Recipe::name).toList()) + " ─▶ async";
  }

  @Override
  public String advice() {
    return "what is before async is what takes the time";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var terms = new ArrayList<Term>();
    boolean bounded = true;
    var footprints = inner(null).footprints();
    for (var footprint : footprints) {
      terms.addAll(footprint.terms());
      bounded &= footprint.bounded();
    }
    // Each is asked once, as it may be a boundary itself: the last operators are part of the inner run's target.
    long chunkMax = footprints.get(footprints.size() - 2).chunkMaxBytes();
    if (recipes.getLast() instanceof OperatorStage<?, ?> last) chunkMax = last.footprint(chunkMax).chunkMaxBytes();
    // One more in the hands of whoever takes.
    if (chunkMax != Footprint.UNKNOWN) terms.add(Term.of("async", ahead + 1, chunkMax));
    else bounded = false;
    return new Footprint(how(), terms, chunkMax, bounded);
  }

  /// What a plan says of the boundary, without what is before it.
  String how() {
    return "at most "
        + ByteSizes.grouped(ahead)
        + (ahead == 1 ? " object" : " objects")
        + " ahead, on a thread of its own";
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  /// Where somebody waits for a recipe of the inner run, which tells them.
  @Override
  public boolean isAwaited() {
    return recipes.stream().anyMatch(Recipe::isAwaited);
  }

  @Override
  public Pull<T> pull() {
    return new AsyncPull<>(this);
  }

  /// The pipeline before the boundary, which feeds `pull`; null in one that is only described.
  private Pipeline inner(@Nullable AsyncPull<T> pull) {
    var all = new ArrayList<>(recipes);
    var end =
        new Terminal<T, Boolean>(
            "async", _ -> Footprint.of("hands over", 0), () -> new Putting<T>(requireNonNull(pull)));
    all.add(new ValueTarget<T, Boolean>(List.of(), end, null));
    return new Pipeline(all);
  }

  @Override
  public String toString() {
    return name();
  }

  /// The last link of the inner run: puts what it gets. What it waits for room is no work of the inner run's.
  private static final class Putting<T> extends Terminal.Last<T, Boolean> {
    private final AsyncPull<T> pull;
    private final Crossing<T> crossing;
    private boolean finished;
    private boolean works;
    private boolean full;

    Putting(AsyncPull<T> pull) {
      this.pull = pull;
      crossing = pull.crossing();
    }

    @Override
    void open() {
      crossing.producerWokenBy(chain().context()::wake);
      works(true);
    }

    private void works(boolean now) {
      if (now == works) return;
      works = now;
      var counts = requireNonNull(pull.elsewhere);
      if (now) counts.begins();
      else counts.ends();
    }

    @Override
    boolean accept(T chunk) {
      return crossing.put(kept(chunk));
    }

    @Override
    boolean mustWait() {
      if (finished) return !pull.committing;
      full = !crossing.hasRoom();
      if (full) {
        works(false);
        full = !crossing.awaitRoom();
      }
      if (!full) works(true);
      return full;
    }

    @Override
    void finish() {
      finished = true;
      works(false);
      crossing.end();
    }

    @Override
    void close() {
      works(false);
    }

    @Override
    @Nullable String waitsFor() {
      if (finished) return "the end of what is behind async";
      return full ? "what is behind async, to take objects" : null;
    }

    @Override
    Cause waitCause() {
      return Cause.BLOCKED;
    }

    @Override
    Boolean value() {
      return true;
    }
  }

  /// What the inner run is to the outer one.
  private static final class AsyncPull<T> implements BulkPull<T>, OfSeveral, OfInnerRun, MovesInside, WorksElsewhere {
    /// How the inner run went.
    ///
    /// @param failure what it failed with, or null
    private record Over(@Nullable Throwable failure) {}

    private final AsyncOrigin<T> recipe;

    /// From `open` on: a part that is only looked at has no places.
    private volatile @Nullable Crossing<T> crossing;

    private volatile @Nullable PipelineRun run;
    private volatile @Nullable Elsewhere elsewhere;
    private volatile boolean committing;
    private volatile @Nullable Over over;

    /// This side has cancelled the inner run.
    private volatile boolean aborted;

    /// The inner run was cancelled by somebody else, and so this one is.
    private volatile boolean cancelsRun;

    /// The failure that was thrown, and whose it is.
    private @Nullable Throwable thrown;

    private @Nullable String blamed;

    AsyncPull(AsyncOrigin<T> recipe) {
      this.recipe = recipe;
    }

    private Crossing<T> crossing() {
      return requireNonNull(crossing, "open() comes first");
    }

    @Override
    public void open(PartContext context) {
      var crossing = new Crossing<T>(recipe.ahead());
      this.crossing = crossing;
      crossing.consumerWokenBy(context::wake);
      elsewhere = Elsewhere.of(context.strand(), 1);
      var started = recipe.inner(this).startWithin(context.budget());
      run = started;
      started.whenOver(
          failure -> {
            // First: whoever sees that it is over must see how.
            cancelsRun =
                failure instanceof CancelledException cancel
                    && !aborted
                    && context instanceof CancelsRun within
                    && within.cancelRun(cancel);
            over = new Over(failure);
            crossing.end();
          });
    }

    @Override
    public Progress poll() throws Exception {
      var crossing = crossing();
      if (crossing.awaitNext()) return Progress.READY;
      if (!crossing.isOver()) return Progress.WAITING;
      // The turn of the cancel is on its way.
      if (cancelsRun) return Progress.WAITING;
      var how = over;
      if (how != null && how.failure() != null) throw failed(how.failure());
      return Progress.DONE;
    }

    /// What the inner run failed with, as it was thrown there: the outer one wraps it under the same name.
    private Exception failed(Throwable failure) {
      var cause = failure;
      if (failure instanceof PipelineException wrapped && wrapped.getCause() != null) {
        blamed = wrapped.stage();
        cause = wrapped.getCause();
        for (var suppressed : wrapped.getSuppressed()) FusedLoop.suppress(cause, suppressed);
      }
      thrown = cause;
      throw Rethrow.asItIs(cause);
    }

    @Override
    public T next() {
      var crossing = crossing();
      var object = crossing.take();
      crossing.letGoOn();
      return object;
    }

    @Override
    public void giveTo(Taker<? super T> taker) throws Exception {
      var crossing = crossing();
      try {
        do {
          if (!taker.take(crossing.take())) return;
        } while (crossing.hasNext());
      } finally {
        crossing.letGoOn();
      }
    }

    @Override
    public @Nullable String blamedFor(Throwable cause) {
      return cause == thrown ? blamed : null;
    }

    @Override
    public long movedInside() {
      var crossed = crossing;
      var inner = run;
      return (crossed == null ? 0 : crossed.moved()) + (inner == null ? 0 : inner.execution().movedSeen());
    }

    @Override
    public @Nullable PipelineRun innerRun() {
      return run;
    }

    @Override
    public void commit() {
      committing = true;
      crossing().wakeProducer();
    }

    @Override
    public void abort(Throwable cause) {
      cancelInner(Execution.reasonOf(cause), cause);
    }

    /// Its cancel is of its own: what the inner run could not undo is kept there.
    private void cancelInner(String reason, @Nullable Throwable cause) {
      aborted = true;
      var inner = run;
      if (inner != null) inner.cancel(new CancelledException(reason, cause));
    }

    @Override
    public boolean settled() throws Exception {
      var inner = run;
      if (inner == null) return true;
      var how = over;
      if (how == null) return false;
      var failure = how.failure();
      if (failure == null || thrown != null) return true;
      if (!aborted && cancelsRun) return false;
      if (!aborted || (committing && !(failure instanceof CancelledException))) throw failed(failure);
      var left = notUndone(inner, failure);
      if (left == null) return true;
      thrown = left;
      throw Rethrow.asItIs(left);
    }

    /// What could not be undone after an abort, or null. What the inner run itself failed with comes behind what was taken,
    /// and nobody will come there.
    private static @Nullable Throwable notUndone(PipelineRun inner, Throwable failure) {
      var outcome = inner.failure();
      if (outcome == null) return failure;
      @Nullable Throwable first = null;
      for (var later : outcome.getSuppressed()) {
        if (first == null) first = later;
        else FusedLoop.suppress(first, later);
      }
      return first;
    }

    @Override
    public void close() {
      var inner = run;
      if (inner != null && over == null) cancelInner(recipe.name() + " is no longer needed", null);
    }

    @Override
    public @Nullable String waitsFor() {
      return over == null ? "what is before async" : null;
    }

    @Override
    public Cause waitCause() {
      // What it waits for itself tells a diagnosis that may ask its strand.
      var inner = run;
      boolean works = inner != null && new Patient.OfRun(inner).seen().finding() == Finding.MOVES;
      return works ? Cause.WORK : Cause.PEER;
    }

    @Override
    public long workedNanos(long now) {
      var counts = elsewhere;
      return counts == null ? 0 : counts.workedNanos(now);
    }

    @Override
    public long held() {
      var crossed = crossing;
      return crossed == null ? 0 : crossed.size();
    }

    @Override
    public long heldPeak() {
      var crossed = crossing;
      return crossed == null ? 0 : crossed.most();
    }

    @Override
    public long heldMark() {
      return recipe.ahead();
    }

    @Override
    public boolean holdsObjects() {
      return true;
    }
  }
}
