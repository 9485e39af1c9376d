package highwater.strand;

import org.jspecify.annotations.Nullable;

/// Something live that belongs to a strand from [Strand#enter] to [Strand#leave]: a stream, mostly.
///
/// The links are the strand's own list, kept inside the resident so that belonging costs no allocation.
/// Thread rule: both methods are called on the strand.
public abstract class Resident {
  @Nullable Resident previousResident;
  @Nullable Resident nextResident;
  boolean abandonedResident;

  /// For subclasses.
  protected Resident() {}

  /// What a message calls this resident, with the figures of the moment.
  protected abstract String describeResident();

  /// Destroys what is left when the strand ends; `cause` is why, or null when nothing failed.
  ///
  /// Called once. Whatever nobody will answer any more (an asked source, a write in flight) gives its hold back here; a
  /// destroy that is under way keeps one, and the strand turns on until it is given back, for at most
  /// [Strand#LEFT_BEHIND_AFTER_NANOS].
  protected abstract void abandon(@Nullable Throwable cause);
}
