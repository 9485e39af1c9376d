package highwater.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The objects between two runs of which one feeds the other: a ring with one producer and one consumer, without a lock.
///
/// Each side has a count that it alone writes: what was put, what was taken. Each sees the other's count seldom, once for all
/// the objects that it tells of, so that the two processors do not pass one line of memory to and fro for each. A side that
/// cannot go on looks for a while ([#LOOK_NANOS]), then says that it waits and looks once more; the other one reads that
/// after it has moved its own count. With a full fence in both, one of the two sees the other.
/// ```
///   producer: slot ─▶ put++ ──fence──▶ does the consumer wait? wake it      full:  waits ──fence──▶ half free? go on : park
///   consumer: slot ─▶ taken++ … ──fence──▶ does the producer wait, and is half free? wake it        empty: the same
/// ```
/// Nothing is kept back: what was put is seen by a consumer that looks, however long the producer's next step takes. Where
/// looks were in vain, as the other side is slow or must wait for this one's processor, most waits begin without one
/// ([Looks]).
///
/// Thread rule: the producer's and the consumer's methods by one thread at a time each; both wakes from any thread.
final class Crossing<T> {
  /// How long a side looks before it waits: about what it takes to wake a sleeping processor.
  private static final long LOOK_NANOS =
      Runtime.getRuntime().availableProcessors() > 1 ? TimeUnit.MICROSECONDS.toNanos(50) : 0;

  /// The most waits between two looks: looks in vain then take less than a microsecond for each wait.
  private static final int MOST_SKIPPED = 63;

  /// How often a side pauses between two looks at the other's count: each costs the other one a miss.
  private static final int PAUSES = 64;

  /// The counts lie in lines of their own, with one between, as processors fetch two at a time.
  private static final int PUT = 16;

  private static final int TAKEN = 48;
  private static final int MOST = 80;
  private static final int CELLS = 96;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

  private final int bound;
  private final @Nullable Object[] slots;
  private final int mask;
  private final long[] cells = new long[CELLS];

  private final long lookNanos;

  private final Producing producing;
  private final Consuming consuming;

  /// Each side says that it waits; the other one takes that back when it wakes it.
  private volatile boolean producerWaits;

  private volatile boolean consumerWaits;

  private volatile Runnable wakeProducer = () -> {};
  private volatile Runnable wakeConsumer = () -> {};

  /// No more will be put.
  private volatile boolean ended;

  /// What the producer alone touches.
  private static final class Producing {
    final Looks looks = new Looks();
    long put;
    long takenSeen;
  }

  /// What the consumer alone touches.
  private static final class Consuming {
    final Looks looks = new Looks();
    long taken;
    long putSeen;
    long most;
  }

  /// Whether a side looks before a wait: always while that is worth it; after looks in vain 1, 3, 7 … waits begin without.
  private static final class Looks {
    private int left;
    private int skippedNext;

    boolean isDue() {
      if (left == 0) return true;
      left--;
      return false;
    }

    void worthIt() {
      skippedNext = 0;
    }

    void inVain() {
      left = skippedNext;
      skippedNext = Math.min(2 * skippedNext + 1, MOST_SKIPPED);
    }
  }

  /// For at most `bound` objects, 1 or more.
  Crossing(int bound) {
    this(bound, LOOK_NANOS);
  }

  /// One whose sides look for `lookNanos` before they wait; 0 for not at all.
  Crossing(int bound, long lookNanos) {
    this.bound = bound;
    this.lookNanos = lookNanos;
    producing = new Producing();
    consuming = new Consuming();
    slots = new @Nullable Object[Integer.highestOneBit(Math.max(bound, 2) - 1) << 1];
    mask = slots.length - 1;
  }

  // The producer.

  /// Names what wakes the producer, before the first object.
  void producerWokenBy(Runnable wake) {
    wakeProducer = wake;
  }

  /// Puts one object, for which there is room ([#hasRoom()]), and tells whether there is room for another.
  boolean put(T object) {
    var mine = producing;
    long put = mine.put;
    assert put - mine.takenSeen < bound : put;
    SLOT.set(slots, (int) put & mask, object);
    mine.put = put + 1;
    // A full fence: the count is seen before it is asked who waits.
    CELL.setVolatile(cells, PUT, put + 1);
    if (consumerWaits) wakeConsumer();
    return hasRoom();
  }

  /// Whether one more can be put. Once it was full, half of it must be free, so that the two do not take turns.
  boolean hasRoom() {
    var mine = producing;
    return mine.put - mine.takenSeen < bound || isHalfFree();
  }

  /// Waits a little for half of it to be free, where it is full; false where it is not, and a wake will come.
  boolean awaitRoom() {
    var mine = producing;
    if (lookNanos > 0 && mine.looks.isDue()) {
      long began = System.nanoTime();
      do {
        pause();
        if (isHalfFree()) {
          mine.looks.worthIt();
          return true;
        }
      } while (System.nanoTime() - began < lookNanos);
      mine.looks.inVain();
    }
    producerWaits = true;
    if (!isHalfFree()) return false;
    producerWaits = false;
    return true;
  }

  private boolean isHalfFree() {
    var mine = producing;
    long taken = (long) CELL.getVolatile(cells, TAKEN);
    if (mine.put - taken > bound / 2) return false;
    mine.takenSeen = taken;
    return true;
  }

  /// Says that no more will be put.
  void end() {
    ended = true;
    wakeConsumer();
  }

  private void wakeConsumer() {
    consumerWaits = false;
    wakeConsumer.run();
  }

  // The consumer.

  /// Names what wakes the consumer, before the first look.
  void consumerWokenBy(Runnable wake) {
    wakeConsumer = wake;
  }

  /// Whether something can be taken; looks no further than the other side's count.
  boolean hasNext() {
    var mine = consuming;
    if (mine.taken < mine.putSeen) return true;
    mine.putSeen = (long) CELL.getVolatile(cells, PUT);
    long size = mine.putSeen - mine.taken;
    if (size > mine.most) {
      mine.most = size;
      CELL.setOpaque(cells, MOST, size);
    }
    return mine.taken < mine.putSeen;
  }

  /// Waits a little for something to take; false where nothing came, and a wake will come, or nothing more will be put.
  boolean awaitNext() {
    if (hasNext()) return true;
    letGoOn();
    var mine = consuming;
    if (lookNanos > 0 && !ended && mine.looks.isDue()) {
      long began = System.nanoTime();
      do {
        pause();
        if (hasNext()) {
          mine.looks.worthIt();
          return true;
        }
      } while (!ended && System.nanoTime() - began < lookNanos);
      mine.looks.inVain();
    }
    consumerWaits = true;
    if (!hasNext()) return false;
    consumerWaits = false;
    return true;
  }

  /// Whether everything was taken and no more will come.
  boolean isOver() {
    return ended && !hasNext();
  }

  /// Takes the next object, which [#hasNext()] has seen.
  @SuppressWarnings("unchecked") // Only objects of T are put.
  T take() {
    var mine = consuming;
    int slot = (int) mine.taken & mask;
    var object = (T) SLOT.get(slots, slot);
    if (object == null) throw new AssertionError("take without hasNext");
    SLOT.set(slots, slot, null);
    CELL.setRelease(cells, TAKEN, ++mine.taken);
    return object;
  }

  /// Wakes a producer that waits, where half is free; called by the consumer after it has taken some, or found nothing.
  void letGoOn() {
    VarHandle.fullFence();
    if (!producerWaits || (long) CELL.getOpaque(cells, PUT) - consuming.taken > bound / 2) return;
    producerWaits = false;
    wakeProducer.run();
  }

  // From any thread.

  /// How many were put and not taken.
  int size() {
    // First what was taken: the other way round it could be less than none.
    long taken = (long) CELL.getVolatile(cells, TAKEN);
    return (int) Math.min(bound, (long) CELL.getVolatile(cells, PUT) - taken);
  }

  /// The most that were seen there.
  int most() {
    return (int) Math.max(size(), (long) CELL.getOpaque(cells, MOST));
  }

  /// How many were put; grows with each.
  long moved() {
    return (long) CELL.getOpaque(cells, PUT);
  }

  /// Has the producer look again, as something has changed for it.
  void wakeProducer() {
    producerWaits = false;
    wakeProducer.run();
  }

  private static void pause() {
    for (int i = 0; i < PAUSES; i++) Thread.onSpinWait();
  }
}
