package highwater.pipeline;

import highwater.StreamOptions;
import org.jspecify.annotations.Nullable;

/// An immutable description of one place in a pipeline: it belongs to no strand, holds no resource, serves any number
/// of runs.
public sealed interface Recipe permits Origin, Stage, Target {
  /// What messages, plans and reports call it, such as `huge.log` or `gzip level 6`. For a file: its name as the user
  /// gave it.
  String name();

  /// What can be known before a run; `chunkMaxBytes` is the largest chunk that reaches it ([Footprint#UNKNOWN] if
  /// unknown, 0 for an origin).
  Footprint footprint(long chunkMaxBytes);

  /// How its live stream is set up, and so whether each side carries bytes or objects; only read where the library
  /// makes the stream from a part.
  default StreamOptions streamOptions() {
    return StreamOptions.bytes();
  }

  /// What would help where this is the slow stage of a run, in a few words that begin small, such as `give it another worker, or
  /// level 4`; null where nothing is known. It may look at the machine it runs on.
  default @Nullable String advice() {
    return null;
  }

  /// Whether it reads or writes regular files inline, so that its strand needs a platform thread.
  default boolean usesFiles() {
    return false;
  }
}
