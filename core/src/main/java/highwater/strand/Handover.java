package highwater.strand;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The one place where items cross threads: a queue between one producer and one consumer, bounded in bytes.
///
/// Each side is a strand or a thread. A strand never waits: it offers and polls, and where it finds no room or nothing, it
/// is called back by a turn ([#onRoom], [#onReady]). A thread may wait in [#put] and [#take].
/// ```
///   OPEN ──end()───▶ ENDED       what was put before can still be taken
///    │  ───fail()──▶ FAILED      what was put before can still be taken, then the failure is thrown
///    └─────cancel()▶ CANCELLED   by the consumer: what is queued is dropped, the producer is refused (from any phase)
/// ```
/// The items queued never weigh more than the bound together, but one that is larger passes alone, when the queue is empty.
/// An item of no bytes weighs 1, so the number of items has a bound too. What a side holds in its hands is its own to count.
/// A callback may come late, after what it tells of was seen already. A producer that found no room is called back when half is empty,
/// so that the two do not take turns item by item; a consumer is called back at once, and takes all there is. Threads look a
/// while before they sleep, unless they are virtual (a spinning one keeps its carrier from others) or there is one processor.
///
/// A lock guards all state: uncontended it is a small part of what a hop between threads costs, and turns are posted under
/// it, as posting calls nobody back. Thread rule: any thread, but one producer and one consumer at a time; `cancel`, `fail`
/// and `end` from any thread, and the first of `fail` and `end` counts. It holds no strand: whoever waits for a
/// callback holds its own.
public final class Handover<T> {
  /// What became of an offer.
  public enum Offer {
    /// The consumer will get it.
    TAKEN,
    /// There is no room: offer it again when called back.
    FULL,
    /// The consumer has cancelled, or this side has failed: nothing is taken any more.
    REFUSED
  }

  /// How far the consumer has come.
  public enum Phase {
    /// More may come.
    OPEN,
    /// All was taken, and no more will come.
    ENDED,
    /// All was taken, and then the producer failed.
    FAILED,
    /// The consumer wanted no more.
    CANCELLED
  }

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1_000 : 0;

  private final long boundBytes;
  private final ToLongFunction<? super T> bytesOf;
  private final Consumer<? super T> dropped;
  private final ReentrantLock lock = new ReentrantLock();
  private final Side producer = new Side(lock.newCondition());
  private final Side consumer = new Side(lock.newCondition());
  private final ArrayDeque<Sized<T>> queue = new ArrayDeque<>();

  private Phase phase = Phase.OPEN;
  private long queuedBytes;

  /// The weight of the item that found no room; a callback is due when it has some.
  private long refusedBytes;

  private @Nullable Throwable reason;

  /// The consumer's strand had ended when it was to be called back. Read after the lock by whoever held it last.
  private boolean consumerGone;

  /// Where the time counts in which a side that is elsewhere works, and whether it does now.
  private @Nullable Elsewhere producersWork;

  private boolean producerWorks;
  private @Nullable Elsewhere consumersWork;
  private boolean consumerWorks;

  /// Hints for those who spin, written under the lock: something to take or the end; room again or the end.
  private volatile boolean looksReady;

  private volatile boolean looksRoomy = true;

  /// Makes a handover of at most `boundBytes`, which weighs items by `bytesOf` when they are offered.
  public Handover(long boundBytes, ToLongFunction<? super T> bytesOf) {
    this(boundBytes, bytesOf, _ -> {});
  }

  /// Makes one that gives each item it took and will never hand over, because the consumer cancelled, to `dropped`, on the
  /// thread that cancels: the place to give charges back.
  public Handover(long boundBytes, ToLongFunction<? super T> bytesOf, Consumer<? super T> dropped) {
    if (boundBytes < 1) throw new IllegalArgumentException("bound: " + boundBytes + " bytes (expected: 1 or more)");
    this.boundBytes = boundBytes;
    this.bytesOf = bytesOf;
    this.dropped = dropped;
  }

  // The producer's side.

  /// Names the strand that produces, before the first offer: `turn` is posted to it when there is room again after an offer found none, and when
  /// nothing is taken any more.
  public void onRoom(Strand strand, Runnable turn) {
    lock.lock();
    try {
      producer.attach(strand, turn);
      if (phase == Phase.CANCELLED) wakeProducer();
    } finally {
      lock.unlock();
    }
  }

  /// Has the producer's time count as work in `elsewhere` from now until it ends, but for that in which it has no room.
  public void countProducer(Elsewhere elsewhere) {
    lock.lock();
    try {
      producersWork = elsewhere;
      if (phase == Phase.OPEN && !producer.waits) producerWorks(true);
    } finally {
      lock.unlock();
    }
  }

  private void producerWorks(boolean works) {
    if (producersWork == null || works == producerWorks) return;
    producerWorks = works;
    if (works) producersWork.begins();
    else producersWork.ends();
  }

  /// Has the consumer's time count as work in `elsewhere`: from when there is something to take until it finds nothing.
  public void countConsumer(Elsewhere elsewhere) {
    lock.lock();
    try {
      consumersWork = elsewhere;
      if (!queue.isEmpty()) consumerWorks(true);
    } finally {
      lock.unlock();
    }
  }

  private void consumerWorks(boolean works) {
    if (consumersWork == null || works == consumerWorks) return;
    consumerWorks = works;
    if (works) consumersWork.begins();
    else consumersWork.ends();
  }

  /// Offers `item` and never waits; throws `IllegalStateException` after [#end()].
  public Offer offer(T item) {
    long bytes = bytesOf.applyAsLong(item);
    if (bytes < 0) throw new IllegalArgumentException("an item of " + bytes + " bytes (expected: 0 or more)");
    lock.lock();
    try {
      switch (phase) {
        case OPEN -> {}
        case ENDED -> throw new IllegalStateException("an item of " + bytes + " bytes after end(): offer before end()");
        case FAILED, CANCELLED -> {
          return Offer.REFUSED;
        }
      }
      if (!tryQueue(item, Math.max(1, bytes))) return Offer.FULL;
    } finally {
      lock.unlock();
    }
    if (consumerGone) cancelForTheGone();
    return Offer.TAKEN;
  }

  private boolean tryQueue(T item, long bytes) {
    if (!fits(bytes)) {
      refusedBytes = bytes;
      producer.waits = true;
      producerWorks(false);
      looksRoomy = false;
      return false;
    }
    producer.waits = false;
    consumerWorks(true);
    queue.add(new Sized<>(item, bytes));
    queuedBytes += bytes;
    wakeConsumer();
    return true;
  }

  /// Puts `item`, waiting for room; false when nothing is taken any more. An interrupt leaves the item with the caller.
  public boolean put(T item) throws InterruptedException {
    if (Thread.interrupted()) throw new InterruptedException();
    for (; ; ) {
      switch (offer(item)) {
        case TAKEN -> {
          return true;
        }
        case REFUSED -> {
          return false;
        }
        case FULL -> awaitRoom();
      }
    }
  }

  private void awaitRoom() throws InterruptedException {
    if (maySpin()) for (int spin = 0; spin < SPINS && !looksRoomy; spin++) Thread.onSpinWait();
    lock.lockInterruptibly();
    try {
      while (producer.waits) producer.woken.await();
    } finally {
      lock.unlock();
    }
  }

  /// Says that no more will come.
  public void end() {
    finish(Phase.ENDED, null);
  }

  /// Says that no more will come, because of `failure`: the consumer gets it after what was put before.
  public void fail(Throwable failure) {
    finish(Phase.FAILED, failure);
  }

  private void finish(Phase how, @Nullable Throwable failure) {
    lock.lock();
    try {
      if (phase != Phase.OPEN) return;
      phase = how;
      reason = failure;
      producerWorks(false);
      wakeConsumer();
      if (producer.waits) wakeProducer();
    } finally {
      lock.unlock();
    }
    if (consumerGone) cancelForTheGone();
  }

  // The consumer's side.

  /// Names the strand that consumes: `turn` is posted to it when there is something to poll, or the end, after a poll found
  /// nothing, and now if there is already.
  public void onReady(Strand strand, Runnable turn) {
    lock.lock();
    try {
      consumer.attach(strand, turn);
      consumer.waits = true;
      if (!queue.isEmpty() || phase != Phase.OPEN) wakeConsumer();
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next item and never waits; null when there is none now, and [#phase()] tells whether more may come.
  public @Nullable T poll() {
    lock.lock();
    try {
      var next = queue.poll();
      if (next == null) {
        consumerWorks(false);
        consumer.waits = phase == Phase.OPEN;
        looksReady = !consumer.waits;
        return null;
      }
      queuedBytes -= next.bytes;
      if (producer.waits && hasRoomAgain()) wakeProducer();
      return next.item;
    } finally {
      lock.unlock();
    }
  }

  /// Gives all that is ready to `receiver`, in order and outside the lock, and returns how many that were; never waits.
  ///
  /// Their bytes count as taken at once, so up to the bound rests with the receiver meanwhile. What it throws escapes, and the
  /// items behind are dropped.
  public int drain(Consumer<? super T> receiver) {
    ArrayDeque<Sized<T>> ready;
    lock.lock();
    try {
      ready = new ArrayDeque<>(queue);
      queue.clear();
      queuedBytes = 0;
      consumer.waits = phase == Phase.OPEN;
      looksReady = !consumer.waits;
      if (producer.waits) wakeProducer();
    } finally {
      lock.unlock();
    }
    int count = ready.size();
    try {
      for (Sized<T> next; (next = ready.poll()) != null; ) receiver.accept(next.item);
    } finally {
      for (var left : ready) dropped.accept(left.item);
    }
    return count;
  }

  /// Takes the next item, waiting for it; null at the end, and when this side has cancelled.
  ///
  /// Throws `ExecutionException` around what the producer failed with, once what was put before is taken.
  public @Nullable T take() throws InterruptedException, ExecutionException {
    if (Thread.interrupted()) throw new InterruptedException();
    for (; ; ) {
      var item = poll();
      if (item != null) return item;
      switch (phase()) {
        case OPEN -> awaitReady();
        case ENDED, CANCELLED -> {
          return null;
        }
        case FAILED -> throw new ExecutionException(reason());
      }
    }
  }

  private void awaitReady() throws InterruptedException {
    if (maySpin()) for (int spin = 0; spin < SPINS && !looksReady; spin++) Thread.onSpinWait();
    lock.lockInterruptibly();
    try {
      while (consumer.waits) consumer.woken.await();
    } finally {
      lock.unlock();
    }
  }

  /// How far the consumer has come: ENDED and FAILED only when all that was put before is taken.
  public Phase phase() {
    lock.lock();
    try {
      return queue.isEmpty() ? phase : Phase.OPEN;
    } finally {
      lock.unlock();
    }
  }

  /// What the producer failed with, or the consumer cancelled with; null while neither has happened.
  public @Nullable Throwable reason() {
    lock.lock();
    try {
      return reason;
    } finally {
      lock.unlock();
    }
  }

  /// Wants no more, because of `why`: drops what is queued and refuses what comes. Both sides are called back or wake.
  public void cancel(Throwable why) {
    ArrayDeque<Sized<T>> left;
    lock.lock();
    try {
      if (phase == Phase.CANCELLED) return;
      phase = Phase.CANCELLED;
      reason = why;
      left = new ArrayDeque<>(queue);
      queue.clear();
      queuedBytes = 0;
      wakeProducer();
      wakeConsumer();
      producerWorks(false);
      consumerWorks(false);
    } finally {
      lock.unlock();
    }
    for (var item : left) dropped.accept(item.item);
  }

  // Both.

  /// The bytes queued now, at most the bound unless a single larger item is.
  public long queuedBytes() {
    lock.lock();
    try {
      return queuedBytes;
    } finally {
      lock.unlock();
    }
  }

  /// The bound, in bytes.
  public long boundBytes() {
    return boundBytes;
  }

  private boolean fits(long bytes) {
    return queue.isEmpty() || bytes <= boundBytes - queuedBytes;
  }

  /// Half is empty, and the item that found no room would find it.
  private boolean hasRoomAgain() {
    return queuedBytes <= boundBytes / 2 && fits(refusedBytes);
  }

  private void wakeProducer() {
    looksRoomy = true;
    if (phase == Phase.OPEN) producerWorks(true);
    if (!producer.wake() && phase == Phase.OPEN) {
      // Its strand has ended and said nothing: the consumer would wait for ever.
      phase = Phase.FAILED;
      reason = new IllegalStateException("the producer's strand has ended without end() or fail()");
      wakeConsumer();
    }
  }

  private void wakeConsumer() {
    looksReady = true;
    if (consumer.waits && !consumer.wake()) consumerGone = true;
  }

  /// Nobody would ever take what is queued, nor make room. Outside the lock, for `dropped` is not ours.
  private void cancelForTheGone() {
    cancel(new IllegalStateException("the consumer's strand has ended without cancel()"));
  }

  private static boolean maySpin() {
    return !Thread.currentThread().isVirtual();
  }

  private record Sized<T>(T item, long bytes) {}

  /// One side, and how it is called back. Guarded by the lock.
  private static final class Side {
    final Condition woken;
    boolean waits;
    @Nullable Strand strand;
    @Nullable Runnable turn;

    Side(Condition woken) {
      this.woken = woken;
    }

    void attach(Strand strand, Runnable turn) {
      if (this.strand != null) throw new IllegalStateException("this side is on " + this.strand + " already");
      this.strand = strand;
      this.turn = turn;
    }

    /// Calls back; false if the strand to call back has ended.
    boolean wake() {
      waits = false;
      woken.signalAll();
      return strand == null || turn == null || strand.post(turn);
    }
  }
}
