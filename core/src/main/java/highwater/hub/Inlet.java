package highwater.hub;

import highwater.CancelHandle;
import highwater.Registration;
import highwater.pipeline.ByteSizes;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/// The way in for foreign threads: any number of producers give chunks, one pipeline or live stream takes them, and a
/// buffer bounded in bytes lies between.
///
/// Chunks of one producer keep their order. What happens when there is no room the [Overflow] says; what was refused or
/// dropped is counted exactly. A buffer that is given is given away: its content is frozen, so an API that uses its
/// buffer again needs a copy; an empty one is taken and ignored. When the consumer has left, nothing is taken any more,
/// `offer` answers CLOSED, a `put` that waits throws, and [#onCancel] tells. Producers may begin before the consumer is
/// there; a run that is stopped before it has opened its origin was never there, so where no other follows, [#fail] the
/// inlet.
///
/// Source: Node's `stream/iter`, `push`. Thread rule: any thread, as many at a time as there are. Cost: one short lock
/// a chunk.
public final class Inlet<T> {
  /// What became of a chunk that was offered.
  public enum Offer {
    /// The consumer will get it, unless older chunks are dropped.
    TAKEN,
    /// There is no room; the caller still has it.
    REFUSED,
    /// There was no room, and it was dropped.
    DROPPED,
    /// Nothing is taken any more: the consumer has left, or this side has ended or failed.
    CLOSED
  }

  private final String name;
  private final Cargo<T> cargo;
  private final Overflow overflow;
  private final Ring<T> ring;
  private final Ring<T>.Cursor cursor;
  private final CancelHandle left = new CancelHandle();
  private final CopyOnWriteArrayList<Producer> producers = new CopyOnWriteArrayList<>();

  /// A producer that waits for room without a thread; each is an object of its own, so that it can be taken off.
  private static final class Producer {
    private final Strand strand;
    private final Runnable turn;

    Producer(Strand strand, Runnable turn) {
      this.strand = strand;
      this.turn = turn;
    }
  }

  private Inlet(String name, Cargo<T> cargo, long boundBytes, Overflow overflow) {
    this.name = name;
    this.cargo = cargo;
    this.overflow = overflow;
    ring = new Ring<>(name, new HubOptions(boundBytes, boundBytes, 1, false), false, left::cancel);
    cursor =
        ring.cursor(
            name,
            switch (overflow) {
              case BLOCK, REFUSE, FAIL -> Pace.hold();
              case DROP_OLDEST -> Pace.dropOldest(boundBytes);
              case DROP_NEWEST -> Pace.dropNewest(boundBytes);
            });
    ring.attachSource(this::wakeProducers, null);
    cursor.join();
  }

  /// Makes an inlet for bytes, called `name` in messages, that holds at most `boundBytes`.
  public static Inlet<ByteBuffer> ofBytes(String name, long boundBytes, Overflow overflow) {
    return new Inlet<>(name, Cargo.ofBytes(), boundBytes, overflow);
  }

  /// Makes an inlet for objects, which `weigher` weighs in bytes, 1 or more each, that holds at most `boundBytes`.
  public static <T> Inlet<T> ofObjects(
      String name, long boundBytes, ToLongFunction<? super T> weigher, Overflow overflow) {
    return new Inlet<>(name, Cargo.ofObjects(weigher), boundBytes, overflow);
  }

  /// Where the chunks come out: the origin of one run, or a live readable by `open()`. A second run is refused.
  public Branch<T> origin() {
    return new Branch<>(name, name, cargo, ring, cursor, ring.options().boundBytes(), () -> {});
  }

  /// Gives `chunk` and never waits. Throws `IllegalArgumentException` for one that is larger than the whole bound: it
  /// would never find room.
  public Offer offer(T chunk) {
    long weight = checkedWeight(chunk);
    if (weight == 0) return ring.phase() == Ring.Phase.OPEN ? Offer.TAKEN : Offer.CLOSED;
    return switch (ring.offer(chunk, weight)) {
      case TAKEN -> Offer.TAKEN;
      case DROPPED -> Offer.DROPPED;
      case CLOSED -> Offer.CLOSED;
      case FULL -> {
        if (overflow != Overflow.FAIL) yield Offer.REFUSED;
        ring.fail(overflown(weight));
        yield Offer.CLOSED;
      }
    };
  }

  /// Gives `chunk`, and with [Overflow#BLOCK] waits for room; otherwise it is [#offer] with exceptions for answers.
  ///
  /// Throws `StreamException` when nothing is taken any more (`ERR_STREAM_WRITE_AFTER_END`, or `ERR_STREAM_DESTROYED`
  /// with the consumer's reason or this side's failure), also where that happens during the wait; [OverflowException]
  /// where there is no room and the policy refuses or fails; `InterruptedException`, and then the chunk was not given;
  /// and `IllegalStateException` on a strand, where waiting would stop it.
  public void put(T chunk) throws InterruptedException {
    if (overflow != Overflow.BLOCK) {
      putNow(chunk);
      return;
    }
    Ring.refuseToWait("put() to " + name, "offer()");
    long weight = checkedWeight(chunk);
    if (weight == 0) return;
    if (ring.put(chunk, weight) == Ring.Offer.CLOSED) throw Branch.closed(name, ring.phase(), ring.reason());
  }

  private void putNow(T chunk) {
    switch (offer(chunk)) {
      case TAKEN, DROPPED -> {}
      case REFUSED -> throw overflown(cargo.weigh(chunk));
      case CLOSED -> {
        if (ring.reason() instanceof OverflowException overflown) throw overflown;
        throw Branch.closed(name, ring.phase(), ring.reason());
      }
    }
  }

  private long checkedWeight(T chunk) {
    long weight = cargo.weigh(chunk);
    long boundBytes = ring.options().boundBytes();
    if (weight <= boundBytes) return weight;
    throw new IllegalArgumentException(
        "a chunk of "
            + ByteSizes.inWords(weight)
            + " never fits "
            + name
            + ", whose bound is "
            + ByteSizes.inWords(boundBytes)
            + ": enlarge the bound, or give smaller chunks");
  }

  private OverflowException overflown(long weight) {
    return new OverflowException(
        "no room in "
            + name
            + " for "
            + ByteSizes.inWords(weight)
            + ": its consumer lags "
            + ByteSizes.inWords(cursor.lagBytes())
            + ", the bound is "
            + ByteSizes.inWords(ring.options().boundBytes())
            + ": make it larger, or choose to block or to drop");
  }

  /// Says that no chunk follows, from any producer; those that wait in [#put] are woken and throw. The first of `end`
  /// and [#fail] counts, but a failure after an end that the consumer has not heard of is told in its place.
  public void end() {
    ring.end();
  }

  /// Fails the consumer with `error`, after what was buffered.
  public void fail(Throwable error) {
    ring.fail(error);
  }

  /// Whether nothing is taken any more.
  public boolean isClosed() {
    return ring.phase() != Ring.Phase.OPEN;
  }

  /// Has `listener` told why, once, when the consumer leaves before the end, at once where it has already: the moment
  /// to unsubscribe from the API that gives the chunks. It is called on the consumer's strand and must be quick.
  public Registration onCancel(Consumer<? super Throwable> listener) {
    return left.onCancel(listener);
  }

  /// Has `turn` posted to `strand` whenever there is room after an offer was refused (when half is empty), and when
  /// nothing is taken any more: Node's `drain`, for a producer that must not wait. It may come without need. The
  /// registration may be removed on any thread.
  public Registration onRoom(Strand strand, Runnable turn) {
    var producer = new Producer(strand, turn);
    producers.add(producer);
    return () -> producers.remove(producer);
  }

  /// Under the ring's lock: posts, and calls nobody back.
  private void wakeProducers() {
    // One whose strand has ended will not come back.
    producers.removeIf(producer -> !producer.strand.post(producer.turn));
  }

  /// What became of the chunks so far.
  public Tally tally() {
    return cursor.tally();
  }

  /// The bytes held now, with the chunk in the consumer's hands.
  public long heldBytes() {
    return ring.heldBytes();
  }

  @Override
  public String toString() {
    return name + " (" + heldBytes() + " of " + ring.options().boundBytes() + " bytes held)";
  }
}
