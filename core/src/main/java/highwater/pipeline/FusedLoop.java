package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis;
import highwater.Diagnosis.Cause;
import highwater.Diagnosis.Finding;
import highwater.Diagnosis.Wait;
import highwater.Waiting;
import highwater.memory.Budget;
import highwater.strand.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs a pipeline whose recipes all have parts, without streams between them: the fused pull loop (decision 0007).
///
/// One index, `at`, walks between the parts. It begins at the target and goes towards the origin while parts are
/// HUNGRY, and back towards the target with a chunk, or with the end:
///
/// ```
///   HUNGRY ─▶ at--            READY ─▶ chunk of `at` is offered to at + 1, at++
///   DONE ──▶ finish at + 1, at++; at the target: all is over       WAITING ─▶ the turn ends; the next one begins at the target
/// ```
///
/// A part is polled again only after the one behind it has answered HUNGRY, that is, has given back the chunk it was
/// lent. So at most one chunk rests between two parts, and each can reuse one buffer. Where a regular file meets
/// another with nothing between but parts that only look, the kernel moves the bytes first ([KernelCopy]), and the loop
/// finds the end.
///
/// A turn runs batches. After each it looks at the cancel flag and the clock, and after a millisecond it queues itself
/// behind the other turns of its strand.
final class FusedLoop extends Execution {
  static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// A batch ends with the first of these: small chunks share one look at the clock, large ones have their own where they
  /// take time. Both grow with the pace ([#MANY_NANOS]).
  static final int BATCH_POLLS = 64;

  static final long BATCH_BYTES = 64 << 10;

  static final long BATCH_BYTES_MAX = 64 * BATCH_BYTES;

  /// How many objects may move in one call ([BulkPull]): twice as many after a batch that was shorter than this, half
  /// as many or fewer after a longer one, as the time says, so that a slow function of the user's does not keep a cancel
  /// waiting. The batch in which a fast one becomes slow goes on to its end: to look at the clock there would cost all others.
  static final long MANY_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  static final int MANY_MAX = 1024;

  private final ArrayList<Part> parts = new ArrayList<>();

  /// The same once all are open, for the loop.
  private Part[] open = {};

  private final ArrayList<Place> places = new ArrayList<>();

  /// Which parts have answered DONE.
  private final boolean[] ended;

  /// What each part was lent and has not given back, to tell how far it had come when it failed; null for objects.
  private final @Nullable ByteBuffer[] lent;

  /// The chain that takes many objects at once from the part before it, by index; null elsewhere.
  private final @Nullable Chain[] takers;

  private int many = 16;
  private long batchBytes = BATCH_BYTES;

  /// How many polls the last batch had, objects that moved in one call included.
  private int polled;

  private final int last;

  /// The part at work.
  private int at;

  /// Whether the parts are being made and opened, and `at` is the one whose turn it is.
  private boolean opening;

  /// How far the end has come.
  ///
  /// ```
  /// MOVING ──every part is DONE──▶ COMMITTING ──each has settled──▶ CLOSED
  ///   └──────── failure or cancel ─────┴──▶ UNDOING ──each has settled, or had its time──▶ CLOSED
  /// ```
  private enum Phase {
    MOVING,
    COMMITTING,
    UNDOING,
    CLOSED
  }

  private Phase phase = Phase.MOVING;

  /// The part whose result is made final next; and whether it was told.
  private int committing;

  private boolean commitBegun;

  /// While UNDOING: what ended the run, and the parts that were aborted and have not settled.
  private @Nullable RuntimeException error;

  private final ArrayList<Part> unsettled = new ArrayList<>();
  private @Nullable Timer undoTimer;

  /// Parts before one that was DONE early: they were told that nobody needs them, and have not settled.
  private final ArrayList<Part> unneeded = new ArrayList<>();

  private @Nullable Timer unneededTimer;
  private boolean unneededLate;

  /// Not null as long as the kernel moves the bytes.
  private @Nullable KernelCopy kernelCopy;

  /// Whether a turn of it goes on: whoever asks who waits for whom meanwhile is in a call of a stage.
  private boolean inTurn;

  /// Whether a turn is queued already; set by whoever queues it, from any thread.
  private final AtomicBoolean turnQueued = new AtomicBoolean();

  /// The same objects for every turn and every wake.
  private final Runnable turn = this::turn;

  private final Runnable wake = this::queueTurn;

  private final Consumer<CancelledException> cancels = this::cancel;

  FusedLoop(Pipeline pipeline, Budget budget, long minimumBytes, @Nullable Runnable onEnd) {
    super(pipeline, budget, minimumBytes, onEnd);
    last = recipes.size() - 1;
    ended = new boolean[recipes.size()];
    lent = new @Nullable ByteBuffer[recipes.size()];
    takers = new @Nullable Chain[recipes.size() + 1];
  }

  /// Whether every recipe has a part.
  static boolean canRun(List<Recipe> recipes) {
    for (var recipe : recipes) {
      if (!(recipe instanceof PullOrigin<?> || recipe instanceof PullStage<?, ?> || recipe instanceof PullTarget<?>)) {
        return false;
      }
    }
    return true;
  }

  @Override
  void work() {
    turn();
  }

  private void openAll() throws Exception {
    opening = true;
    for (at = 0; at <= last; at++) {
      open(at, partOf(recipes.get(at)));
      var cancel = cancelled();
      if (cancel != null) throw cancel;
    }
    opening = false;
    open = parts.toArray(new Part[0]);
    for (int i = 1; i <= last; i++) if (parts.get(i - 1) instanceof BulkPull<?>) takers[i] = chainOf(parts.get(i));
    var copy = KernelCopy.of(parts, wake);
    if (copy != null && copy.begin(strand(), recipes.getFirst().footprint(0).chunkMaxBytes(), account))
      kernelCopy = copy;
  }

  private void open(int index, Part part) throws Exception {
    account.enter(index);
    var place = new Place(names.get(index), strand(), lendSurplus(), wake, cancels);
    parts.add(part);
    places.add(place);
    part.open(place);
    account.opened(index, part);
  }

  /// Opens what somebody waits for among those that the run did not come to, for them to be told; a part that does nothing
  /// has the place of any other.
  private void openAwaited(RuntimeException first) {
    Part unopened = () -> Progress.DONE;
    for (int i = parts.size(); i <= last; i++) {
      var part = unopened;
      boolean cannotBeMade = opening && i == at;
      try {
        if (recipes.get(i).isAwaited() && !cannotBeMade) part = partOf(recipes.get(i));
      } catch (Throwable later) {
        suppress(first, later);
      }
      try {
        open(i, part);
      } catch (Throwable later) {
        suppress(first, later);
      }
    }
  }

  private static Part partOf(Recipe recipe) {
    // No pattern switch here, for the sake of the start: see PipelineRun#result.
    if (recipe instanceof PullOrigin<?> origin) return origin.pull();
    if (recipe instanceof PullStage<?, ?> stage) return stage.step();
    if (recipe instanceof PullTarget<?> target) return target.put();
    throw new AssertionError(recipe.name() + " has no part");
  }

  private static @Nullable Chain chainOf(Part part) {
    if (part instanceof Chain chain) return chain;
    return part instanceof ValueTarget.Ending<?> ending ? ending.chain : null;
  }

  @Override
  @Nullable Part partAt(int stage) {
    return stage < parts.size() ? parts.get(stage) : null;
  }

  // ---------------------------------------------------------------- turns

  private void queueTurn() {
    if (turnQueued.getAndSet(true)) return;
    // A strand that has ended is one where this run is over.
    var _ = strand().post(turn);
  }

  /// Runs one turn, and ends the run if it fails.
  private void turn() {
    // Before anything is looked at: a wake from now on may tell of something that this turn does
    // not see.
    turnQueued.set(false);
    if (phase == Phase.CLOSED) return;
    if (phase == Phase.UNDOING) {
      account.beginTurn();
      undo();
      return;
    }
    inTurn = true;
    try {
      if (phase == Phase.MOVING) {
        move();
      } else {
        account.beginTurn();
        commit();
      }
    } catch (Throwable thrown) {
      stop(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    } finally {
      inTurn = false;
    }
  }

  /// How much the next batch moves, after a short one or a long one.
  private void setPace(long nanos) {
    boolean wasShort = nanos < MANY_NANOS;
    many = wasShort ? Math.min(2 * many, MANY_MAX) : Math.max(1, (int) Math.min(many / 2, many * MANY_NANOS / nanos));
    batchBytes = wasShort ? Math.min(2 * batchBytes, BATCH_BYTES_MAX) : Math.max(batchBytes / 2, BATCH_BYTES);
  }

  /// Runs batches until the run waits, is over or has had its time.
  ///
  /// The parts, with all they call, are inlined here. Inlined once more into whatever runs turns, the whole took C2 26 MB to
  /// compile, half of what a small process has. So this is one method, and longer than what C2 inlines (decision 0041).
  private void move() throws Exception {
    account.beginTurn();
    if (open.length == 0) openAll();
    at = last;
    long began = strand().nanoTime();
    long looked = began;
    for (; ; ) {
      var cancel = cancelled();
      if (cancel != null) throw cancel;
      if (kernelCopy != null) {
        if (!kernelBatch(kernelCopy)) {
          waits();
          return;
        }
      } else {
        long bytes = 0;
        int polls = 0;
        int fewer = 0;
        int pollsMax = Math.max(BATCH_POLLS, many);
        for (; polls < pollsMax && bytes < batchBytes; polls++) {
          account.enter(at);
          switch (open[at].poll()) {
            case HUNGRY -> goUp();
            case READY -> {
              // Where borders are looked at, each object is one.
              var taker = account.isExact() ? null : takers[at + 1];
              if (taker == null) {
                bytes += moveDown();
              } else {
                fewer += many - moveManyDown(taker);
                polls += many;
              }
            }
            case WAITING -> {
              waits();
              return;
            }
            case DONE -> {
              ended[at] = true;
              lent[at] = null;
              if (at == last) {
                phase = Phase.COMMITTING;
                commit();
                return;
              }
              at++;
              account.enter(at);
              put(at).finish();
            }
          }
        }
        polled = polls - fewer;
      }
      long now = strand().nanoTime();
      account.endBatch(now, polled);
      setPace(now - looked);
      looked = now;
      if (now - began >= TURN_NANOS) {
        account.endTurn(null);
        queueTurn();
        return;
      }
    }
  }

  /// Ends a turn: the part at work waits.
  private void waits() {
    if (at > 0) account.full(at);
    account.endTurn(waiting().waitsFor());
  }

  private void goUp() {
    lent[at] = null;
    if (account.isAnyFull()) account.drained(at);
    if (at == 0) throw brokenRule("an origin is never HUNGRY");
    if (ended[at - 1]) throw brokenRule("HUNGRY after finish()");
    at--;
  }

  private long moveDown() throws Exception {
    if (at == last) throw brokenRule("a target is never READY");
    var chunk = ((Pull<?>) open[at]).next();
    var buffer = chunk instanceof ByteBuffer bytes ? bytes : null;
    long length = buffer == null ? 0 : buffer.remaining();
    account.moved(at, length);
    at++;
    lent[at] = buffer;
    account.enter(at);
    put(at).offer(chunk);
    return length;
  }

  /// Lets a part that can give many objects at once do so. Both work: the time is divided as it was when borders were looked
  /// at.
  @SuppressWarnings("unchecked") // Pipeline's builder joined only what fits.
  private int moveManyDown(Chain taker) throws Exception {
    var giver = (BulkPull<Object>) open[at];
    int from = at;
    long before = taker.taken();
    long bytesBefore = taker.takenBytes();
    taker.setQuota(many);
    try {
      giver.giveTo(taker);
      at = from + 1;
    } catch (Throwable thrown) {
      if (taker.blamedFor(thrown) != null) {
        at = from + 1;
        lent[at] = taker.lastTaken();
        taker.countFailed();
      }
      throw thrown;
    } finally {
      account.moved(from, taker.taken() - before, taker.takenBytes() - bytesBefore);
    }
    return (int) (taker.taken() - before);
  }

  @SuppressWarnings("unchecked") // Pipeline's builder joined only what fits.
  private Put<Object> put(int index) {
    return (Put<Object>) open[index];
  }

  private IllegalStateException brokenRule(String rule) {
    return new IllegalStateException("the part of " + names.get(at) + " broke a rule: " + rule);
  }

  /// Has the kernel move some bytes; false where they wait for those who look at them.
  private boolean kernelBatch(KernelCopy copy) throws Exception {
    takeSeen(copy);
    if (copy.isFarAhead()) return awaitLooks();
    at = 0;
    account.enterBoth(0, last);
    polled = 1;
    long moved = copy.moveSlice();
    at = last;
    account.enter(last);
    if (moved > 0) {
      account.moved(0, moved);
      copy.moved(moved);
      return true;
    }
    if (copy.isLooking()) return awaitLooks();
    copy.close();
    kernelCopy = null;
    return true;
  }

  /// Accounts for what was seen since.
  private void takeSeen(KernelCopy copy) throws Exception {
    try {
      for (long bytes; (bytes = copy.takeSeen()) > 0; ) {
        for (int i = 1; i < last; i++) account.moved(i, bytes);
        if (account.isAnyFull()) account.drained(1);
      }
    } catch (Throwable thrown) {
      at = copy.stage();
      throw thrown;
    }
  }

  /// What was written waits for those who look at it.
  private boolean awaitLooks() {
    at = 1;
    account.enter(1);
    return false;
  }

  // ---------------------------------------------------------------- the end

  /// Every part that was needed is DONE: makes the results final, one after another, the target's last.
  private void commit() throws Exception {
    for (; committing <= last; committing++) {
      at = committing;
      account.enter(at);
      if (!ended[at]) {
        if (!letGo()) return;
        continue;
      }
      var cancel = cancelled();
      if (cancel != null) throw cancel;
      var part = parts.get(at);
      if (!commitBegun) {
        commitBegun = true;
        part.commit();
      }
      if (!part.settled()) {
        account.endTurn(part.waitsFor());
        return;
      }
      commitBegun = false;
    }
    close(null);
  }

  /// Ends the parts that were not DONE when one behind them was: they are no longer needed, and have no result. True when they
  /// have settled, or had their time.
  private boolean letGo() throws Exception {
    if (unneededTimer == null) {
      unneededTimer = strand().after(Part.UNDO_NANOS, this::leaveUnneeded);
      tellUnneeded();
    }
    while (!unneeded.isEmpty()) {
      var part = unneeded.getFirst();
      at = parts.indexOf(part);
      if (!unneededLate && !part.settled()) {
        account.enter(at);
        account.endTurn(part.waitsFor());
        return false;
      }
      unneeded.removeFirst();
    }
    return true;
  }

  /// Aborts each of them, whatever the others throw; then throws what the first one did.
  private void tellUnneeded() throws Exception {
    @Nullable Exception first = null;
    for (int i = committing; i <= last && !ended[i]; i++) {
      unneeded.add(parts.get(i));
      try {
        parts.get(i).abort(new CancelledException("nothing behind it needs more"));
      } catch (Exception thrown) {
        if (first == null) {
          first = thrown;
          at = i;
        } else {
          suppress(first, thrown);
        }
      }
    }
    if (first != null) throw first;
  }

  /// What they made counts for nothing, so the run is none the worse for one that does not end.
  private void leaveUnneeded() {
    unneededLate = true;
    turn();
  }

  @Override
  long activity() {
    long steps = account.chunksMoved() + movedInside() + committing + (phase == Phase.MOVING ? 0 : 1);
    for (boolean end : ended) if (end) steps++;
    return steps;
  }

  @Override
  @Nullable String waitsFor() {
    return at < parts.size() ? waiting().waitsFor() : null;
  }

  /// Who waits where the part at work does.
  private Waiting waiting() {
    var part = parts.get(at);
    return kernelCopy != null && kernelCopy.isShownTo(part) ? kernelCopy : part;
  }

  @Override
  long movedSeen() {
    return super.movedSeen() + committing;
  }

  @Override
  @Nullable Part partSeen(int stage) {
    var seen = open;
    return stage < seen.length ? seen[stage] : null;
  }

  @Override
  @Nullable PipelineRun waitsForRun() {
    if (inTurn || turnQueued.get() || at >= parts.size()) return null;
    return parts.get(at) instanceof OfInnerRun beside ? beside.innerRun() : null;
  }

  @Override
  long quietNanos() {
    long quiet = account.quietNanos();
    // What is before the boundary may move meanwhile.
    var inner = partSeen(0) instanceof OfInnerRun beside ? beside.innerRun() : null;
    return inner == null ? quiet : Math.min(quiet, inner.execution().quietNanos());
  }

  @Override
  Diagnosis examineWork(Duration still) {
    if (inTurn) {
      var call = StuckCall.ofWhoAsks();
      return waitsAround(
          stageOf(call), Finding.MOVES, still, "its own call, which goes on at " + call.place(), Cause.WORK);
    }
    if (turnQueued.get() || at >= parts.size()) return Diagnosis.ofNoWait(runName(), Finding.MOVES, still);
    var waiting = waiting();
    var whom = waiting.waitsFor();
    var cause = whom == null ? Cause.UNKNOWN : waiting.waitCause();
    var finding =
        switch (cause) {
          case TIMER -> Finding.TIMER;
          case WORK -> Finding.MOVES;
          default -> Finding.WAITS;
        };
    return waitsAround(at, finding, still, whom == null ? "something that it does not name" : whom, cause);
  }

  @Override
  Diagnosis stuckIn(StuckCall call, Duration still) {
    var whom = "a call that has not returned, at " + call.place();
    return waitsAround(stageOf(call), Finding.WAITS, still, whom, Cause.CALL);
  }

  /// The stage whose `call` it is. May be read without order: it does not change while the call lasts.
  private int stageOf(StuckCall call) {
    int from = Math.min(at, last);
    return call.inChain() && takers[from + 1] != null ? from + 1 : from;
  }

  /// Stage `here` is at work and waits for `whom`; until the end has begun, those before it for it, and those behind it too.
  private Diagnosis waitsAround(int here, Finding finding, Duration still, String whom, Cause cause) {
    var stages = account.report().stages();
    var waits = new ArrayList<Wait>();
    int root = 0;
    for (int i = 0; i <= last; i++) {
      if (i == here) root = waits.size();
      else if (phase != Phase.MOVING || ended[i]) continue;
      var buffer = stages.get(i).buffer();
      waits.add(
          new Wait(
              names.get(i),
              i == here ? whom : names.get(i < here ? i + 1 : i - 1),
              i == here ? cause : i < here ? Cause.BLOCKED : Cause.STARVED,
              null,
              buffer.held(),
              buffer.mark(),
              buffer.inObjects()));
    }
    return Diagnosis.ofChain(runName(), finding, still, waits, root);
  }

  @Override
  void stop(Throwable cause) {
    switch (phase) {
      case MOVING, COMMITTING -> beginUndoing(cause);
      case UNDOING, CLOSED -> {}
    }
  }

  /// Aborts what was opened and not made final.
  private void beginUndoing(Throwable cause) {
    phase = Phase.UNDOING;
    var first = failure(at, positionBytes(), cause);
    error = first;
    openAwaited(first);
    if (kernelCopy != null) kernelCopy.stop();
    unsettled.addAll(parts.subList(committing, parts.size()));
    for (var part : unsettled) {
      try {
        if (unneededTimer == null || ended[parts.indexOf(part)]) part.abort(cause);
      } catch (Throwable later) {
        suppress(first, later);
      }
    }
    undo();
  }

  /// Waits until everything that was aborted has settled, for at most [Part#UNDO_NANOS]; then closes everything.
  private void undo() {
    var first = requireNonNull(error);
    unsettled.removeIf(part -> hasSettled(part, first));
    if (unsettled.isEmpty()) {
      close(first);
      return;
    }
    if (undoTimer == null) undoTimer = strand().after(Part.UNDO_NANOS, this::leaveBehind);
    at = parts.indexOf(unsettled.getFirst());
    account.enter(at);
    account.endTurn(waiting().waitsFor());
  }

  private boolean hasSettled(Part part, RuntimeException first) {
    if (kernelCopy != null && kernelCopy.isShownTo(part)) return false;
    try {
      return part.settled();
    } catch (Throwable later) {
      suppress(first, later);
      return true;
    }
  }

  private void leaveBehind() {
    if (phase != Phase.UNDOING) return;
    account.beginTurn();
    var first = requireNonNull(error);
    for (var part : unsettled) {
      first.addSuppressed(
          new IllegalStateException(
              names.get(parts.indexOf(part))
                  + " was left behind: it still undoes what the run began, after "
                  + TimeUnit.NANOSECONDS.toSeconds(Part.UNDO_NANOS)
                  + " s"));
    }
    close(first);
  }

  /// Releases everything; an error here is the run's own only if nothing failed before.
  private void close(@Nullable RuntimeException first) {
    phase = Phase.CLOSED;
    if (undoTimer != null) undoTimer.cancel();
    if (unneededTimer != null) unneededTimer.cancel();
    @Nullable VirtualMachineError fatal = null;
    var error = first;
    if (kernelCopy != null) kernelCopy.close();
    for (int i = 0; i < parts.size(); i++) {
      at = i;
      account.enter(i);
      try {
        parts.get(i).close();
        places.get(i).checkReturned();
      } catch (Throwable thrown) {
        if (error == null) error = failure(i, positionBytes(), thrown);
        else suppress(error, thrown);
        if (thrown instanceof VirtualMachineError vme) fatal = vme;
      }
    }
    account.endTurn(null);
    account.end();
    end(error == null ? new Outcome.Succeeded(account.report()) : new Outcome.Failed(error));
    if (fatal != null) throw fatal;
  }

  /// Keeps a later failure beside the first one.
  static void suppress(Throwable first, Throwable later) {
    if (later != first && later != first.getCause()) first.addSuppressed(later);
  }

  /// How many bytes the part at work had used up, or given where it is the origin.
  private long positionBytes() {
    if (at == 0) return account.bytesFrom(0);
    if (kernelCopy != null && at < last) return kernelCopy.seenBytes();
    var buffer = lent[at];
    return account.bytesFrom(at - 1) - (buffer == null ? 0 : buffer.remaining());
  }
}
