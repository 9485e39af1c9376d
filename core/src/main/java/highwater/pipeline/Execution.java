package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.Registration;
import highwater.memory.Budget;
import highwater.strand.Resident;
import highwater.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One run of a pipeline on its strand: what every way of running shares, from the budget to the outcome.
///
/// ```
/// NEW ──begin()──▶ QUEUED ──granted()──▶ WORKING ──end()──▶ ENDED
///                    └── refuse(): cancelled, or late, before it could work ──▶ WORKING, to tell those who wait
/// ```
///
/// Thread rule: its strand, but for [#cancel], [#outcome] and the account's report.
abstract sealed class Execution extends Resident permits FusedLoop, ClassicStreams {
  private enum Phase {
    NEW,
    QUEUED,
    WORKING,
    ENDED
  }

  /// How a run went.
  sealed interface Outcome {
    /// Everything is final and closed.
    record Succeeded(Report report) implements Outcome {}

    /// It failed, or was cancelled.
    ///
    /// @param error a [PipelineException] or a [CancelledException]
    record Failed(RuntimeException error) implements Outcome {}
  }

  final List<Recipe> recipes;
  final List<String> names;
  final Account account;
  private final String runName;
  private final boolean named;
  private final Budget budget;
  private final long minimumBytes;
  private final @Nullable Runnable onEnd;
  private final Settings settings;
  private final Watchdog watchdog;
  private final AtomicReference<@Nullable CancelledException> cancelled = new AtomicReference<>();

  /// Written once, before anything that another thread can see of the run.
  private @Nullable Strand strand;

  private Budget.@Nullable Waiter waiter;
  private @Nullable Registration cancelWatch;

  /// Written on the strand; read by whoever asks who holds a budget.
  private volatile Phase phase = Phase.NEW;

  /// Whether the minimum is charged.
  private boolean charged;

  /// What [#activity()] was when it was asked last, and since when it has been so.
  private long seenActivity;

  private long seenNanos = -1;

  /// Why the run is to end before it is over; the first cause.
  private @Nullable Throwable stopped;

  private volatile @Nullable Outcome outcome;

  /// Its number, set before it begins.
  private long runId;

  /// What records it, once a flight recording was seen.
  private @Nullable RunFlight flight;

  /// Prepares a run that takes `minimumBytes` from `budget`, and calls `onEnd`, if there is one, last, when the outcome is known.
  Execution(Pipeline pipeline, Budget budget, long minimumBytes, @Nullable Runnable onEnd) {
    this.recipes = pipeline.recipes();
    this.names = pipeline.stageNames();
    this.runName = pipeline.name();
    this.named = pipeline.settings().name() != null;
    this.budget = budget;
    this.minimumBytes = minimumBytes;
    this.onEnd = onEnd;
    this.settings = pipeline.settings();
    this.watchdog = new Watchdog(this, settings);
    this.account = new Account(names, () -> strand().nanoTime());
    account.describedBy(new Described(pipeline));
  }

  /// What the recipes know of the stages; looked at when a report is made.
  private final class Described implements Account.Describing {
    private final Pipeline pipeline;
    private volatile @Nullable List<Footprint> footprints;

    Described(Pipeline pipeline) {
      this.pipeline = pipeline;
    }

    @Override
    public @Nullable String of(int stage) {
      return advice(stage);
    }

    @Override
    public long markBytes(int stage) {
      var known = footprints;
      if (known == null) footprints = known = pipeline.footprints();
      var footprint = known.get(stage);
      if (!footprint.bounded() || footprint.terms().isEmpty()) return -1;
      long sum = 0;
      for (var term : footprint.terms()) sum += term.maxBytes();
      return sum;
    }
  }

  // From any thread.

  /// Stops the run on `strand` as soon as it looks; the first reason counts, and none does once it is over.
  final void cancel(Strand strand, CancelledException cancel) {
    if (outcome != null || !cancelled.compareAndSet(null, cancel)) return;
    // A strand that has ended takes no turn, and needs none.
    var _ = strand.post(() -> stopBecause(cancel));
  }

  /// The same where the run has begun.
  final void cancel(CancelledException cancel) {
    cancel(strand(), cancel);
  }

  /// The cancel that a reason makes.
  static CancelledException cancelFor(Throwable reason) {
    return reason instanceof CancelledException cancel ? cancel : new CancelledException(reasonOf(reason), reason);
  }

  /// A reason in words.
  static String reasonOf(Throwable reason) {
    var message = reason.getMessage();
    return message == null ? reason.getClass().getSimpleName() : message;
  }

  /// How it went, or null while it runs.
  final @Nullable Outcome outcome() {
    return outcome;
  }

  /// The cancel that was asked for, or null.
  final @Nullable CancelledException cancelled() {
    return cancelled.get();
  }

  // On the strand.

  /// Begins on the current strand: waits for the minimum, then works.
  final void begin() {
    assert phase == Phase.NEW : phase;
    phase = Phase.QUEUED;
    var here = Strand.current();
    strand = here;
    here.enter(this);
    here.hold();
    account.queued("the budget");
    account.lookEvery(Flight.SPAN_NANOS, this);
    flight = Flight.of(this);
    if (flight != null) flight.opened();
    if (settings.cancel() != null) {
      cancelWatch = settings.cancel().onCancel(reason -> cancel(here, cancelFor(reason)));
    }
    watchdog.begin();
    waiter =
        budget.takeMinimum(
            minimumBytes,
            () -> {
              if (!here.post(this::granted)) budget.giveBack(minimumBytes);
            });
  }

  private void granted() {
    charged = true;
    var cause = stopped;
    if (cause != null) {
      refuse(cause);
      return;
    }
    phase = Phase.WORKING;
    account.begin();
    watchdog.workBegins();
    work();
  }

  /// Ends a run that has opened nothing, and opens nothing but what somebody waits for, to tell them.
  private void refuse(Throwable cause) {
    phase = Phase.WORKING;
    account.begin();
    stop(cause);
  }

  /// The account has shown itself, and a span of time has passed since it last said so: for the flight recording.
  final void spanPassed() {
    if (flight == null) flight = Flight.of(this);
    else flight.span();
  }

  /// The work did not go on in time.
  final void timedOut(TimeoutException why) {
    stopBecause(why);
  }

  /// Fails a run that is past its deadline inside a turn, where no timer comes; for those that cannot end their turns.
  final void checkDeadline() {
    watchdog.checkDeadline();
  }

  private void stopBecause(Throwable cause) {
    if (stopped == null) stopped = cause;
    switch (phase) {
      case QUEUED -> {
        // If it is granted already its turn is on the way, and finds why not to begin.
        if (waiter != null && waiter.cancel()) refuse(cause);
      }
      case WORKING -> stop(cause);
      case NEW, ENDED -> {}
    }
  }

  /// Opens the stages and moves chunks until [#end]; the minimum is charged.
  abstract void work();

  /// What stands still while the run does: any figure that changes with every step of a chunk, an end or a result.
  abstract long activity();

  /// What has moved inside the parts, unseen from here.
  final long movedInside() {
    long sum = 0;
    for (int i = 0; i < recipes.size(); i++) sum += MovesInside.of(partAt(i));
    return sum;
  }

  /// Much the same from any thread: a figure that changes where something moves, soon if not at once. What parts count is
  /// read without order, and stands still where they do.
  long movedSeen() {
    long sum = account.chunksShown();
    for (int i = 0; i < recipes.size(); i++) sum += MovesInside.of(partSeen(i));
    return sum;
  }

  /// The part that `stage` runs, or null as long as that is not known to all; from any thread.
  abstract @Nullable Part partSeen(int stage);

  /// The run beside this one that it waits for, or null; on the strand.
  abstract @Nullable PipelineRun waitsForRun();

  /// What the stage that holds the work waits for, or null where it does not say.
  abstract @Nullable String waitsFor();

  /// Who waits for whom now; on the strand.
  final Diagnosis examine() {
    return switch (phase) {
      case NEW -> Diagnosis.ofNoWait(runName, Finding.MOVES, Duration.ZERO);
      case QUEUED -> Diagnosis.ofChain(runName, Finding.WAITS, still(), List.of(waitForBudget()), 0);
      case WORKING -> withPlaces(examineWork(still()));
      case ENDED -> Diagnosis.ofNoWait(runName, Finding.OVER, Duration.ZERO);
    };
  }

  /// For how long nothing has moved, as far as is known: since the last turn, or since it was asked before.
  private Duration still() {
    long now = strand().nanoTime();
    long activity = activity();
    if (seenNanos < 0 || activity != seenActivity) seenNanos = now;
    seenActivity = activity;
    return Duration.ofNanos(Math.max(now - seenNanos, quietNanos()));
  }

  private Wait waitForBudget() {
    var holders = new ArrayList<String>();
    for (var run : PipelineRun.running()) {
      var other = run.execution();
      if (other == this || other.budget != budget || other.phase != Phase.WORKING) continue;
      holders.add(other.runName + " (run " + run.id() + ", " + ByteSizes.inWords(other.minimumBytes) + " or more)");
    }
    var whom =
        ByteSizes.inWords(minimumBytes)
            + " of its budget, of which "
            + ByteSizes.inWords(budget.usedBytes())
            + " of "
            + ByteSizes.inWords(budget.sizeBytes())
            + " are held"
            + (holders.isEmpty() ? ", by no run" : " by " + String.join(", ", holders));
    return new Wait(runName, whom, Cause.BUDGET, null, 0, -1, false);
  }

  /// How long ago the last turn ended, where that tells how long nothing has moved; else 0.
  abstract long quietNanos();

  /// Who waits for whom while stages work.
  abstract Diagnosis examineWork(Duration still);

  /// Who waits for whom while a turn does not end: `call` has not returned. From another thread.
  abstract Diagnosis stuckIn(StuckCall call, Duration still);

  /// Adds where recipes were made of the user's functions, for those whose streams do not say it.
  private Diagnosis withPlaces(Diagnosis found) {
    var waits = new ArrayList<Wait>();
    for (var wait : found.waits()) {
      int stage = names.indexOf(wait.who());
      var place = stage < 0 || wait.madeAt() != null ? null : Sited.placeOf(recipes.get(stage));
      waits.add(place == null ? wait : wait.madeAt(place.toString()));
    }
    return new Diagnosis(
        found.subject(), found.finding(), found.still(), waits, found.chain(), found.root(), found.isCycle());
  }

  /// Whether the run waits for its budget, and nothing was opened.
  final boolean isQueued() {
    return phase == Phase.QUEUED;
  }

  /// Ends the work because of `cause`: a [CancelledException], a [TimeoutException], or what ended the strand. May come
  /// more than once, and instead of [#work()]; the stage that holds the work is the one that failed.
  abstract void stop(Throwable cause);

  /// Everything is closed: gives back the minimum, where it is charged, and tells how it went.
  final void end(Outcome how) {
    assert phase == Phase.WORKING : phase;
    phase = Phase.ENDED;
    if (charged) budget.giveBack(minimumBytes);
    outcome = how;
    if (flight != null) flight.closed(account.report(), how instanceof Outcome.Failed failed ? failed.error() : null);
    watchdog.end();
    if (cancelWatch != null) cancelWatch.remove();
    strand().leave(this);
    strand().release();
    if (onEnd != null) onEnd.run();
  }

  final boolean isEnded() {
    return phase == Phase.ENDED;
  }

  /// What ended the run at `stage`, as its caller sees it: a cancel travels as it is.
  final RuntimeException failure(int stage, long positionBytes, Throwable cause) {
    return cause instanceof CancelledException cancel && cancel == cancelled()
        ? cancel
        : new PipelineException(nameOf(stage, cause), positionBytes, cause);
  }

  /// The part that `stage` runs, or null where it has none (yet).
  abstract @Nullable Part partAt(int stage);

  /// Who failed with `cause` at `stage`: the stage, or of several that run as one part the very one.
  private String nameOf(int stage, Throwable cause) {
    var part = partAt(stage) instanceof OfSeveral several ? several.blamedFor(cause) : null;
    return part != null ? part : names.get(stage);
  }

  /// Gives it the number of its run.
  final void isOf(long runId) {
    this.runId = runId;
  }

  final long runId() {
    return runId;
  }

  /// Whether its name was given to it.
  final boolean isNamed() {
    return named;
  }

  /// What would help where `stage` is slow, or null; of a boundary, which stage before it is slow.
  final @Nullable String advice(int stage) {
    var inner = partSeen(stage) instanceof OfInnerRun beside ? beside.innerRun() : null;
    var before = inner == null ? null : inner.execution().slowStage();
    return before != null ? "before async, " + before : recipes.get(stage).advice();
  }

  /// Which stage sets the pace and what would help, in words; null where none stands out.
  private @Nullable String slowStage() {
    var verdict = account.report().verdict();
    if (!verdict.isDecided()) return null;
    var advice = verdict.advice();
    var recipe = recipes.get(verdict.stage());
    if (advice == null && (recipe instanceof OperatorStage<?, ?> || recipe instanceof ValueTarget<?, ?>)) {
      advice = "mapAsync or mapBlocking there runs several calls";
    }
    return advice == null ? verdict.sentence() : verdict.sentence() + ": " + advice;
  }

  final String runName() {
    return runName;
  }

  final Strand strand() {
    var here = strand;
    if (here == null) throw new AssertionError(runName + " has not begun");
    return here;
  }

  /// Lends the surplus of the run's budget to one stage, and counts what it took.
  final Budget lendSurplus() {
    return budget.share();
  }

  @Override
  protected final String describeResident() {
    return "pipeline " + runName + " (" + phase + ")";
  }

  @Override
  protected final void abandon(@Nullable Throwable cause) {
    stopBecause(cause == null ? new IllegalStateException(runName + ": nothing would ever have gone on") : cause);
  }
}
