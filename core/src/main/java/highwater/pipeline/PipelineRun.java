package highwater.pipeline;

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

  /// Hands the run over to the calling thread, which drives its strand.
  void begin(Execution execution) {
    this.execution = execution;
    strand = Strand.current();
    RUNNING.add(this);
    execution.begin();
  }

  /// Starts on a strand of its own.
  void startOn(Hosting hosting, Execution execution) {
    this.execution = execution;
    RUNNING.add(this);
    Running running = Strand.start(hosting, execution::begin);
    strand = running.strand();
    var _ = running.whenEnded().whenComplete((_, failure) -> complete(withoutWrapper(failure)));
  }

  /// Starts on the strand of a live stream, which goes on after it; [#ended()] is then called.
  void startOn(Strand strand, Execution execution) {
    this.execution = execution;
    this.strand = strand;
    RUNNING.add(this);
    if (!strand.post(execution::begin)) {
      RUNNING.remove(this);
      throw new IllegalStateException("the strand of the stream has ended: start the pipeline from a turn of it");
    }
  }

  /// A `VirtualMachineError` is thrown as it is.
  private static @Nullable Throwable withoutWrapper(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
  }

  void ended() {
    complete(null);
  }

  /// The run is over: [#running()] has it no more.
  void forget() {
    RUNNING.remove(this);
  }

  private void complete(@Nullable Throwable strandFailure) {
    forget();
    try {
      completion.complete(result(execution(), strandFailure));
    } catch (Throwable failure) {
      completion.completeExceptionally(failure);
    }
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

  /// When it was started, by the system's clock.
  public Instant started() {
    return started;
  }

  /// What has been done so far, which stage holds the work, what it waits for, and which stage sets the pace.
  ///
  /// A consistent snapshot: the three times of every stage sum to the elapsed time, also in the middle of a call that takes
  /// long, and no figure of times or counts is less than in an earlier report of this run. Looking changes nothing and holds
  /// nothing up; it costs a few microseconds. Once the run is over it is what the run returned.
  public Report report() {
    return execution().account.report();
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

  private Execution execution() {
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
