package highwater.hub;

import highwater.memory.ChunkBuffers;

/// How a [Broadcast] or a [Share] is set up; immutable, each change makes another.
///
/// @param boundBytes the most bytes held for the consumers that hold the source back, together
/// @param chunkMaxBytes the largest chunk held: larger buffers are cut into pieces, a heavier object fails the source
/// @param consumers how many consumers must be there before the first chunk is taken
/// @param goesOnAlone whether the source goes on when the last consumer has left
public record HubOptions(long boundBytes, long chunkMaxBytes, int consumers, boolean goesOnAlone) {
  /// Checks the figures.
  public HubOptions {
    if (boundBytes < 1) throw new IllegalArgumentException("bound: " + boundBytes + " bytes (expected: 1 or more)");
    if (chunkMaxBytes < 1 || chunkMaxBytes > boundBytes) {
      throw new IllegalArgumentException(
          "largest chunk: " + chunkMaxBytes + " bytes (expected: 1 to the bound of " + boundBytes + " bytes)");
    }
    if (consumers < 1) throw new IllegalArgumentException("consumers: " + consumers + " (expected: 1 or more)");
  }

  /// A hub that holds at most `boundBytes`, in chunks of at most 64 KiB, begins with its first consumer and stops its
  /// source when the last has left.
  public static HubOptions bound(long boundBytes) {
    return new HubOptions(boundBytes, Math.max(1, Math.min(boundBytes, ChunkBuffers.DEFAULT_BYTES)), 1, false);
  }

  /// The same for chunks of at most `bytes`.
  public HubOptions chunkAtMost(long bytes) {
    return new HubOptions(boundBytes, bytes, consumers, goesOnAlone);
  }

  /// The same, but the first chunk waits until `consumers` are there at one time: so that none of them misses it.
  public HubOptions startingWith(int consumers) {
    return new HubOptions(boundBytes, chunkMaxBytes, consumers, goesOnAlone);
  }

  /// The same, but the source is not stopped when the last consumer leaves: a broadcast's chunks then go nowhere, a
  /// share waits for the next consumer.
  public HubOptions goingOnAlone() {
    return new HubOptions(boundBytes, chunkMaxBytes, consumers, true);
  }
}
