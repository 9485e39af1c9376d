package highwater.hub;

/// What an [Inlet] does with a chunk for which it has no room.
public enum Overflow {
  /// [Inlet#put] waits until there is room; [Inlet#offer] answers REFUSED.
  BLOCK,
  /// Nobody waits: [Inlet#offer] answers REFUSED, [Inlet#put] throws an [OverflowException].
  REFUSE,
  /// The oldest chunks are dropped to make room.
  DROP_OLDEST,
  /// The chunk itself is dropped.
  DROP_NEWEST,
  /// The inlet fails: its consumer gets what was buffered, and then an [OverflowException].
  FAIL
}
