package highwater;

import org.jspecify.annotations.Nullable;

/// Whether those who take the chunks of one readable get in each other's way: a pipe and listeners for `data` see the
/// same chunks, but a listener for `readable` stops their flow, and a reader, an operator or a terminal takes what they
/// then miss.
///
/// Source: Node 26, "choose one": it warns of all that `Ownership` does not refuse and is found here.
enum Consumers {
  DATA,
  READABLE,
  PIPE,
  CHUNKS;

  /// Tells of one who takes the chunks of `side` already in another way than `newcomer`, who is about to.
  void check(ReadableSide<?> side, String newcomer) {
    var first = firstInTheWay(side);
    if (first == null) return;
    var name = side.life().name();
    var place = CallSite.here();
    Misuse.found(
        Misuse.Kind.TWO_CONSUMERS,
        name,
        place,
        newcomer
            + " at "
            + place
            + " takes chunks of "
            + name
            + " beside "
            + Ownership.describe(first)
            + ": one takes what the other misses, or stops its flow; read a stream in one way, or pipe() it into two");
  }

  private @Nullable Object firstInTheWay(ReadableSide<?> side) {
    var life = side.life();
    if (this != CHUNKS && !side.takers.isEmpty()) return side.takers.getFirst();
    if (this != READABLE) {
      for (var hook : life.hooks(Event.READABLE)) if (hook instanceof Listener) return hook;
    }
    if (this == READABLE || this == CHUNKS) {
      for (var hook : life.hooks(Event.DATA)) if (hook instanceof Listener || hook instanceof Pipe<?>) return hook;
    }
    return null;
  }
}
