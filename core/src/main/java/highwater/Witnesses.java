package highwater;

import org.jspecify.annotations.Nullable;

/// Those who look on while a stream does its work, and the place where it was made: most streams have none of them, and then
/// not this either.
///
/// Thread rule: the stream's strand.
final class Witnesses {
  /// Where it was made, if that is noted.
  @Nullable CallSite madeAt;

  /// What is left of it when it is dropped, while the misuse detector tracks.
  @Nullable Birth birth;

  /// Who accounts for what the implementer does.
  @Nullable StreamWatch watch;

  /// What records it, once a flight recording was seen.
  @Nullable StreamFlight flight;

  /// What was pushed unasked since a push said false, while the misuse detector is on.
  @Nullable Overrun pushedOn;

  /// What was written since a write said false, while the misuse detector is on.
  @Nullable Overrun wroteOn;
}
