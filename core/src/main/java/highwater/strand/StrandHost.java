package highwater.strand;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Where threads meet a strand: its queue of turns from outside, its owner, and how it is woken.
///
/// One word, the inbox, tells all. It is the newest of the turns posted from other threads, linked to the older ones, or
/// ```
///            post, alarm: CAS, and ask for a thread             host found nothing left: CAS
///   IDLE ───────────────────────────────────────▶ null/turns ─────────────────────────────▶ CLOSED
///        ◀───────────────────────────────────────
///            host found nothing to do now: CAS from null
/// ```
/// Null means that a host has the strand or was asked to take it. So exactly one party asks, the one that replaced IDLE, and
/// a host cannot go while a turn is left, as its CAS from null fails. Everything the strand did before the CAS to IDLE
/// happens before the CAS that replaces it, hence before the next host: stream state is plain fields. A host that gives way
/// puts itself back into the pool's queue, whose lock orders the two.
///
/// Turns posted by the owner skip the inbox. Those already in the inbox are taken over first, so the order is the order in
/// which the posts happened, whoever made them.
final class StrandHost implements Runnable {
  /// How long a host turns one strand while another waits for it.
  static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// The file hosts: few, for they wait for disks and not for one another.
  static final Pool FILE_HOSTS = new Pool("file-host", Math.max(4, Runtime.getRuntime().availableProcessors()));

  /// The threads of strands that are woken often; none of them is waited for.
  private static final Pool PLATFORM_HOSTS = new Pool("host", FILE_HOSTS.most());

  private static final Runnable NOTHING = new Nothing();
  private static final Posted IDLE = new Posted(NOTHING);
  private static final Posted CLOSED = new Posted(NOTHING);
  private static final int TURNS_PER_LOOK = 16;
  private static final ThreadLocal<@Nullable Strand> CURRENT = new ThreadLocal<>();
  private static final VarHandle INBOX;
  private static final VarHandle OWNER;

  static {
    try {
      var lookup = MethodHandles.lookup();
      INBOX = lookup.findVarHandle(StrandHost.class, "inbox", Posted.class);
      OWNER = lookup.findVarHandle(StrandHost.class, "owner", Thread.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// How this strand gets a thread. CALLER: one thread turns it from start to end and parks between.
  enum Kind {
    CALLER,
    FILE_HOST,
    VIRTUAL_THREAD,
    PLATFORM_THREAD,
    HAND_TURNED
  }

  private final Strand strand;
  private final Kind kind;

  /// CALLER: whom to unpark. Elsewhere null.
  private final @Nullable Thread caller;

  /// Any thread, by CAS.
  private volatile @Nullable Posted inbox;

  /// Set and cleared by the owner itself. Others read it without order: nobody but the owner can see its own thread here.
  private @Nullable Thread owner;

  /// The owner alone: what wakes an idle strand for its first timer, and when.
  private @Nullable ScheduledFuture<?> alarm;

  private long alarmNanos;

  StrandHost(Strand strand, Kind kind) {
    this.strand = strand;
    this.kind = kind;
    this.caller = kind == Kind.CALLER ? Thread.currentThread() : null;
    this.inbox = kind == Kind.CALLER || kind == Kind.HAND_TURNED ? null : IDLE;
  }

  /// The strand whose turn runs on this thread, or null.
  static @Nullable Strand current() {
    return CURRENT.get();
  }

  boolean isOwner() {
    return owner == Thread.currentThread();
  }

  /// The thread that has the strand now, for messages: it may be gone by the time it is read.
  @Nullable Thread ownerSeen() {
    return (Thread) OWNER.getOpaque(this);
  }

  Kind kind() {
    return kind;
  }

  // From any thread.

  /// Queues `turn` from another thread; false when the strand has ended.
  boolean post(Runnable turn) {
    var posted = new Posted(turn);
    for (; ; ) {
      var newest = inbox;
      if (newest == CLOSED) return false;
      posted.older = newest == IDLE ? null : newest;
      if (INBOX.compareAndSet(this, newest, posted)) {
        if (newest == IDLE) wake();
        return true;
      }
    }
  }

  boolean isClosed() {
    return inbox == CLOSED;
  }

  private void wake() {
    switch (kind) {
      case CALLER -> LockSupport.unpark(caller);
      case FILE_HOST -> FILE_HOSTS.execute(this);
      case PLATFORM_THREAD -> {
        if (!PLATFORM_HOSTS.executeNow(this)) wakeOnVirtualThread();
      }
      case VIRTUAL_THREAD -> wakeOnVirtualThread();
      case HAND_TURNED -> {
        // The hand comes when it comes.
      }
    }
  }

  private void wakeOnVirtualThread() {
    Thread.ofVirtual().name("highwater-" + strand).inheritInheritableThreadLocals(false).start(this);
  }

  // From the owner.

  /// Moves the turns from outside behind those already queued, oldest first.
  void takeInbox(TaskQueue turns) {
    if (inbox == null) return;
    var newest = (Posted) INBOX.getAndSet(this, null);
    @Nullable Posted oldest = null;
    while (newest != null) {
      var older = newest.older;
      newest.older = oldest;
      oldest = newest;
      newest = older;
    }
    for (; oldest != null; oldest = oldest.older) turns.add(oldest.turn, TaskQueue.PLAIN);
  }

  void takeUp() {
    assert ownerSeen() == null : "two hosts: " + ownerSeen() + " has " + strand;
    OWNER.setOpaque(this, Thread.currentThread());
    CURRENT.set(strand);
  }

  void giveUp() {
    assert isOwner();
    CURRENT.remove();
    OWNER.setOpaque(this, null);
  }

  /// Runs `body` as the owner, also on a thread that drives another strand.
  void takeUpNested(Runnable body) {
    var outer = CURRENT.get();
    takeUp();
    try {
      body.run();
    } finally {
      giveUp();
      if (outer != null) CURRENT.set(outer);
    }
  }

  /// Drives the strand on the calling thread from its first turn to its end; parks while there is nothing to do.
  void runHere() {
    assert kind == Kind.CALLER && caller == Thread.currentThread();
    boolean interrupted = false;
    takeUp();
    try {
      for (; ; ) {
        if (Thread.interrupted()) {
          interrupted = true;
          strand.interrupted();
        }
        switch (strand.advance()) {
          case RAN -> {}
          case WAITS -> park(strand.waitNanos());
          case OVER -> {
            if (close()) return;
          }
        }
      }
    } finally {
      giveUp();
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /// Waits until a turn is posted, `nanos` have passed or the thread is interrupted.
  private void park(long nanos) {
    if (!INBOX.compareAndSet(this, null, IDLE)) return;
    strand.putAway();
    long began = System.nanoTime();
    while (inbox == IDLE && !Thread.currentThread().isInterrupted()) {
      if (nanos == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        long left = nanos - (System.nanoTime() - began);
        if (left <= 0) break;
        LockSupport.parkNanos(this, left);
      }
    }
    INBOX.compareAndSet(this, IDLE, null);
  }

  /// One stay on a shared host: from taking the strand up until it waits, ends or gives way.
  @Override
  public void run() {
    takeUp();
    Stay stay;
    try {
      stay = turnAWhile();
    } catch (Throwable broken) {
      INBOX.setVolatile(this, CLOSED);
      if (isOwner()) giveUp();
      strand.broke(broken);
      throw broken;
    }
    switch (stay) {
      case LEFT -> {}
      case GAVE_WAY -> FILE_HOSTS.execute(this);
      case ENDED -> {
        strand.ended();
        if (strand.failure() instanceof VirtualMachineError broken) throw broken;
      }
    }
  }

  /// Turns until one of the three; the strand is given up before anybody else can take it.
  private Stay turnAWhile() {
    long began = System.nanoTime();
    for (int turns = 1; ; turns++) {
      // An interrupt that a turn left here is nobody's, and would close the next file channel that is touched.
      Thread.interrupted();
      switch (strand.advance()) {
        case RAN -> {
          if (kind == Kind.FILE_HOST) {
            if (FILE_HOSTS.isWaitedFor() && System.nanoTime() - began > SLICE_NANOS) {
              giveUp();
              return Stay.GAVE_WAY;
            }
          } else if (turns % TURNS_PER_LOOK == 0
              && System.nanoTime() - began > SLICE_NANOS
              && Thread.currentThread().isVirtual()) {
            Thread.yield();
            began = System.nanoTime();
          }
        }
        case WAITS -> {
          if (idle(strand.waitNanos())) return Stay.LEFT;
        }
        case OVER -> {
          if (close()) {
            giveUp();
            return Stay.ENDED;
          }
        }
      }
    }
  }

  private enum Stay {
    LEFT,
    GAVE_WAY,
    ENDED
  }

  /// Leaves the strand without a thread, to be woken by a post or in `nanos`; false if a turn came meanwhile.
  private boolean idle(long nanos) {
    if (inbox != null) return false;
    setAlarm(nanos);
    strand.putAway();
    giveUp();
    if (INBOX.compareAndSet(this, null, IDLE)) return true;
    takeUp();
    return false;
  }

  /// An alarm is a post: it cannot be lost between being set and the strand going idle. One that comes early, since its
  /// timer was cancelled, costs an empty turn.
  private void setAlarm(long nanos) {
    var set = alarm;
    if (nanos == Long.MAX_VALUE) {
      if (set != null) set.cancel(false);
      alarm = null;
      return;
    }
    long due = System.nanoTime() + nanos;
    if (set != null && !set.isDone()) {
      if (Math.abs(due - alarmNanos) < TimeUnit.MICROSECONDS.toNanos(10)) return;
      set.cancel(false);
    }
    alarmNanos = due;
    alarm = Alarms.CLOCK.schedule(() -> post(NOTHING), nanos, TimeUnit.NANOSECONDS);
  }

  /// Takes no more turns; false if one came meanwhile and may still be run.
  boolean close() {
    if (strand.isPastBound()) {
      INBOX.setVolatile(this, CLOSED);
    } else if (!INBOX.compareAndSet(this, null, CLOSED)) {
      return false;
    }
    setAlarm(Long.MAX_VALUE);
    return true;
  }

  /// A turn that only wakes the strand.
  private static final class Nothing implements Runnable {
    @Override
    public void run() {}
  }

  private static final class Posted {
    final Runnable turn;
    @Nullable Posted older;

    Posted(Runnable turn) {
      this.turn = turn;
    }
  }

  /// One thread that wakes idle strands for their timers; made with the first such timer, gone when none is left.
  private static final class Alarms {
    static final ScheduledThreadPoolExecutor CLOCK = make();

    private static ScheduledThreadPoolExecutor make() {
      var clock = new ScheduledThreadPoolExecutor(1, body -> new HighwaterThread("alarms", body));
      clock.setRemoveOnCancelPolicy(true);
      clock.setKeepAliveTime(10, TimeUnit.SECONDS);
      clock.allowCoreThreadTimeOut(true);
      return clock;
    }
  }
}
