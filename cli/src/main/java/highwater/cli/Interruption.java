package highwater.cli;

import highwater.io.Leftovers;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Ends a run cleanly when SIGINT, SIGTERM or SIGHUP ends the process: the command's shutdown hook.
///
/// It cancels the run, waits at most two seconds for it, and undoes what is still unfinished. The JVM then ends with 128 and
/// the signal's number, as [ExitCode] says. A run begins before the hook or not at all, so that none is overlooked.
/// Thread rule: [#begin] and [#over] on the main thread, [#run] on the hook's.
final class Interruption extends Thread {
  private static final long WAIT_SECONDS = 2;

  private final Stderr stderr;
  private final Object gate = new Object();

  /// Guarded by `gate`: whether a signal has come.
  private boolean signalled;

  /// Guarded by `gate`.
  private @Nullable PipelineRun begun;

  private volatile boolean over;
  private String afterwards = "";

  /// Makes the hook; it says its line on `stderr`.
  Interruption(Stderr stderr) {
    super("highwater-interruption");
    this.stderr = stderr;
  }

  /// Starts a run that a signal cancels, or returns null where one has come already; `afterwards` says what the sink is after
  /// a cancel.
  @Nullable PipelineRun begin(Pipeline pipeline, String afterwards) {
    try {
      Runtime.getRuntime().addShutdownHook(this);
    } catch (IllegalStateException e) {
      return null; // The process is ending.
    }
    synchronized (gate) {
      if (signalled) return null;
      this.afterwards = afterwards;
      begun = pipeline.start();
      return begun;
    }
  }

  /// The run has ended by itself: the hook has nothing to do any more.
  void over() {
    over = true;
  }

  @Override
  public void run() {
    PipelineRun run;
    synchronized (gate) {
      signalled = true;
      run = begun;
    }
    if (over || run == null) return;
    SecondSignal.endsAtOnce(Leftovers::undoUnfinished);
    run.cancel("interrupted");
    String outcome = outcome(run);
    Leftovers.undoUnfinished();
    long bytes = run.progress().stages().getFirst().bytesOut();
    stderr.line("highwater: interrupted after " + Figures.bytes(bytes) + outcome);
  }

  private String outcome(PipelineRun run) {
    try {
      run.completion().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
      return "; the result was complete already";
    } catch (TimeoutException e) {
      return afterwards + "; the run did not stop within " + WAIT_SECONDS + " s and was left behind";
    } catch (ExecutionException | InterruptedException e) {
      return afterwards;
    }
  }
}
