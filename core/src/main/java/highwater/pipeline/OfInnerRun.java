package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// A part that takes what a run of its own gives.
interface OfInnerRun {
  /// That run, or null before `open`. Thread rule: any thread.
  @Nullable PipelineRun innerRun();
}
