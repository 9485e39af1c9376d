package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Registration;
import highwater.strand.Hosting;
import highwater.strand.Running;
import highwater.strand.Strand;
import highwater.strand.UncaughtException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A run that was started: tells how far it is and how it went, and can be stopped. Thread rule: any thread.
public final class PipelineRun {
  /// The reason of a cancel by an interrupt.
  static final String INTERRUPTED = "the thread that waited for the run was interrupted";

  private static final AtomicLong IDS = new AtomicLong();
  private static final Set<PipelineRun> RUNNING = ConcurrentHashMap.newKeySet();
  private static final CopyOnWriteArrayList<RunListener> LISTENERS = new CopyOnWriteArrayList<>();

  private final CompletableFuture<Report> completion = new CompletableFuture<>();
  private final long id = IDS.incrementAndGet();
  private final Instant started = Instant.now();

  // Both are set before the handle is given to anybody.
  private @Nullable Execution execution;
  private @Nullable Strand strand;

  PipelineRun() {}

  /// The runs of this process that are not over, in the order in which they were started; a snapshot. Runs of
  /// [Pipeline#run()] are among them.
  public static List<PipelineRun> running() {
    return RUNNING.stream().sorted(Comparator.comparingLong(PipelineRun::id)).toList();
  }

  /// Tells `listener` of every run of this process that starts or ends from now on, until the registration is removed;
  /// from any thread. Runs that are under way are in [#running()]. Costs a run nothing while nobody listens.
  public static Registration listen(RunListener listener) {
    // In an object of its own, so that one listener may have several places.
    var place =
        new RunListener() {
          @Override
          public void started(PipelineRun run) {
            listener.started(run);
          }

          @Override
          public void ended(PipelineRun run, @Nullable Throwable failure) {
            listener.ended(run, failure);
          }
        };
    LISTENERS.add(place);
    return () -> LISTENERS.remove(place);
  }

  /// Hands the run over to the calling thread, which drives its strand.
  void begin(Execution execution) {
    strand = Strand.current();
    enter(execution);
    execution.begin();
  }

  /// Starts on a strand of its own.
  void startOn(Hosting hosting, Execution execution) {
    enter(execution);
    Running running = Strand.start(hosting, execution::begin);
    strand = running.strand();
    var _ = running.whenEnded().whenComplete((_, failure) -> complete(withoutWrapper(failure)));
  }

  /// Starts on the strand of a live stream, which goes on after it; [#ended()] is then called.
  void startOn(Strand strand, Execution execution) {
    this.strand = strand;
    enter(execution);
    if (!strand.post(execution::begin)) {
      var ended = new IllegalStateException("the strand of the stream has ended: start the pipeline from a turn of it");
      leave(ended);
      throw ended;
    }
  }

  private void enter(Execution execution) {
    this.execution = execution;
    execution.isOf(id);
    RUNNING.add(this);
    for (var listener : LISTENERS) {
      try {
        listener.started(this);
      } catch (Throwable thrown) {
        tellThread(thrown);
      }
    }
  }

  /// The run is over: tells the listeners, then [#running()] has it no more. Those who sum up both never miss it.
  private void leave(@Nullable Throwable failure) {
    if (!RUNNING.contains(this)) return;
    for (var listener : LISTENERS) {
      try {
        listener.ended(this, failure);
      } catch (Throwable thrown) {
        tellThread(thrown);
      }
    }
    RUNNING.remove(this);
  }

  /// A listener's failure is none of the run's, and must not be lost.
  private static void tellThread(Throwable thrown) {
    var thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
  }

  /// A `VirtualMachineError` is thrown as it is.
  private static @Nullable Throwable withoutWrapper(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
  }

  void ended() {
    complete(null);
  }

  private void complete(@Nullable Throwable strandFailure) {
    Report report;
    try {
      report = conclude(execution(), strandFailure);
    } catch (Throwable failure) {
      completion.completeExceptionally(failure);
      return;
    }
    completion.complete(report);
  }

  /// Ends the run, whose strand ended with `strandFailure`: returns its report, or throws what it failed with.
  Report conclude(Execution execution, @Nullable Throwable strandFailure) {
    Report report;
    try {
      report = result(execution, strandFailure);
    } catch (Throwable failure) {
      leave(failure);
      throw failure;
    }
    leave(null);
    return report;
  }

  /// Completes when everything is closed, with the report, or with what [Pipeline#run()] would throw.
  ///
  /// What depends on it runs on the thread that drove the run: it should be short, or go elsewhere (`thenAcceptAsync`).
  public CompletionStage<Report> completion() {
    return completion.minimalCompletionStage();
  }

  /// Tells `told` when everything is closed, on the thread that drove the run: null, or what the run failed with itself
  /// (dependents of a [CompletionStage] see that in a `CompletionException`).
  void whenOver(Consumer<@Nullable Throwable> told) {
    var _ = completion.whenComplete((_, failure) -> told.accept(failure));
  }

  /// Stops the run: it undoes what it made, closes everything and completes with a [CancelledException] that says
  /// `reason`.
  ///
  /// Returns at once; the first reason counts, and nothing happens once the results are final.
  public void cancel(String reason) {
    cancel(new CancelledException(reason));
  }

  /// Does what [#cancel(String)] does, for a reason that is an object: the [CancelledException] has its message, and it
  /// as its cause. `handle.onCancel(run::cancel)` ties a run that was started to a handle; [Pipeline#cancelledBy] does
  /// so for all.
  public void cancel(Throwable reason) {
    cancel(Execution.cancelFor(reason));
  }

  private void cancel(CancelledException cancel) {
    var there = strand;
    if (there == null) throw new AssertionError("not started");
    execution().cancel(there, cancel);
  }

  /// A number of this run that no other run of this process has, from 1.
  public long id() {
    return id;
  }

  /// What messages call it: [Pipeline#name()].
  public String name() {
    return execution().runName();
  }

  /// Whether its pipeline was given that name with [Pipeline#named], rather than called after its ends.
  public boolean isNamed() {
    return execution().isNamed();
  }

  /// When it was started, by the system's clock.
  public Instant started() {
    return started;
  }

  /// Its number, name and state, such as `run 3, a.log ─▶ b.log, RUNNING`.
  @Override
  public String toString() {
    return "run " + id + ", " + name() + ", " + state();
  }

  /// Whether it runs, or how it went. From any thread; never waits.
  public State state() {
    var outcome = execution().outcome();
    if (outcome instanceof Execution.Outcome.Succeeded) return State.DONE;
    if (outcome instanceof Execution.Outcome.Failed failed) {
      return failed.error() instanceof CancelledException ? State.CANCELLED : State.FAILED;
    }
    // A strand that failed leaves no outcome.
    return RUNNING.contains(this) ? State.RUNNING : State.FAILED;
  }

  /// Whether a run goes on, or how it went.
  public enum State {
    /// It is queued for its budget, works, or is being undone.
    RUNNING,
    /// Everything is final and closed.
    DONE,
    /// It failed, and is undone.
    FAILED,
    /// It was cancelled, and is undone.
    CANCELLED
  }

  /// What it failed or was cancelled with, or null while it runs, where it went well, and where its strand failed.
  public @Nullable RuntimeException failure() {
    return execution().outcome() instanceof Execution.Outcome.Failed failed ? failed.error() : null;
  }

  /// What has been done so far, which stage holds the work, what it waits for, and which stage sets the pace.
  ///
  /// A consistent snapshot: the three times of every stage sum to the elapsed time, also in the middle of a call that takes
  /// long, and no figure of times or counts is less than in an earlier report of this run. Looking changes nothing and holds
  /// nothing up; it costs a few microseconds. Once the run is over it is what the run returned.
  public Report report() {
    return execution().account.report();
  }

  /// Finds out who waits for whom, and for how long: whether the run moves, and if not, whose doing that is.
  ///
  /// Waits at most [StallDoctor#ANSWER_NANOS] for the strand of the run: longer than that a call on it has not returned, which is
  /// then what is wrong, and the place of the call is told. On the strand itself it does not wait: from a call of a stage's, that stage works. On another strand
  /// it does not wait either, and knows what [#report()] does, and the place of a call that has not returned for as long. Changes
  /// nothing.
  public Diagnosis diagnose() {
    return StallDoctor.diagnose(this);
  }

  /// Which stage has set the pace since `earlier`, a report of this run: for a live view of its last seconds.
  public Verdict verdictSince(Report earlier) {
    return Verdict.of(earlier, report(), execution()::advice);
  }

  /// Waits for the completion and returns the report, or throws what [Pipeline#run()] would.
  ///
  /// An interrupt ends the wait, not the run. Throws `IllegalStateException` on a strand, where waiting would stop it.
  public Report join() throws InterruptedException {
    if (Strand.currentOrNull() != null) {
      throw new IllegalStateException("join() waits, and this thread drives a strand: use completion()");
    }
    try {
      return completion.get();
    } catch (ExecutionException failed) {
      throw unchecked(failed.getCause());
    }
  }

  /// Waits as [Pipeline#run()] does: an interrupt cancels the run, the wait goes on until it is undone, and the interrupt flag
  /// is set at the end. Errors: those of [#join()].
  public Report joinOrCancel() {
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          return join();
        } catch (InterruptedException _) {
          interrupted = true;
          cancel(INTERRUPTED);
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /// Stops the run and waits until it is undone, however that goes: for whoever leaves early and does not ask how it would
  /// have gone. Where the run is over it does nothing; on a strand it does not wait; an interrupt stays for later.
  public void cancelAndAwait(String reason) {
    cancel(reason);
    if (Strand.currentOrNull() != null) return;
    try {
      joinOrCancel();
    } catch (RuntimeException _) {
      // That of the cancel, mostly.
    }
  }

  /// Where it runs; null before it has begun.
  @Nullable Strand strand() {
    return strand;
  }

  Execution execution() {
    var run = execution;
    if (run == null) throw new AssertionError("not started");
    return run;
  }

  /// What a run whose strand has ended returns or throws. `strandFailure` is what the strand ended with: nothing, what
  /// also stopped the run, or what happened after it.
  static Report result(Execution execution, @Nullable Throwable strandFailure) {
    // No pattern switch on the start path: the first one of a process takes 10 ms to link, which no AOT cache saves.
    var outcome = execution.outcome();
    if (outcome instanceof Execution.Outcome.Failed failed) {
      if (strandFailure instanceof VirtualMachineError fatal) throw fatal;
      if (strandFailure != null) FusedLoop.suppress(failed.error(), strandFailure);
      throw failed.error();
    }
    // Without an outcome the strand failed and left a run behind that would not end.
    if (strandFailure != null || outcome == null) throw unchecked(strandFailure);
    return ((Execution.Outcome.Succeeded) outcome).report();
  }

  static RuntimeException unchecked(@Nullable Throwable failure) {
    return switch (failure) {
      case Error error -> throw error;
      case RuntimeException unchecked -> unchecked;
      case null -> throw new AssertionError("a run ended without an outcome");
      default -> new UncaughtException(failure);
    };
  }
}
