package highwater.cli;

import highwater.io.Leftovers;
import highwater.pipeline.PipelineRun;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Ends a run cleanly when SIGINT, SIGTERM or SIGHUP ends the process: the command's shutdown hook.
///
/// It cancels the run, waits at most two seconds for it, and undoes what is still unfinished. The JVM then ends with 128 and the
/// signal's number, as [ExitCode] says. Thread rule: [#watch] and [#over] on the main thread, [#run] on the hook's.
final class Interruption extends Thread {
  private static final long WAIT_SECONDS = 2;

  private final Stderr stderr;
  private volatile @Nullable PipelineRun watched;
  private volatile String afterwards = "";
  private volatile boolean over;

  /// Makes the hook; it says its line on `stderr`.
  Interruption(Stderr stderr) {
    super("highwater-interruption");
    this.stderr = stderr;
  }

  /// From now on a signal cancels `run`; `afterwards` says what the sink then is.
  void watch(PipelineRun run, String afterwards) {
    this.afterwards = afterwards;
    watched = run;
    Runtime.getRuntime().addShutdownHook(this);
  }

  /// The run has ended by itself: the hook has nothing to do any more.
  void over() {
    over = true;
  }

  @Override
  public void run() {
    var run = watched;
    if (over || run == null) return;
    SecondSignal.endsAtOnce(Leftovers::undoUnfinished);
    run.cancel("interrupted");
    String outcome = cancelled(run);
    Leftovers.undoUnfinished();
    stderr.line(
        "highwater: interrupted after " + Figures.bytes(run.progress().stages().getFirst().bytesOut()) + outcome);
  }

  private String cancelled(PipelineRun run) {
    try {
      run.completion().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
      return "; the result was complete already";
    } catch (ExecutionException e) {
      return afterwards;
    } catch (TimeoutException e) {
      return afterwards + "; the run did not stop within " + WAIT_SECONDS + " s and was left behind";
    } catch (InterruptedException e) {
      return afterwards;
    }
  }
}
