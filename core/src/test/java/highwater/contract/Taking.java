package highwater.contract;

/// What a peer of a target is to do: take `untilBytes`, then what `then` says.
///
/// @param untilBytes how many it takes; more than there are means all
/// @param pieceBytes how many at a time
/// @param then what comes after
public record Taking(long untilBytes, int pieceBytes, Then then) {
  /// What a peer does when it has taken what it was to take.
  public enum Then {
    /// It takes the rest and keeps all.
    KEEP,
    /// It goes away: a closed connection, an exit code.
    DIE,
    /// It takes the rest, and says no: a status, an exit code.
    REFUSE,
    /// It stays and takes nothing more, until it is let go.
    STOP
  }

  /// Takes and keeps all.
  public static Taking whole() {
    return new Taking(Long.MAX_VALUE, 64 << 10, Then.KEEP);
  }

  /// Takes `untilBytes`, then does what `then` says.
  public static Taking until(long untilBytes, Then then) {
    return new Taking(untilBytes, 64 << 10, then);
  }

  /// The same, so many bytes at a time.
  public Taking pieces(int bytes) {
    return new Taking(untilBytes, bytes, then);
  }
}
