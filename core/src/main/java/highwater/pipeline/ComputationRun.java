package highwater.pipeline;

import java.util.concurrent.CompletionStage;

/// A computation that was started: tells how far it is, gives its value, and can be stopped. Thread rule: any thread.
public final class ComputationRun<R> {
  private final PipelineRun run;
  private final ValueTarget.Result<R> result;

  ComputationRun(PipelineRun run, ValueTarget.Result<R> result) {
    this.run = run;
    this.result = result;
  }

  /// Completes when everything is closed, with the value, or with what [Computation#run()] would throw.
  ///
  /// What depends on it runs on the thread that drove the run: it should be short, or go elsewhere (`thenAcceptAsync`).
  public CompletionStage<R> completion() {
    return run.completion().thenApply(_ -> result.value());
  }

  /// Stops the run, as [PipelineRun#cancel].
  public void cancel(String reason) {
    run.cancel(reason);
  }

  /// What has been done so far, as [PipelineRun#report()].
  public Report report() {
    return run.report();
  }

  /// Waits for the completion and returns the value, or throws what [Computation#run()] would.
  ///
  /// An interrupt ends the wait, not the run. Throws `IllegalStateException` on a strand, where waiting would stop it.
  public R join() throws InterruptedException {
    var _ = run.join();
    return result.value();
  }
}
