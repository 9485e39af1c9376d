package highwater.strand;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One logical thread: a serial executor of turns, whose ticks run out before the next turn.
///
/// A *turn* is what Node calls a macrotask; [#post] queues one from any thread. A *tick* is what `process.nextTick` queues:
/// all ticks run, first in first out, those they queue themselves too, before the next turn. A timer that is due is a turn.
/// Turns go in rounds: first the timers due by now, by deadline, then the turns queued by now; neither can starve the other.
///
/// A strand owns no thread. Where it runs is `StrandHost`'s business, what runs next is decided here:
/// ```
///   OPEN ──uncaught()──▶ FAILING ──no turns, no holds, or 2 s past──▶ closed: run() throws the first error
///    │ ▲                    ▲
///    │ └── turns, timers,   └── no work left, but residents: each is abandoned
///    │     holds
///    └── no work, no residents ──▶ closed: run() returns
/// ```
/// Work is what is queued, timers (unless [Timer#unref()]), and holds. A hold is anything that will be answered: a source that
/// was asked, a write not yet acknowledged, a construct, final or destroy under way, a call made elsewhere.
///
/// Thread rule: [#post], [#execute], [#isCurrent], [#check], [#uncaught], [#nanoTime], [#driver], [#hasEnded] and the static
/// methods from any thread, everything else on the strand.
public final class Strand implements Executor {
  /// How long a failing run waits for the holds of what it abandoned; then they are left behind, and the error says so.
  public static final long LEFT_BEHIND_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Runnable[] NO_WATCHES = {};
  private static final AtomicInteger MADE = new AtomicInteger();

  private final int number = MADE.incrementAndGet();
  private final NanoClock clock;
  private final StrandHost host;
  private final TaskQueue ticks = new TaskQueue();

  /// What runs once no tick is left.
  private final TaskQueue afterTicks = new TaskQueue();

  private final TaskQueue turns = new TaskQueue();

  /// The queued turns that belong to this round.
  private int turnsLeft;

  private @Nullable TimerQueue timers;
  private int holds;

  /// Who looks when a turn is over; replaced on every change.
  private Runnable[] watches = NO_WATCHES;

  /// Whether anybody looks, for other threads.
  private volatile boolean watched;

  /// How long the turn that runs has waited for the strand, where somebody watches and that is known.
  private long lateNanos;

  private int rests;

  private final Residents residents = new Residents();

  /// The first error; the strand is FAILING from when it is set.
  private @Nullable Throwable failure;

  private long boundNanos;

  /// HAND_TURNED: who takes uncaught errors instead of the strand failing.
  private final @Nullable Consumer<Throwable> collector;

  /// Started: what tells that it is over.
  private final @Nullable CompletableFuture<@Nullable Void> ended;

  /// What the first interrupt of a waiting caller does; null where it ends the run.
  private @Nullable Runnable onInterrupt;

  private boolean interrupted;

  private Strand(
      StrandHost.Kind kind,
      NanoClock clock,
      @Nullable Consumer<Throwable> collector,
      @Nullable CompletableFuture<@Nullable Void> ended) {
    this.clock = clock;
    this.collector = collector;
    this.ended = ended;
    this.host = new StrandHost(this, kind);
  }

  static Strand handTurned(NanoClock clock, Consumer<Throwable> collector) {
    return new Strand(StrandHost.Kind.HAND_TURNED, clock, collector, null);
  }

  // Where a strand begins.

  /// The strand whose turn runs on this thread; throws `IllegalStateException` where there is none.
  public static Strand current() {
    var strand = StrandHost.current();
    if (strand == null) {
      throw new IllegalStateException(
          "no strand runs on thread "
              + Thread.currentThread().getName()
              + ": a stream is made and used on one, so call this inside Strand.run(() -> …), or in a turn:"
              + " strand.post(() -> …)");
    }
    return strand;
  }

  /// The strand whose turn runs on this thread, or null.
  public static @Nullable Strand currentOrNull() {
    return StrandHost.current();
  }

  /// Runs `program` as the first turn of a new strand and returns when no work is left.
  ///
  /// Blocks. A platform thread drives the strand itself, a virtual one waits for a file host to do so. Throws the first error
  /// that nobody handled: the same object if it is unchecked, else in an [UncaughtException]; later ones are suppressed in
  /// it. Throws [UnfinishedException] when residents are left that nobody will ever end. An interrupt ends the run with a
  /// `CancellationException`, and the interrupt flag is set again. Throws `IllegalStateException` on a strand and on a thread
  /// of the library's own; use [#start(Program)] there.
  public static void run(Program program) {
    runInterruptibly(NanoClock.SYSTEM, program, null);
  }

  /// Does what [#run(Program)] does, but an interrupt of the calling thread runs `onInterrupt` as a turn instead of ending the
  /// run: it cancels what it likes, and the run goes on until no work is left. Further interrupts change nothing; the interrupt
  /// flag is set again at the end.
  public static void run(Program program, Runnable onInterrupt) {
    runInterruptibly(NanoClock.SYSTEM, program, onInterrupt);
  }

  /// Runs `program` as the first turn of a new strand driven by a file host, and returns at once.
  ///
  /// Thread rule: any thread. Errors: those of [#run(Program)], in the handle.
  public static Running start(Program program) {
    return start(Hosting.FILE_HOST, program);
  }

  /// Runs `program` as the first turn of a new strand driven by `hosting`, and returns at once.
  public static Running start(Hosting hosting, Program program) {
    var kind =
        switch (hosting) {
          case FILE_HOST -> StrandHost.Kind.FILE_HOST;
          case VIRTUAL_THREAD -> StrandHost.Kind.VIRTUAL_THREAD;
          case PLATFORM_THREAD -> StrandHost.Kind.PLATFORM_THREAD;
        };
    return start(kind, program, null);
  }

  private static Running start(StrandHost.Kind kind, Program program, @Nullable Runnable onInterrupt) {
    var ended = new CompletableFuture<@Nullable Void>();
    var strand = new Strand(kind, NanoClock.SYSTEM, null, ended);
    strand.onInterrupt = onInterrupt;
    strand.post(() -> strand.begin(program));
    return new Running(strand, ended);
  }

  /// The clock is the strand's where the calling thread drives it; a wait of the thread is a real one all the same.
  static void runInterruptibly(NanoClock clock, Program program, @Nullable Runnable onInterrupt) {
    refuseToWait("Strand.run", "Strand.start");
    if (Thread.currentThread().isVirtual()) {
      start(StrandHost.Kind.FILE_HOST, program, onInterrupt).awaitThrough();
      return;
    }
    var strand = new Strand(StrandHost.Kind.CALLER, clock, null, null);
    strand.onInterrupt = onInterrupt;
    strand.turns.add((Runnable) () -> strand.begin(program), TaskQueue.PLAIN);
    strand.host.runHere();
    strand.ended();
    var failure = strand.failure();
    if (failure != null) throw UncaughtException.unchecked(failure);
  }

  /// Throws where a thread must not wait for a strand: it drives one, or others need it.
  static void refuseToWait(String call, String instead) {
    var current = StrandHost.current();
    if (current == null && !(Thread.currentThread() instanceof HighwaterThread)) return;
    throw new IllegalStateException(
        call
            + " waits, and "
            + Thread.currentThread().getName()
            + " must not: "
            + (current == null ? "it is a thread of Highwater's own" : "it drives " + current)
            + "; use "
            + instead);
  }

  private void begin(Program program) {
    try {
      program.run();
    } catch (Exception thrown) {
      uncaught(thrown);
    }
  }

  // Whose thread it is.

  /// Whether the calling thread drives this strand now.
  public boolean isCurrent() {
    return host.isOwner();
  }

  /// Throws `WrongThreadException`, saying what to use instead, when called off this strand; `call` is what was called.
  public void check(String call) {
    if (!host.isOwner()) throw wrongThread(call);
  }

  private WrongThreadException wrongThread(String call) {
    var owner = host.ownerSeen();
    return new WrongThreadException(
        call
            + " on thread "
            + Thread.currentThread().getName()
            + ", but it belongs to "
            + this
            + ", "
            + (host.isClosed()
                ? "which has ended"
                : owner == null ? "which no thread drives now" : "driven by " + owner.getName())
            + ": call it from a turn there, strand.post(() -> …)");
  }

  // Turns, ticks, timers.

  /// Queues `turn`, from any thread; false if the strand has ended, and then the turn never runs.
  public boolean post(Runnable turn) {
    if (!host.isOwner()) return host.post(watched ? new Late(turn) : turn);
    host.takeInbox(turns);
    turns.add(turn, TaskQueue.PLAIN);
    return true;
  }

  /// Does what [#post] does; throws `RejectedExecutionException` if the strand has ended.
  @Override
  public void execute(Runnable turn) {
    if (!post(turn)) throw new RejectedExecutionException(this + " has ended");
  }

  /// Queues `tick` to run after the current turn and the ticks before it.
  public void nextTick(Runnable tick) {
    check("nextTick");
    ticks.add(tick, TaskQueue.PLAIN);
  }

  /// Queues `target.tick(what)` as [#nextTick(Runnable)] does, and allocates nothing; `what` is any number but
  /// `Integer.MIN_VALUE`.
  public void nextTick(Ticked target, int what) {
    check("nextTick");
    assert what != TaskQueue.PLAIN : "a tick is any number but Integer.MIN_VALUE";
    ticks.add(target, what);
  }

  /// Queues `task` to run once no tick is left, still before the next turn; then come the ticks that it queues.
  ///
  /// For what answers somebody else's event and must not be in the middle of it: Node's reactions to a promise.
  public void afterTicks(Runnable task) {
    check("afterTicks");
    afterTicks.add(task, TaskQueue.PLAIN);
  }

  /// Queues `turn` for the moment `nanos` from now (0 or more) on the strand's clock; timers of one moment run in the order they
  /// were made.
  public Timer after(long nanos, Runnable turn) {
    check("after");
    if (nanos < 0) throw new IllegalArgumentException("timer: " + nanos + " ns (expected: 0 or more)");
    var queue = timers;
    if (queue == null) timers = queue = new TimerQueue();
    return queue.add(clock.nanoTime() + Math.min(nanos, Long.MAX_VALUE >> 1), turn);
  }

  /// The strand's clock, in nanoseconds since an arbitrary origin.
  public long nanoTime() {
    return clock.nanoTime();
  }

  // What keeps a strand.

  /// Counts one thing that will be answered; the strand does not end before [#release()].
  public void hold() {
    assert isCurrent() : "hold on " + Thread.currentThread();
    holds++;
  }

  /// Takes back one [#hold()].
  public void release() {
    assert isCurrent() : "release on " + Thread.currentThread();
    assert holds > 0 : "released more often than held";
    holds--;
  }

  /// Holds this strand for a call that goes on elsewhere; whoever answers it releases, from any thread.
  public Hold offload() {
    check("offload");
    holds++;
    return new Hold(this);
  }

  /// Makes `resident` belong here until it leaves.
  public void enter(Resident resident) {
    check("enter");
    residents.enter(resident);
  }

  /// Lets `resident` go; does nothing when it has gone.
  public void leave(Resident resident) {
    check("leave");
    residents.leave(resident);
  }

  /// Who lives here now, in the order in which they entered.
  public List<Resident> residents() {
    check("residents");
    return residents.all();
  }

  /// The thread that drives this strand now, or null where none does; from any thread, where it may be gone by the time it is
  /// read. For whoever asks why a turn does not end.
  public @Nullable Thread driver() {
    return host.ownerSeen();
  }

  /// Whether it has ended and takes no more turns; from any thread.
  public boolean hasEnded() {
    return host.isClosed();
  }

  /// Has `watch` run at the end of every turn, after its ticks, from this one on until [#unwatch]; it must be short, queue
  /// nothing and throw nothing.
  public void watch(Runnable watch) {
    check("watch");
    var more = Arrays.copyOf(watches, watches.length + 1);
    more[watches.length] = watch;
    watches = more;
    watched = true;
  }

  /// How late the turn that runs came: the nanoseconds since its timer's deadline, or since another thread posted it; 0 in a
  /// turn that this strand queued itself, or where nobody watches.
  public long lateNanos() {
    return lateNanos;
  }

  /// How often it has had nothing to run so far; wraps around. Whatever was ready before the last time has run.
  public int rests() {
    return rests;
  }

  /// Takes `watch` off; does nothing when it is not there.
  public void unwatch(Runnable watch) {
    check("unwatch");
    watches = Arrays.stream(watches).filter(other -> other != watch).toArray(Runnable[]::new);
    watched = watches.length > 0;
  }

  // What ends it.

  /// Ends the run with `error`, which nobody handled: after the task that runs now, all residents are abandoned, and when their
  /// holds are given back [#run(Program)] throws it. Later errors are suppressed in the first. From any thread.
  public void uncaught(Throwable error) {
    if (!host.isOwner()) {
      host.post(() -> uncaught(error));
    } else if (collector != null) {
      collector.accept(error);
    } else {
      fail(error);
    }
  }

  private void fail(Throwable error) {
    var first = failure;
    if (first == null) {
      failure = error;
      boundNanos = clock.nanoTime() + LEFT_BEHIND_AFTER_NANOS;
    } else if (first != error) {
      first.addSuppressed(error);
    }
  }

  /// The waiting caller was interrupted; a turn, or between two of them.
  void interrupted() {
    if (interrupted) return;
    interrupted = true;
    var hook = onInterrupt;
    if (hook == null) hook = () -> uncaught(new CancellationException("interrupted while Strand.run waited"));
    post(hook);
  }

  // For the host.

  /// What [#advance()] did.
  enum Advance {
    /// One turn and all its ticks.
    RAN,
    /// Nothing: no turn is ready, but one may come, or a timer.
    WAITS,
    /// Nothing, and nothing will come.
    OVER
  }

  /// Runs the next turn and all its ticks, if one is ready.
  Advance advance() {
    if (failure != null && isPastBound()) return Advance.OVER;
    var due = timers == null ? null : timers.takeDue();
    if (due == null && turnsLeft == 0) due = beginRound();
    if (due != null) {
      if (watches.length > 0) lateNanos = timers == null ? 0 : timers.lateNanos(clock.nanoTime());
      runTurn(due);
      lateNanos = 0;
    } else if (turnsLeft > 0) {
      turnsLeft--;
      runNextTurn();
      lateNanos = 0;
    } else {
      return whenNothingIsReady();
    }
    return Advance.RAN;
  }

  private @Nullable Runnable beginRound() {
    host.takeInbox(turns);
    turnsLeft = turns.size();
    var queue = timers;
    if (queue == null || queue.isEmpty()) return null;
    queue.beginRound(clock.nanoTime());
    return queue.takeDue();
  }

  private Advance whenNothingIsReady() {
    rests++;
    if (holds > 0) return Advance.WAITS;
    if (failure == null && hasKeepingTimers()) return Advance.WAITS;
    if (host.kind() == StrandHost.Kind.HAND_TURNED) return Advance.OVER;
    if (!residents.anyUnabandoned()) return Advance.OVER;
    if (failure == null) {
      fail(new UnfinishedException(residents.describe()));
      abandonResidents(null);
    } else {
      abandonResidents(failure);
    }
    runTicks();
    return Advance.RAN;
  }

  /// The nanoseconds until something is due here, `Long.MAX_VALUE` without anything.
  long waitNanos() {
    long now = clock.nanoTime();
    long timer = timers == null ? Long.MAX_VALUE : timers.waitNanos(now);
    return failure == null ? timer : Math.min(timer, Math.max(0, boundNanos - now));
  }

  /// Whether a failing strand has waited long enough.
  boolean isPastBound() {
    return failure != null && collector == null && clock.nanoTime() - boundNanos >= 0;
  }

  /// The first error, if one has come.
  @Nullable Throwable failure() {
    return failure;
  }

  /// Makes an idle strand small.
  void putAway() {
    ticks.putAway();
    afterTicks.putAway();
    turns.putAway();
  }

  /// The host has let go for good: says what was left behind, drops it, and tells whoever waits.
  void ended() {
    var error = failure;
    if (error != null && (holds > 0 || !turns.isEmpty())) {
      error.addSuppressed(
          new IllegalStateException(
              "left behind after "
                  + TimeUnit.NANOSECONDS.toSeconds(LEFT_BEHIND_AFTER_NANOS)
                  + " s: "
                  + describeWork()));
    }
    ticks.clear();
    afterTicks.clear();
    turns.clear();
    timers = null;
    if (ended == null) return;
    if (error == null) ended.complete(null);
    else ended.completeExceptionally(error);
  }

  /// The host fell over `error`, which no turn threw: tells whoever waits.
  void broke(Throwable error) {
    fail(error);
    ended();
  }

  /// Runs `turn` and all ticks.
  void runTurn(Runnable turn) {
    try {
      turn.run();
    } catch (Throwable thrown) {
      uncaught(thrown);
    }
    runTicks();
    if (watches.length > 0) turnEnded();
  }

  private void runNextTurn() {
    try {
      turns.runFirst();
    } catch (Throwable thrown) {
      uncaught(thrown);
    }
    runTicks();
    if (watches.length > 0) turnEnded();
  }

  private void turnEnded() {
    for (var watch : watches) watch.run();
  }

  private void runTicks() {
    if (failure != null) abandonResidents(failure);
    while (true) {
      var queue = ticks.isEmpty() ? afterTicks : ticks;
      if (queue.isEmpty()) return;
      try {
        queue.runFirst();
      } catch (Throwable thrown) {
        uncaught(thrown);
      }
      if (failure != null) abandonResidents(failure);
    }
  }

  /// Tells everybody who has not been told.
  private void abandonResidents(@Nullable Throwable cause) {
    for (Resident resident; (resident = residents.takeUnabandoned()) != null; ) {
      try {
        resident.abandon(cause);
      } catch (Throwable thrown) {
        uncaught(thrown);
      }
    }
  }

  // For the hand.

  StrandHost host() {
    return host;
  }

  /// Takes over what was posted from other threads.
  void takePosted() {
    host.takeInbox(turns);
  }

  boolean hasKeepingTimers() {
    return timers != null && timers.keeping() > 0;
  }

  /// Whether anything is queued, due, held or resident.
  boolean hasWork() {
    return !turns.isEmpty() || holds > 0 || hasKeepingTimers() || !residents.isEmpty();
  }

  /// What [#hasWork()] found, in words.
  String describeWork() {
    var described = residents.describe();
    return turns.size()
        + " turns, "
        + (timers == null ? 0 : timers.keeping())
        + " timers, "
        + holds
        + " holds, "
        + described.size()
        + " residents"
        + (described.isEmpty() ? "" : ": " + String.join("; ", described));
  }

  /// Names this strand in messages.
  @Override
  public String toString() {
    return "strand-" + number;
  }

  /// A turn that came from another thread while somebody watches: it knows how long it has waited.
  private final class Late implements Runnable {
    private final Runnable turn;
    private final long postedNanos = clock.nanoTime();

    Late(Runnable turn) {
      this.turn = turn;
    }

    @Override
    public void run() {
      lateNanos = clock.nanoTime() - postedNanos;
      turn.run();
    }
  }

  /// What a strand runs first.
  @FunctionalInterface
  public interface Program {
    /// Makes streams and sets them going; what it throws ends the run.
    void run() throws Exception;
  }
}
