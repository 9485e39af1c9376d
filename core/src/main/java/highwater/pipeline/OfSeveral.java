package highwater.pipeline;

import org.jspecify.annotations.Nullable;

/// A part in which several recipes are at work, and which knows whose failure is whose.
interface OfSeveral {
  /// The name of the one that failed with `cause`, or null where none did.
  @Nullable String blamedFor(Throwable cause);
}
