package highwater.pipeline;

import highwater.memory.Budget;
import highwater.strand.Strand;

/// What a running pipeline gives each of its parts.
public interface PartContext {
  /// The strand on which every method of the part is called.
  Strand strand();

  /// Has the part polled again soon, in a turn of its own; from any thread, as often as wanted.
  void wake();

  /// The budget from which surplus (more workers, read-ahead) may be tried; what was granted must be given back by
  /// `close`.
  Budget budget();
}
