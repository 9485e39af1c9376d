package highwater.cli;

import highwater.io.Leftovers;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Ends the process cleanly when SIGINT, SIGTERM or SIGHUP comes: with one line, and with 128 and the signal's number.
///
/// It cancels the run, waits at most two seconds for it, and undoes what is still unfinished; a second signal ends the process
/// at once. Either a signal ends the process or the command does ([#leave]), so that there is one line and one exit code.
/// Thread rule: all but the hook's own thread are the main thread.
final class Interruption {
  private static final long WAIT_SECONDS = 2;
  private static final Duration UNDO_AT_MOST = Duration.ofMillis(100);

  private final Stderr stderr;
  private final Object gate = new Object();

  /// Guarded by `gate`: whether a signal ends the process.
  private boolean signalled;

  /// Guarded by `gate`: whether the command ends the process.
  private boolean leaving;

  /// Guarded by `gate`.
  private @Nullable PipelineRun begun;

  private volatile String complete = "";
  private volatile String afterwards = "";
  private volatile String leftBehind = "";

  /// Makes one that says its line on `stderr`.
  Interruption(Stderr stderr) {
    this.stderr = stderr;
  }

  /// Listens to signals from now on, as a shutdown hook: a handler of our own, made at the start, would cost it 7 ms.
  void install() {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::hear, "highwater-interruption"));
    } catch (IllegalStateException e) {
      synchronized (gate) {
        signalled = true; // The process is ending already.
      }
    }
  }

  /// Starts a run that a signal cancels, or returns null where one has come already; `complete` says what the sink is after a
  /// success, `afterwards` what it is after a cancel, and `leftBehind` what may be left where the cancel could not be waited for.
  @Nullable PipelineRun begin(Pipeline pipeline, String complete, String afterwards, String leftBehind) {
    this.complete = complete;
    this.afterwards = afterwards;
    this.leftBehind = leftBehind;
    synchronized (gate) {
      if (signalled) return null;
      begun = pipeline.start();
      return begun;
    }
  }

  /// Lets the command end the process, with its own line and exit code; does not return where a signal ends it.
  void leave() {
    synchronized (gate) {
      leaving = !signalled;
      if (leaving) return;
    }
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the main thread", e);
    }
  }

  /// Runs as the process ends, by a signal or by the command; the JVM then gives the exit code of whichever it was.
  private void hear() {
    PipelineRun run;
    synchronized (gate) {
      if (leaving) return;
      signalled = true;
      run = begun;
    }
    var _ = Signals.handle(signal -> endAtOnce(128 + signal));
    stderr.line("highwater: interrupted " + (run == null ? "before the run began" : ended(run)));
  }

  private String ended(PipelineRun run) {
    run.cancel("interrupted");
    String outcome = outcome(run);
    Leftovers.undoUnfinished();
    return "after " + Figures.bytes(run.report().stages().getFirst().bytesOut()) + Failure.oneLine(outcome);
  }

  private String outcome(PipelineRun run) {
    try {
      run.completion().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
      return complete;
    } catch (TimeoutException e) {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      return afterwards + "; the run did not stop within " + WAIT_SECONDS + " s and was left behind" + leftBehind;
    } catch (ExecutionException | InterruptedException e) {
      return afterwards;
    }
  }

  private static void endAtOnce(int status) {
    var undoing =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  Leftovers.undoUnfinished();
                  // A program that reads from this process must not take its end for the end of the data.
                  ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
                });
    try {
      var _ = undoing.join(UNDO_AT_MOST);
    } catch (InterruptedException e) {
      // The process ends in the next line.
    }
    Runtime.getRuntime().halt(status);
  }
}
