package highwater.hub;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Progress;
import highwater.strand.Elsewhere;
import highwater.strand.Strand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The meeting point of a hub: chunks from one source, or from many producers, to any number of cursors, one a
/// consumer.
///
/// A chunk is there once, however many cursors have it before them, and its bytes count until the last has let go of
/// it. A cursor lags by what it was given and has not let go of; its [Pace] says what happens when the next chunk would
/// take that above its limit. So what is held never exceeds the bound, plus the limits of those cursors that do not
/// hold the source.
/// ```
///   OPEN ──end()──────────▶ ENDED        each cursor gets what is before it, then the end
///    │ ───fail(), also ENDED▶ FAILED     each cursor gets what is before it, then the failure
///    └────the last cursor left▶ ABANDONED  the source is told to stop
/// ```
/// One lock guards everything; wakes are called under it, as they post a turn and call nobody back. A source that found
/// no room is woken when half is empty, so that the two do not take turns chunk by chunk. Thread rule: any thread.
final class Ring<T> {
  enum Phase {
    OPEN,
    ENDED,
    FAILED,
    ABANDONED
  }

  enum Offer {
    /// At least one cursor has it.
    TAKEN,
    /// Every cursor has missed it.
    DROPPED,
    /// A cursor that holds the source has no room: the source is woken when it has.
    FULL,
    /// The ring is not OPEN.
    CLOSED
  }

  /// A chunk, and how many cursors have it.
  private static final class Entry<T> {
    final T chunk;
    final long weight;
    int holders;

    Entry(T chunk, long weight) {
      this.chunk = chunk;
      this.weight = weight;
    }
  }

  private final String name;
  private final HubOptions options;
  private final boolean onDemand;

  /// Told once, outside the lock, why the last cursor left.
  private final Consumer<? super Throwable> abandoned;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final ArrayList<Cursor> cursors = new ArrayList<>();

  private Phase phase = Phase.OPEN;
  private @Nullable Throwable reason;
  private long heldBytes;
  private Tally.Amount refused = Tally.Amount.NONE;

  /// As many cursors as wanted were there once.
  private boolean started;

  /// How many cursors that hold the source have something before them or in their hands: while any has, those behind the
  /// source work, and it counts there.
  private int lagging;

  private @Nullable Elsewhere elsewhere;
  private boolean hasSource;
  private @Nullable Runnable wakeOfSource;

  /// The source found no room, no demand or cursors that lag at the end: it is to be woken.
  private boolean sourceWaits;

  /// Makes a ring; with `onDemand` it wants a chunk only while a cursor has nothing before it and asks.
  Ring(String name, HubOptions options, boolean onDemand, Consumer<? super Throwable> abandoned) {
    this.name = name;
    this.options = options;
    this.onDemand = onDemand;
    this.abandoned = abandoned;
  }

  HubOptions options() {
    return options;
  }

  // The source.

  /// Names the one run that is the source; `wake` follows where it was told to wait, and what its consumers work counts in
  /// `elsewhere`.
  void attachSource(Runnable wake, @Nullable Elsewhere elsewhere) {
    lock.lock();
    try {
      if (hasSource) {
        throw new IllegalStateException(name + " has had its source: make another hub for another run");
      }
      hasSource = true;
      this.elsewhere = elsewhere;
      if (elsewhere != null && lagging > 0) elsewhere.begins();
      wakeOfSource = wake;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the source is to stop because nobody is left; throws what the hub was failed with.
  boolean isAbandoned() throws Exception {
    lock.lock();
    try {
      if (phase == Phase.FAILED) throw thrown(reason);
      return phase == Phase.ABANDONED;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the source should go on to its next chunk; else it is woken when it should.
  boolean wantsMore() {
    lock.lock();
    try {
      return orWake(started && (!onDemand || isAsked()));
    } finally {
      lock.unlock();
    }
  }

  private boolean isAsked() {
    for (var cursor : cursors) if (cursor.asks) return true;
    return false;
  }

  /// Whether an offer of `weight` would not be FULL; else the source is woken when there is room.
  boolean hasRoom(long weight) {
    lock.lock();
    try {
      return phase != Phase.OPEN || orWake(fits(weight));
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long weight) {
    for (var cursor : cursors) if (cursor.holdsSource() && !cursor.fits(weight)) return false;
    return true;
  }

  private boolean orWake(boolean holds) {
    sourceWaits(!holds);
    return holds;
  }

  private void sourceWaits(boolean waits) {
    if (waits == sourceWaits) return;
    sourceWaits = waits;
    for (var cursor : cursors) cursor.countWork();
  }

  /// Gives `chunk` to every cursor, as its pace allows; never waits, and counts what it refuses.
  Offer offer(T chunk, long weight) {
    lock.lock();
    try {
      var offer = append(chunk, weight);
      if (offer == Offer.FULL) refused = refused.plus(weight);
      return offer;
    } finally {
      lock.unlock();
    }
  }

  /// Does what [#offer] does, but waits while it would be FULL.
  Offer put(T chunk, long weight) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (; ; ) {
        var offer = append(chunk, weight);
        if (offer != Offer.FULL) return offer;
        woken.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private Offer append(T chunk, long weight) {
    assert weight >= 1 && weight <= options.boundBytes() : weight;
    if (phase != Phase.OPEN) return Offer.CLOSED;
    if (!fits(weight)) {
      sourceWaits(true);
      return Offer.FULL;
    }
    var entry = new Entry<>(chunk, weight);
    heldBytes += weight;
    // Held by this call, lest the count falls to nothing between two cursors.
    entry.holders = 1;
    cursors.removeIf(cursor -> !cursor.accept(entry));
    release(entry);
    if (cursors.isEmpty()) abandonIfAlone(new OverflowException("every consumer of " + name + " was detached"));
    return entry.holders > 0 ? Offer.TAKEN : Offer.DROPPED;
  }

  private void release(Entry<T> entry) {
    if (--entry.holders == 0) heldBytes -= entry.weight;
  }

  /// Says that no chunk follows, and that all is well.
  void end() {
    finish(Phase.ENDED, null);
  }

  /// Says that no chunk follows, because of `failure`; also after an end of which some have not heard.
  void fail(Throwable failure) {
    finish(Phase.FAILED, failure);
  }

  private void finish(Phase how, @Nullable Throwable failure) {
    lock.lock();
    try {
      boolean isNews = phase == Phase.OPEN || (phase == Phase.ENDED && how == Phase.FAILED);
      if (!isNews) return;
      phase = how;
      reason = failure;
      for (var cursor : cursors) cursor.countWork();
      for (var cursor : cursors) cursor.wake();
      wakeSource();
    } finally {
      lock.unlock();
    }
  }

  /// Whether every cursor that holds the source has let go of everything; else the source is woken when it has.
  boolean isDrained() {
    lock.lock();
    try {
      boolean drained = true;
      for (var cursor : cursors) drained &= !cursor.holdsSource() || cursor.lagBytes == 0;
      return orWake(drained);
    } finally {
      lock.unlock();
    }
  }

  Phase phase() {
    lock.lock();
    try {
      return phase;
    } finally {
      lock.unlock();
    }
  }

  @Nullable Throwable reason() {
    lock.lock();
    try {
      return reason;
    } finally {
      lock.unlock();
    }
  }

  /// The bytes of all chunks that some cursor has not let go of, each counted once.
  long heldBytes() {
    lock.lock();
    try {
      return heldBytes;
    } finally {
      lock.unlock();
    }
  }

  int consumers() {
    lock.lock();
    try {
      return cursors.size();
    } finally {
      lock.unlock();
    }
  }

  /// Who holds the source back, in words; from any thread.
  String heldBackBy() {
    lock.lock();
    try {
      if (!started) {
        return "the consumers of "
            + name
            + ", of which "
            + cursors.size()
            + " of "
            + options.consumers()
            + " are there";
      }
      @Nullable Cursor slowest = null;
      for (var cursor : cursors) {
        if (cursor.holdsSource() && (slowest == null || cursor.lagBytes > slowest.lagBytes)) slowest = cursor;
      }
      if (slowest == null || slowest.lagBytes == 0) return "the consumers of " + name;
      return slowest.consumer
          + (slowest.wake == null ? ", which nobody runs" : ", a consumer of " + name)
          + ", and which lags "
          + ByteSizes.inWords(slowest.lagBytes)
          + " behind";
    } finally {
      lock.unlock();
    }
  }

  private void wakeSource() {
    sourceWaits(false);
    woken.signalAll();
    if (wakeOfSource != null) wakeOfSource.run();
  }

  private void wakeSourceIfRoomy() {
    if (!sourceWaits) return;
    for (var cursor : cursors) {
      if (cursor.holdsSource() && cursor.lagBytes > options.boundBytes() / 2) return;
    }
    wakeSource();
  }

  private void abandonIfAlone(Throwable why) {
    if (!started || phase != Phase.OPEN || options.goesOnAlone()) return;
    phase = Phase.ABANDONED;
    reason = why;
    wakeSource();
  }

  /// The failure of a source as each consumer throws it: the same object, but for a `VirtualMachineError`, which is
  /// thrown again as it is only where it happened.
  private Exception thrown(@Nullable Throwable failure) {
    if (failure instanceof Exception exception) return exception;
    if (failure instanceof Error error && !(error instanceof VirtualMachineError)) throw error;
    return new IllegalStateException("the source of " + name + " failed: " + failure, failure);
  }

  Cursor cursor(String consumer, Pace pace) {
    return new Cursor(consumer, pace);
  }

  /// One consumer's place: what is before it, and what became of the rest. Its fields are guarded by the ring's lock.
  final class Cursor {
    private final String consumer;
    private final Pace pace;
    private final long limitBytes;
    private final ArrayDeque<Entry<T>> queue = new ArrayDeque<>();

    /// The chunk that a poll has announced: it is the consumer's already, for nothing may drop it before it is taken.
    private @Nullable Entry<T> announced;

    /// The chunk that the consumer has in its hands.
    private @Nullable Entry<T> lent;

    /// The bytes of `queue`, `announced` and `lent`.
    private long lagBytes;

    private boolean joined;
    private boolean left;
    private @Nullable Runnable wake;

    /// Where the time counts in which the source has room, and so works.
    private @Nullable Elsewhere sourcesWork;

    private boolean sourceWorks;

    /// It found nothing before it, and is to be woken.
    private boolean asks;

    /// Why it was detached.
    private @Nullable OverflowException detached;

    private Tally.Amount given = Tally.Amount.NONE;
    private Tally.Amount received = Tally.Amount.NONE;
    private Tally.Amount dropped = Tally.Amount.NONE;
    private Tally.Amount buffered = Tally.Amount.NONE;

    private Cursor(String consumer, Pace pace) {
      this.consumer = consumer;
      this.pace = pace;
      limitBytes =
          switch (pace) {
            case Pace.Hold() -> options.boundBytes();
            case Pace.DropOldest(var keepBytes) -> keepBytes;
            case Pace.DropNewest(var keepBytes) -> keepBytes;
            case Pace.Detach(var lagBytes) -> lagBytes;
          };
    }

    /// Has chunks kept for this consumer from now on, before it is there.
    void join() {
      lock.lock();
      try {
        enter();
      } finally {
        lock.unlock();
      }
    }

    /// The consumer is there; `wake` follows where a poll says WAITING. Joins, if that has not been done.
    void open(Runnable wake, Elsewhere elsewhere) {
      lock.lock();
      try {
        if (this.wake != null || left) {
          throw new IllegalStateException(consumer + " has had its run: ask the hub for another consumer");
        }
        this.wake = wake;
        sourcesWork = elsewhere;
        enter();
        countWork();
      } finally {
        lock.unlock();
      }
    }

    private void enter() {
      if (joined) return;
      joined = true;
      if (phase != Phase.OPEN) return;
      cursors.add(this);
      started |= cursors.size() >= options.consumers();
      if (sourceWaits) wakeSource();
    }

    /// Lets go of the chunk taken before, and looks for the next; throws what the source failed with, or that this
    /// consumer was detached.
    Progress poll() throws Exception {
      lock.lock();
      try {
        letGo();
        asks = false;
        if (announced != null) return Progress.READY;
        if (detached != null) throw detached;
        announced = queue.poll();
        if (announced != null) return Progress.READY;
        return switch (phase) {
          case OPEN -> {
            asks = true;
            if (onDemand && sourceWaits) wakeSource();
            yield Progress.WAITING;
          }
          case ENDED -> Progress.DONE;
          case FAILED -> throw thrown(reason);
          case ABANDONED ->
              throw new IllegalStateException(
                  name + " was stopped when its last consumer had left: join before, or use HubOptions.goingOnAlone");
        };
      } finally {
        lock.unlock();
      }
    }

    /// Takes the chunk that READY announced; it is the consumer's until its next poll.
    T take() {
      lock.lock();
      try {
        var next = announced;
        if (next == null) throw new IllegalStateException("take() without READY: poll first");
        announced = null;
        lent = next;
        buffered = buffered.minus(next.weight);
        received = received.plus(next.weight);
        return next.chunk;
      } finally {
        lock.unlock();
      }
    }

    /// The consumer needs no more, or failed with `why`; does nothing the second time.
    void leave(@Nullable Throwable why) {
      var cause = why != null ? why : new IllegalStateException(consumer + " needed no more");
      boolean last;
      lock.lock();
      try {
        if (left) return;
        left = true;
        countWork();
        asks = false;
        boolean wasOpen = phase == Phase.OPEN;
        letGo();
        if (announced != null) drop(announced);
        announced = null;
        dropAll();
        // One that was detached is out already.
        if (cursors.remove(this)) {
          if (cursors.isEmpty()) abandonIfAlone(cause);
          wakeSourceIfRoomy();
        }
        last = wasOpen && phase == Phase.ABANDONED;
      } finally {
        lock.unlock();
      }
      if (last) abandoned.accept(cause);
    }

    private void lags(long more) {
      boolean lagged = lagBytes > 0;
      lagBytes += more;
      boolean lags = lagBytes > 0;
      if (lags == lagged || !holdsSource()) return;
      lagging += lags ? 1 : -1;
      if (elsewhere == null) return;
      if (lags && lagging == 1) elsewhere.begins();
      else if (!lags && lagging == 0) elsewhere.ends();
    }

    /// Those before this consumer work, but while the source waits.
    private void countWork() {
      var counts = sourcesWork;
      boolean works = counts != null && phase == Phase.OPEN && !left && !sourceWaits;
      if (counts == null || works == sourceWorks) return;
      sourceWorks = works;
      if (works) counts.begins();
      else counts.ends();
    }

    boolean holdsSource() {
      return pace instanceof Pace.Hold;
    }

    private boolean fits(long weight) {
      return weight <= limitBytes - lagBytes;
    }

    /// Takes `entry`, or misses it; false where this consumer is detached.
    private boolean accept(Entry<T> entry) {
      given = given.plus(entry.weight);
      if (!fits(entry.weight)) {
        switch (pace) {
          case Pace.Hold() -> throw new AssertionError("no room for " + entry.weight + " at " + consumer);
          case Pace.DropOldest(_) -> {
            while (!fits(entry.weight) && !queue.isEmpty()) drop(queue.remove());
          }
          case Pace.DropNewest(_) -> {}
          case Pace.Detach(_) -> {
            detach(entry);
            return false;
          }
        }
        // What is in the consumer's hands cannot be dropped.
        if (!fits(entry.weight)) {
          dropped = dropped.plus(entry.weight);
          return true;
        }
      }
      queue.add(entry);
      entry.holders++;
      lags(entry.weight);
      buffered = buffered.plus(entry.weight);
      if (asks) wake();
      return true;
    }

    private void detach(Entry<T> entry) {
      long lag = lagBytes + entry.weight;
      dropped = dropped.plus(entry.weight);
      dropAll();
      detached =
          new OverflowException(
              consumer
                  + " was detached from "
                  + name
                  + ": it would lag "
                  + ByteSizes.inWords(lag)
                  + " behind (at most "
                  + ByteSizes.inWords(limitBytes)
                  + "): make it faster, or its pace less strict");
      wake();
    }

    private void dropAll() {
      for (Entry<T> entry; (entry = queue.poll()) != null; ) drop(entry);
    }

    private void drop(Entry<T> entry) {
      buffered = buffered.minus(entry.weight);
      dropped = dropped.plus(entry.weight);
      lags(-entry.weight);
      release(entry);
    }

    private void letGo() {
      var held = lent;
      if (held == null) return;
      lent = null;
      lags(-held.weight);
      release(held);
      wakeSourceIfRoomy();
    }

    private void wake() {
      asks = false;
      if (wake != null) wake.run();
    }

    Pace pace() {
      return pace;
    }

    long limitBytes() {
      return limitBytes;
    }

    /// What it was given and has not let go of, in bytes.
    long lagBytes() {
      lock.lock();
      try {
        return lagBytes;
      } finally {
        lock.unlock();
      }
    }

    Tally tally() {
      lock.lock();
      try {
        return new Tally(given, received, dropped, buffered, refused);
      } finally {
        lock.unlock();
      }
    }
  }

  /// Throws where the calling thread must not wait.
  static void refuseToWait(String call, String instead) {
    var strand = Strand.currentOrNull();
    if (strand == null) return;
    throw new IllegalStateException(call + " waits, and this thread drives " + strand + ": use " + instead);
  }
}
