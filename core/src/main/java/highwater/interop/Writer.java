package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.Misuse;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.Report;
import highwater.pipeline.Upstream;
import highwater.strand.Handover;
import highwater.strand.Strand;
import java.util.function.Function;

/// The beginning of a started run, fed by another thread: `put`, `put`, then [#finish()], which waits for the commit.
///
/// ```java
/// try (var rows = Views.<Row>writer(up -> up.through(toCsv).to(FileStreams.write(path)))) {
///   for (var row : table) rows.put(row);
///   rows.finish();          // without it close() undoes the run: a failure in between never looks like an end
/// }
/// ```
/// At most 128 KiB or 16 objects are queued (one larger chunk passes alone); then `put` waits. Chunks are handed over: a
/// buffer's content is frozen from then on. Thread rule: one thread at a time, platform or virtual, but none that drives a
/// strand; [#close()] and [#abort] from any thread, and they end a wait.
public final class Writer<T> implements AutoCloseable {
  private final Handover<T> handover;
  private final PipelineRun run;
  private volatile boolean finished;

  private Writer(Handover<T> handover, PipelineRun run) {
    this.handover = handover;
    this.run = run;
  }

  static <T> Writer<T> start(FedOrigin<T> origin, Function<? super Upstream<T>, Pipeline> rest) {
    var run = rest.apply(Pipeline.from(origin)).start();
    // Also of a run that never opened its origin.
    var over = new IllegalStateException("the run is over");
    var _ = run.completion().whenComplete((_, _) -> origin.handover.cancel(over));
    var writer = new Writer<>(origin.handover, run);
    Misuse.track(writer, "a writer to " + run.name(), run.completion());
    return writer;
  }

  /// Puts one chunk, waiting for room; false when the run needs no more and has succeeded without.
  ///
  /// Throws what `Pipeline.run()` would throw where the run has failed. An interrupt cancels the run, which is undone before a
  /// `CancelledException` is thrown, and leaves the interrupt flag set. Throws `IllegalStateException` after [#finish()], and on a
  /// strand.
  public boolean put(T chunk) {
    requireNonNull(chunk, "chunk");
    if (finished) throw new IllegalStateException("put after finish(): put everything before");
    refuseStrand("put waits");
    try {
      if (handover.put(chunk)) return true;
    } catch (InterruptedException _) {
      // It cancels the run while it waits for its end.
      Thread.currentThread().interrupt();
    }
    var _ = run.joinOrCancel();
    return false;
  }

  private static void refuseStrand(String call) {
    var here = Strand.currentOrNull();
    if (here == null) return;
    throw new IllegalStateException(call + ", and this thread drives " + here + ": write on a thread of your own");
  }

  /// Says that no chunk follows, and waits until the run has committed everything; throws what [#put] does.
  public Report finish() {
    refuseStrand("finish waits");
    finished = true;
    handover.end();
    return run.joinOrCancel();
  }

  /// Cancels the run, which undoes what it made, and waits for that, but not on a strand; nothing happens once it is over.
  public void abort(String reason) {
    run.cancelAndAwait(reason);
  }

  /// Aborts the run unless it was finished: leaving a `try` by an exception, or without [#finish()], is never an end.
  @Override
  public void close() {
    abort("its writer was closed without finish()");
  }

  /// The run, for its progress.
  public PipelineRun run() {
    return run;
  }
}
