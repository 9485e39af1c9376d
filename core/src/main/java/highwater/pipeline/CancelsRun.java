package highwater.pipeline;

/// A [PartContext] through which a part can cancel the run that it is part of.
///
/// Thread rule: any thread.
interface CancelsRun {
  /// Cancels the run as [PipelineRun#cancel] does; false where the part is driven as a live stream, outside of any run.
  boolean cancelRun(CancelledException cancel);
}
