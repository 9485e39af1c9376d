package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// Hears when runs of this process start and end; see [PipelineRun#listen].
///
/// It is called on the thread that starts the run, and on the one that drove it: it should be short, or go elsewhere. What
/// it throws goes to that thread's uncaught exception handler, and changes nothing for the run.
public interface RunListener {
  /// `run` is about to begin; nothing is opened yet.
  default void started(PipelineRun run) {}

  /// `run` is over: everything is closed, and its report is final. It leaves [PipelineRun#running()] after this.
  ///
  /// @param run the run
  /// @param failure what [Pipeline#run()] throws, such as a [PipelineException] or [CancelledException]; null where it went
  ///     well
  default void ended(PipelineRun run, @Nullable Throwable failure) {}
}
