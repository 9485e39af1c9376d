package highwater.contract;

/// What a peer of an origin is to do: give the [Pattern] up to `untilBytes` of `totalBytes`, then what `then` says.
///
/// @param totalBytes what it announces, where its protocol can
/// @param untilBytes how many of them it gives
/// @param pieceBytes how many at a time
/// @param then what comes after
public record Giving(long totalBytes, long untilBytes, int pieceBytes, Then then) {
  /// What a peer does when it has given what it was to give.
  public enum Then {
    /// It ends as the protocol ends.
    END,
    /// It goes away without an end: a broken connection, an exit code.
    DIE,
    /// It stays and gives nothing more, until it is let go.
    STOP
  }

  /// Gives all and ends.
  public static Giving whole(long bytes) {
    return new Giving(bytes, bytes, 8 << 10, Then.END);
  }

  /// Gives the first `untilBytes` and dies.
  public static Giving dying(long totalBytes, long untilBytes) {
    return new Giving(totalBytes, untilBytes, 8 << 10, Then.DIE);
  }

  /// Gives the first `untilBytes` and stops.
  public static Giving stopping(long totalBytes, long untilBytes) {
    return new Giving(totalBytes, untilBytes, 8 << 10, Then.STOP);
  }

  /// The same, so many bytes at a time.
  public Giving pieces(int bytes) {
    return new Giving(totalBytes, untilBytes, bytes, then);
  }
}
