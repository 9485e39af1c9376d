package highwater.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import highwater.CancelHandle;
import highwater.memory.Budget;
import highwater.strand.Hosting;
import highwater.strand.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A recipe for moving everything from an [Origin] through [Stage]s to a [Target]: built once, run any number of times.
///
/// It is immutable and holds no resource, so runs may overlap. A run gives Node's outcomes: the bytes and chunks in
/// order, the first error under its stage's name, everything closed before it is reported. Where every recipe has a
/// part it runs as one loop that pulls from the target; else as classic streams; where a regular file meets another
/// with nothing between, the kernel copies. Thread rule: any thread, see [#run()].
@CheckReturnValue
public final class Pipeline {
  private final List<Recipe> recipes;
  private final Settings settings;

  Pipeline(List<Recipe> recipes) {
    this(recipes, Settings.NONE);
  }

  private Pipeline(List<Recipe> recipes, Settings settings) {
    this.recipes = List.copyOf(OperatorStage.fused(recipes));
    this.settings = settings;
  }

  /// Begins a pipeline at `origin`.
  public static <T> Upstream<T> from(Origin<T> origin) {
    return new Upstream<>(List.of(origin));
  }

  /// The same, charging `budget`: a run takes its [minimum][Bound#minimumBytes()] before it opens anything, waiting
  /// where it is not free, and its stages try for more. A stage without a declared bound is not charged.
  public Pipeline withBudget(Budget budget) {
    return new Pipeline(recipes, settings.withBudget(budget));
  }

  /// The same, stopped when `handle` is cancelled: as [PipelineRun#cancel(Throwable)] stops a run, for the handle's
  /// reason.
  ///
  /// A run of a handle that is cancelled already opens nothing but that for which somebody waits ([Recipe#isAwaited()]). The handle forgets a run that is over. One handle
  /// serves any number of pipelines, and several stop one: the first counts. Source: Node's option `signal`. Unset
  /// by default.
  public Pipeline cancelledBy(CancelHandle handle) {
    return new Pipeline(recipes, settings.cancelledBy(handle));
  }

  /// The same, with runs that fail when they are not done within `time`, the wait for the budget included.
  ///
  /// The failure is a [PipelineException] at the stage that holds the work then, with a
  /// [java.util.concurrent.TimeoutException] as its cause: a run that was not done has failed, where one that somebody
  /// stopped was cancelled. What was made is undone, which may take [Part#UNDO_NANOS] more; once all results are final
  /// it is too late to fail. The time is that of the run's strand. A call that a recipe makes inline, such as a read of
  /// a file, is not interrupted, and a batch of objects goes on to its end: the one in which fast functions become slow
  /// may have 1,024 objects yet (2,048 behind a flatMap). Unset by default.
  public Pipeline withDeadline(Duration time) {
    return new Pipeline(recipes, settings.withDeadline(time));
  }

  /// The same, with runs that fail when nothing moves for `time`: no chunk from one stage to the next, nothing
  /// between the operators and origins inside one, no end, no result that becomes final.
  ///
  /// The failure is as that of [#withDeadline], and says what the stage waits for. It comes up to a quarter of `time`
  /// late, since a run is looked at four times in it. The time does not count while a run waits for its budget. A stage
  /// that gathers much before it gives a chunk, or a sink that takes long for one, needs a longer time. Unset by
  /// default.
  public Pipeline withIdleTimeout(Duration time) {
    return new Pipeline(recipes, settings.withIdleTimeout(time));
  }

  /// The same under a name for messages.
  public Pipeline named(String name) {
    return new Pipeline(recipes, settings.named(name));
  }

  /// What messages call it: the name it was given, or those of its ends.
  public String name() {
    var name = settings.name();
    return name != null ? name : String.join(" ─▶ ", recipes.getFirst().name(), recipes.getLast().name());
  }

  /// Runs to the end and returns what was done.
  ///
  /// Blocks. A platform thread does the work itself; a virtual one waits for a thread that does. An interrupt cancels
  /// the run, which is undone before this returns, and leaves the interrupt flag set. Throws [PipelineException] on the
  /// first failure; [CancelledException]; `IllegalArgumentException`, before anything is opened, where its minimum
  /// exceeds its budget; and `IllegalStateException` on a strand, where waiting would stop it: use [#start()]. A
  /// `VirtualMachineError` is thrown as it is.
  @CanIgnoreReturnValue
  public Report run() {
    if (Strand.currentOrNull() != null) {
      throw new IllegalStateException("run() of " + name() + " waits, and this thread drives a strand: use start()");
    }
    if (Thread.currentThread().isVirtual() || onceStrand() != null) return start().joinOrCancel();
    var execution = prepare(null);
    var run = new PipelineRun();
    @Nullable Throwable strandFailure = null;
    try {
      Strand.run(
          () -> run.begin(execution),
          () -> execution.cancel(Strand.current(), new CancelledException(PipelineRun.INTERRUPTED)));
    } catch (Throwable thrown) {
      strandFailure = thrown;
    }
    return run.conclude(execution, strandFailure);
  }

  /// Starts a run and returns its handle at once; from any thread.
  ///
  /// A file host drives it if a file is among its recipes, else a virtual thread while there is work (behind `async` a
  /// platform thread where one is free); no thread waits with it for its budget. Errors: those of [#run()], in the handle, but for the two of misuse, which are thrown.
  public PipelineRun start() {
    var there = onceStrand();
    var run = new PipelineRun();
    if (there == null) run.startOn(hosting(), prepare(null));
    else run.startOn(there, prepare(run::ended));
    return run;
  }

  /// Starts a run on `strand`, which somebody else drives, and returns its handle at once; from any thread.
  ///
  /// For a run that shares the strand of live streams, and for tests: on a strand that is turned by hand
  /// ([highwater.strand.HandTurned]) a run goes on only when it is turned, and its times are virtual. Files are read and
  /// written inline there. Errors: those of [#start()], and `IllegalStateException` where the strand has ended or live
  /// streams among the recipes live on another.
  public PipelineRun startOn(Strand strand) {
    var there = onceStrand();
    if (there != null && there != strand) {
      throw new IllegalStateException(
          name() + ": its live stream lives on " + there + ", not on " + strand + ": start it there, with start()");
    }
    var run = new PipelineRun();
    run.startOn(strand, prepare(run::ended));
    return run;
  }

  /// The same, leaving the value at its end in `result`.
  @SuppressWarnings("unchecked") // A computation knows what its end makes.
  <R> Pipeline into(ValueTarget.Result<R> result) {
    var withResult = new ArrayList<>(recipes);
    var end = (ValueTarget<?, R>) withResult.removeLast();
    withResult.add(end.into(result));
    return new Pipeline(withResult, settings);
  }

  /// Starts a run inside another one, which has charged its minimum and lends it `surplus`.
  PipelineRun startWithin(Budget surplus) {
    var run = new PipelineRun();
    run.startOn(usesFiles() ? Hosting.FILE_HOST : Hosting.PLATFORM_THREAD, execution(surplus, 0, null));
    return run;
  }

  private Execution prepare(@Nullable Runnable onEnd) {
    var charged = settings.budget() != null ? settings.budget() : Budget.unlimited();
    long minimum = bound().minimumBytes();
    if (minimum > charged.sizeBytes()) {
      throw new IllegalArgumentException(
          name()
              + " needs at least "
              + ByteSizes.inWords(minimum)
              + " at a time, and its budget is "
              + ByteSizes.inWords(charged.sizeBytes())
              + ": enlarge the budget, or make chunks or blocks smaller");
    }
    return execution(charged, minimum, onEnd);
  }

  private Execution execution(Budget charged, long minimum, @Nullable Runnable onEnd) {
    for (var recipe : recipes) if (recipe instanceof Once once) once.take();
    return FusedLoop.canRun(recipes)
        ? new FusedLoop(this, charged, minimum, onEnd)
        : new ClassicStreams(this, charged, minimum, onEnd);
  }

  /// The strand to which live streams among the recipes tie the run, or null.
  private @Nullable Strand onceStrand() {
    @Nullable Strand strand = null;
    for (var recipe : recipes) {
      if (!(recipe instanceof Once once)) continue;
      if (strand != null && strand != once.strand()) {
        throw new IllegalStateException(
            name() + ": its two streams live on two strands: make both on one, or use a recipe for one" + " of them");
      }
      strand = once.strand();
    }
    return strand;
  }

  /// What drives a run that is started by itself; one behind an [AsyncOrigin] is woken as often as that one.
  private Hosting hosting() {
    if (usesFiles()) return Hosting.FILE_HOST;
    return recipes.getFirst() instanceof AsyncOrigin ? Hosting.PLATFORM_THREAD : Hosting.VIRTUAL_THREAD;
  }

  private boolean usesFiles() {
    for (var recipe : recipes) if (recipe.usesFiles()) return true;
    return false;
  }

  /// The most bytes one run holds at a time.
  public Bound bound() {
    return Bound.sumOf(stageNames(), footprints());
  }

  /// The plan of a run in words and figures, over several lines: the stages, the data in flight as a sum of named
  /// parts, and about how much memory the process takes.
  public String explain() {
    return new Explanation(this).toString();
  }

  /// The plan, as [#explain()].
  @Override
  public String toString() {
    return explain();
  }

  Settings settings() {
    return settings;
  }

  List<Recipe> recipes() {
    return recipes;
  }

  List<String> stageNames() {
    var names = new String[recipes.size()];
    for (int i = 0; i < names.length; i++) names[i] = recipes.get(i).name();
    return List.of(names);
  }

  /// What each recipe says of one run, with the streams that join them where they are joined by streams.
  List<Footprint> footprints() {
    boolean fused = FusedLoop.canRun(recipes);
    var footprints = new ArrayList<Footprint>(recipes.size());
    long chunkMaxBytes = 0;
    for (var recipe : recipes) {
      var footprint = recipe.footprint(chunkMaxBytes);
      footprints.add(fused ? footprint : ClassicStreams.footprint(recipe, footprint, chunkMaxBytes));
      chunkMaxBytes = footprint.chunkMaxBytes();
    }
    return footprints;
  }
}
