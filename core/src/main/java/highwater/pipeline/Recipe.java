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

  /// Whether somebody waits who can hear of the run from this recipe alone, such as a client for its response.
  ///
  /// A run that is over before it has come to open this one, because a source cannot be opened, because it was cancelled
  /// while it waited for its budget, then opens it all the same, to abort and close it: whoever waits is told in any case, and
  /// once. Opening must therefore begin nothing that an abort does not undo.
  default boolean isAwaited() {
    return false;
  }
}
