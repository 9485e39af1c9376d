package highwater.hub;

/// What became of the chunks of one consumer, or of an inlet, at one moment: exact, and `given = received + dropped +
/// buffered` always.
///
/// Bytes are what the bound counts: `remaining()` of a buffer, or what the weigher said of an object. A chunk that was
/// cut (see [HubOptions#chunkAtMost]) counts as its pieces.
///
/// @param given what was meant for it since it joined, or for an inlet what was taken or dropped
/// @param received what it has taken
/// @param dropped what it will never get: by its policy, or because it left or was detached
/// @param buffered what waits for it
/// @param refused what an inlet handed back to its producer, which is not in `given`; nothing for other consumers
public record Tally(Amount given, Amount received, Amount dropped, Amount buffered, Amount refused) {
  /// A number of chunks and their bytes.
  ///
  /// @param chunks how many
  /// @param bytes their bytes together
  public record Amount(long chunks, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(long weight) {
      return new Amount(chunks + 1, bytes + weight);
    }

    Amount minus(long weight) {
      return new Amount(chunks - 1, bytes - weight);
    }
  }
}
