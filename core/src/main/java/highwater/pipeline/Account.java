package highwater.pipeline;

import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import highwater.strand.Elsewhere;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What one run has done: chunks and bytes at each border between two stages; for each stage the time it was busy, starved
/// and blocked, how often it made the one before it wait, and what rests in it.
///
/// At any moment each stage is in one of the three states, so whatever time passes is given to every stage once, and the
/// sums agree by construction. Where one stage works at a time ([FusedLoop]) one index tells all states; where stages
/// overlap ([ClassicStreams]) each has its own.
///
/// ```
///   turn ─────────────────────────────────┐  between turns: exact, the states stand still
///   │ borders are looked at: exact        │  each border is published where stages are slow
///   │ or not: divided as the last borders │  that were looked at went; the next batch is looked at if this one was slow
///   └─────────────────────────────────────┘
/// ```
///
/// So the clock is read at both ends of a turn and of a batch, and at each border only where that costs nothing beside what
/// the stages do ([#SLOW_NANOS] a poll), or as a sample. What parts do outside the strand they tell themselves
/// ([WorksElsewhere]); a report puts both together.
///
/// Thread rule: the strand writes its own copy and shows it, under a version number, so that [#report()] may come from any
/// thread, and neither ever waits for the other. (A reader that meets a writer tries again; readers wait for one another.)
final class Account {
  /// What a stage is at.
  static final byte BUSY = 0;

  static final byte STARVED = 1;
  static final byte BLOCKED = 2;

  /// One turn of so many has its first batch looked at, border by border.
  private static final int SAMPLED_TURNS = 16;

  /// Where stages overlap a turn has no end in sight, so one batch of so many is looked at too.
  private static final int SAMPLED_BATCHES = 64;

  /// So many quick polls in a row end the look at each border. A large chunk ends a batch at each border, so slow batches and
  /// quick ones of few polls take turns.
  private static final int QUICK_POLLS = 32;

  /// Where a poll takes this long, or longer, a look at the clock at each border is less than 1 % of it.
  static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(8);

  /// How far a report may lie behind inside a turn whose borders are not looked at.
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle VERSION;
  private static final VarHandle STAGE;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Account.class, "version", long.class);
      STAGE = MethodHandles.lookup().findVarHandle(Account.class, "stage", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  // Where a figure is in a copy: these for each stage, then those of the run.

  /// The chunks and bytes that it handed on.
  private static final int CHUNKS = 0;

  private static final int BYTES = 1;

  /// The times, in the order of the states.
  private static final int TIMES = 2;

  /// How often it made the one before it wait, how many of those waits are over, the longest, and since when the last.
  private static final int WAITS = 5;

  private static final int DRAINS = 6;
  private static final int LONGEST = 7;
  private static final int FULL_SINCE = 8;
  private static final int HELD = 9;
  private static final int PEAK = 10;
  private static final int STATE = 11;
  private static final int CELLS_PER_STAGE = 12;

  /// Of the run: when it began, until when its time is given away, who is at work, and whether that is known meanwhile.
  private final int begunCell;

  private final int lookedCell;
  private final int stageCell;
  private final int modeCell;

  private static final long BEFORE = 0;
  private static final long EXACT = 1;
  private static final long UNSURE = 2;
  private static final long OVER = 3;

  private final List<String> names;
  private final LongSupplier clock;
  private final int count;

  // The strand's own.
  private final long[] own;
  private final byte[] states;

  /// The times of the borders that were looked at last, by stage and state; they divide those that are not.
  private final long[] pattern;

  private long patternNanos;

  /// Of stages that overlap, which runs on the strand, -1 where none does.
  private int running = -1;

  /// The time in which a stage seemed busy while another one ran, since the strand had nothing to do: that before it ran,
  /// and that behind it. It may have waited for the strand.
  private final long[] doubt;

  /// Whether one index tells the states.
  private boolean serial = true;

  /// The stage at work, -1 where none is. Read by reports too, where a turn takes long.
  private int stage = -1;

  private long lookedNanos;
  private long batchNanos;
  private long pendingNanos;
  private boolean exact;
  private boolean slow = true;
  private int quickPolls;
  private int turns;
  private int batches;
  private int full;

  /// Who is told when so much time has passed between two shows, or null.
  private @Nullable Execution looker;

  private long lookEveryNanos;
  private long nextLookNanos;

  // Shown to everybody.
  private final long[] shown;
  private @Nullable String shownWaitsFor;
  private volatile long version;

  /// Who works elsewhere, by stage.
  private final AtomicReferenceArray<@Nullable WorksElsewhere> elsewhere;

  /// What a stage should hold at most, where its streams say so, and whether that counts objects; else -1.
  private final long[] marks;

  private final boolean[] inObjects;

  /// How many waits are over, by stage, at once: whoever reads what was shown meanwhile takes none of them for open.
  private final long[] drainsNow;

  private volatile Describing describing = Describing.NOTHING;

  /// Under the lock of this array: the times of the last report, its life and its longest waits, which the next one does not
  /// undercut.
  private final long[] reported;

  /// What is known of the stages beside their figures.
  interface Describing extends Verdict.Advice {
    Describing NOTHING =
        new Describing() {
          @Override
          public @Nullable String of(int stage) {
            return null;
          }

          @Override
          public long markBytes(int stage) {
            return -1;
          }
        };

    /// What `stage` declares to hold at most, or -1.
    long markBytes(int stage);
  }

  Account(List<String> names, LongSupplier clock) {
    this.names = names;
    this.clock = clock;
    count = names.size();
    begunCell = count * CELLS_PER_STAGE;
    lookedCell = begunCell + 1;
    stageCell = begunCell + 2;
    modeCell = begunCell + 3;
    own = new long[begunCell + 4];
    shown = new long[own.length];
    states = new byte[count];
    Arrays.fill(states, STARVED);
    pattern = new long[3 * count];
    doubt = new long[2 * count];
    elsewhere = new AtomicReferenceArray<>(count);
    marks = new long[count];
    Arrays.fill(marks, -1);
    inObjects = new boolean[count];
    drainsNow = new long[count];
    reported = new long[4 * count + 1];
    own[stageCell] = -1;
    shown[stageCell] = -1;
  }

  /// Says what is known of the stages.
  void describedBy(Describing describing) {
    this.describing = describing;
  }

  // ---------------------------------------------------------------- on the strand

  /// Nothing has begun: the run waits for `waitsFor`.
  void queued(String waitsFor) {
    // Nothing is given away before it begins; this is the moment since which nothing has moved.
    own[begunCell] = lookedNanos = clock.getAsLong();
    show(BEFORE, waitsFor);
  }

  /// Starts the clock.
  void begin() {
    if (Elsewhere.COUNTED) own[begunCell] = lookedNanos = clock.getAsLong();
    spread(0);
    show(EXACT, null);
  }

  /// `part` of `stage` is open: what it does elsewhere counts.
  void opened(int stage, @Nullable Part part) {
    if (part instanceof WorksElsewhere works) worksElsewhere(stage, works);
  }

  /// What `stage` does elsewhere counts, too.
  void worksElsewhere(int stage, WorksElsewhere works) {
    elsewhere.set(stage, works);
  }

  /// The streams of `stage` hold so much at most.
  void marked(int stage, long mark, boolean inObjects) {
    marks[stage] = mark;
    this.inObjects[stage] = inObjects;
  }

  /// A turn begins: the time since the last one belongs to the states as they are.
  void beginTurn() {
    if (!Elsewhere.COUNTED) return;
    long now = clock.getAsLong();
    // Not part of the pattern: it is of turns.
    give(now - lookedNanos);
    lookedNanos = batchNanos = now;
    // Stages that overlap have short turns, of which each is unlike the others.
    exact = slow || !serial || turns++ % SAMPLED_TURNS == 0;
    if (exact) forgetPattern();
    if (serial || slow) showState(slow ? EXACT : UNSURE);
  }

  /// The strand had nothing to run: nobody waited for it then.
  void rested() {
    Arrays.fill(doubt, 0);
  }

  /// Stage `next` is about to work, alone.
  void enter(int next) {
    if (Elsewhere.COUNTED && exact && next != stage) look(next);
    stage = next;
  }

  private void look(int next) {
    advance(clock.getAsLong());
    stage = next;
    spread(next);
    if (slow) show(EXACT, null);
  }

  /// From now on each stage has a state of its own.
  void overlap() {
    serial = false;
  }

  /// Stages that overlap are about to change their states: the time until now belongs to those they had.
  void border() {
    if (isExact()) advance(clock.getAsLong());
  }

  /// `stage` is in `state` from the last border on.
  void state(int stage, byte state) {
    states[stage] = state;
  }

  /// The states are as they will be for a while.
  void changed() {
    if (slow) show(EXACT, null);
  }

  /// The code of `stage` runs on the strand, or that of none (-1).
  void runs(int stage) {
    running = stage;
  }

  /// `stage` gets to run, after it waited for the strand for at most so long: it was not busy while others ran.
  void hasWaited(int stage, long nanosMax) {
    long left = nanosMax;
    for (int state = STARVED; state <= BLOCKED; state++) {
      long nanos = Math.min(left, doubt[2 * stage + state - STARVED]);
      doubt[2 * stage + state - STARVED] = 0;
      if (nanos == 0) continue;
      left -= nanos;
      own[stage * CELLS_PER_STAGE + TIMES + BUSY] -= nanos;
      own[stage * CELLS_PER_STAGE + TIMES + state] += nanos;
      long inPattern = Math.min(nanos, pattern[3 * stage + BUSY]);
      pattern[3 * stage + BUSY] -= inPattern;
      pattern[3 * stage + state] += inPattern;
    }
  }

  /// `stage` is at work, for whoever asks which one is; its state says the same.
  void at(int stage) {
    this.stage = stage;
  }

  /// Two stages are about to work as one.
  void enterBoth(int next, int second) {
    enter(next);
    states[second] = BUSY;
  }

  /// Gives the time until `now` to the states as they are.
  private void advance(long now) {
    long nanos = now - lookedNanos;
    lookedNanos = now;
    give(nanos);
    for (int i = 0; i < count; i++) pattern[3 * i + states[i]] += nanos;
    patternNanos += nanos;
    if (running < 0) return;
    for (int i = 0; i < count; i++) {
      if (i != running && states[i] == BUSY) doubt[2 * i + (running < i ? 0 : 1)] += nanos;
    }
  }

  private void spread(int at) {
    for (int i = 0; i < count; i++) states[i] = i < at ? BLOCKED : i == at ? BUSY : STARVED;
  }

  private void give(long nanos) {
    for (int i = 0; i < count; i++) own[i * CELLS_PER_STAGE + TIMES + states[i]] += nanos;
  }

  private void forgetPattern() {
    Arrays.fill(pattern, 0);
    patternNanos = 0;
  }

  /// A batch of so many polls has ended at `now`, and the turn goes on: the next one is looked at border by border if
  /// this one was slow.
  void endBatch(long now, int polls) {
    if (!Elsewhere.COUNTED) return;
    if (exact) advance(now);
    else pendingNanos += now - lookedNanos;
    lookedNanos = now;
    boolean isSlow = now - batchNanos >= SLOW_NANOS * polls;
    quickPolls = isSlow ? 0 : Math.min(quickPolls + polls, QUICK_POLLS);
    batchNanos = now;
    isSlow |= slow && quickPolls < QUICK_POLLS;
    boolean next = isSlow || (!serial && ++batches % SAMPLED_BATCHES == 0);
    if (isSlow == slow && next == exact) return;
    if (next && !exact) {
      divide();
      forgetPattern();
    }
    slow = isSlow;
    exact = next;
    if (serial) spread(stage);
    showState(slow ? EXACT : UNSURE);
  }

  /// Whether the borders of this batch are looked at.
  boolean isExact() {
    return Elsewhere.COUNTED && exact;
  }

  /// A turn ends, and the stage entered last waits for `waitsFor`, or goes on in another turn.
  void endTurn(@Nullable String waitsFor) {
    if (Elsewhere.COUNTED) {
      long now = clock.getAsLong();
      if (exact) {
        advance(now);
      } else {
        pendingNanos += now - lookedNanos;
        lookedNanos = now;
        divide();
      }
      if (serial && stage >= 0) spread(stage);
    }
    show(EXACT, waitsFor);
  }

  /// Divides what was not looked at as what was looked at last went.
  private void divide() {
    long nanos = pendingNanos;
    pendingNanos = 0;
    if (nanos == 0) return;
    if (serial && stage >= 0) spread(stage);
    for (int i = 0; i < count; i++) {
      int cell = i * CELLS_PER_STAGE + TIMES;
      long left = nanos;
      for (int state = 0; state < 3 && patternNanos > 0; state++) {
        long part = (long) ((double) nanos * pattern[3 * i + state] / patternNanos);
        own[cell + state] += part;
        left -= part;
      }
      own[cell + states[i]] += left;
    }
  }

  /// Stage `from` handed on one chunk.
  void moved(int from, long bytes) {
    moved(from, 1, bytes);
  }

  /// Stage `from` handed on so many chunks with so many bytes together.
  void moved(int from, long chunks, long bytes) {
    int cell = from * CELLS_PER_STAGE;
    own[cell + CHUNKS] += chunks;
    own[cell + BYTES] += bytes;
  }

  /// The bytes that stage `from` has handed on.
  long bytesFrom(int from) {
    return own[from * CELLS_PER_STAGE + BYTES];
  }

  /// All the chunks that any stage has handed on.
  long chunksMoved() {
    long sum = 0;
    for (int cell = CHUNKS; cell < begunCell; cell += CELLS_PER_STAGE) sum += own[cell];
    return sum;
  }

  /// The same as it was shown last; from any thread.
  long chunksShown() {
    long sum = 0;
    for (int cell = CHUNKS; cell < begunCell; cell += CELLS_PER_STAGE) sum += (long) CELLS.getOpaque(shown, cell);
    return sum;
  }

  /// `stage` tells the one before it to wait, if it has not done so.
  void full(int stage) {
    int cell = stage * CELLS_PER_STAGE;
    if (own[cell + WAITS] > own[cell + DRAINS]) return;
    own[cell + WAITS]++;
    own[cell + FULL_SINCE] = Elsewhere.COUNTED ? clock.getAsLong() : 0;
    full++;
  }

  /// Tells `looker` at the first show after each `nanos`.
  void lookEvery(long nanos, Execution looker) {
    this.looker = looker;
    lookEveryNanos = nanos;
    nextLookNanos = clock.getAsLong() + nanos;
  }

  /// Whether any stage has told the one before it to wait.
  boolean isAnyFull() {
    return full > 0;
  }

  /// `stage` takes more again, if it did not.
  void drained(int stage) {
    int cell = stage * CELLS_PER_STAGE;
    if (own[cell + WAITS] == own[cell + DRAINS]) return;
    own[cell + DRAINS]++;
    full--;
    // Before the clock is looked at: who still finds the wait open has looked at it earlier.
    CELLS.setVolatile(drainsNow, stage, own[cell + DRAINS]);
    if (!Elsewhere.COUNTED) return;
    long nanos = clock.getAsLong() - own[cell + FULL_SINCE];
    own[cell + LONGEST] = Math.max(own[cell + LONGEST], nanos);
  }

  /// `stage` holds so much, in bytes or in objects, beside what its part tells.
  void holds(int stage, long much) {
    int cell = stage * CELLS_PER_STAGE;
    own[cell + HELD] = much;
    if (much > own[cell + PEAK]) own[cell + PEAK] = much;
  }

  /// The run is over: no stage works any more.
  void end() {
    for (int i = 0; i < count; i++) drained(i);
    for (int i = 0; i < count; i++) holds(i, 0);
    stage = -1;
    show(OVER, null);
  }

  /// The one place where figures get out: all of them, by the strand. What is over stays as it is: a stream that is closed may
  /// still answer.
  private void show(long mode, @Nullable String waitsFor) {
    if (own[modeCell] == OVER) return;
    own[lookedCell] = lookedNanos;
    own[stageCell] = stage;
    own[modeCell] = mode;
    for (int i = 0; i < count; i++) own[i * CELLS_PER_STAGE + STATE] = states[i];
    long next = version + 1;
    VERSION.setOpaque(this, next);
    VarHandle.storeStoreFence();
    for (int i = 0; i < own.length; i++) CELLS.setOpaque(shown, i, own[i]);
    shownWaitsFor = waitsFor;
    VERSION.setRelease(this, next + 1);
    if (looker != null && lookedNanos - nextLookNanos >= 0) letLook(looker);
  }

  private void letLook(Execution looker) {
    nextLookNanos = lookedNanos + lookEveryNanos;
    looker.spanPassed();
  }

  /// Shows what a beginning turn changes: the times and who is at work.
  private void showState(long mode) {
    show(mode, shownWaitsFor);
  }

  // ---------------------------------------------------------------- from any thread

  /// How long ago the last turn began or ended, in nanoseconds; 0 where nobody accounts.
  long quietNanos() {
    return version == 0 || !Elsewhere.COUNTED
        ? 0
        : Math.max(0, clock.getAsLong() - (long) CELLS.getOpaque(shown, lookedCell));
  }

  /// What has been done so far. The time since the last look belongs to the states of that moment.
  Report report() {
    synchronized (reported) {
      return new Reading().report();
    }
  }

  /// One consistent look at everything.
  private final class Reading {
    private final long[] seen = new long[shown.length];
    private final long[][] times = new long[count][3];
    private @Nullable String waitsFor;
    private long lifeNanos;
    private long now;
    private long shownNanos;

    Report report() {
      read();
      if (Elsewhere.COUNTED) passTime();
      lifeNanos = seen[lookedCell] - seen[begunCell];
      for (int i = 0; i < count; i++) {
        System.arraycopy(seen, i * CELLS_PER_STAGE + TIMES, times[i], 0, 3);
        putTogether(times[i], WorksElsewhere.workedNanos(elsewhere.get(i), seen[lookedCell]));
      }
      neverLess();
      var stages = stages();
      var report =
          new Report(
              Duration.ofNanos(lifeNanos), stages, (int) seen[stageCell], waitsFor, Verdict.undecided("not looked at"));
      var verdict = Verdict.of(report, describing);
      return new Report(report.elapsed(), report.stages(), report.busyStage(), waitsFor, verdict);
    }

    private void read() {
      for (; ; ) {
        long before = version;
        if (before % 2 == 0) {
          for (int i = 0; i < seen.length; i++) seen[i] = (long) CELLS.getOpaque(shown, i);
          waitsFor = shownWaitsFor;
          VarHandle.acquireFence();
          if (before == (long) VERSION.getOpaque(Account.this)) return;
        }
        Thread.onSpinWait();
      }
    }

    /// Gives the time since the last look away. In a turn whose borders are not looked at nobody knows to whom it
    /// belongs, but where it is much it can only be one long call.
    private void passTime() {
      long looked = seen[lookedCell];
      now = looked;
      shownNanos = looked;
      long mode = seen[modeCell];
      if (mode == BEFORE || mode == OVER) return;
      now = Math.max(clock.getAsLong(), looked);
      long nanos = now - looked;
      if (mode == UNSURE) {
        nanos = Math.max(0, nanos - SLACK_NANOS);
        // A turn goes on: it waits no more.
        waitsFor = null;
        int at = (int) STAGE.getOpaque(Account.this);
        if (at >= 0) {
          seen[stageCell] = at;
          for (int i = 0; i < count; i++) {
            int cell = i * CELLS_PER_STAGE + STATE;
            if (i == at) seen[cell] = BUSY;
            else if (serial) seen[cell] = i < at ? BLOCKED : STARVED;
          }
        }
      }
      for (int i = 0; i < count; i++)
        seen[i * CELLS_PER_STAGE + TIMES + (int) seen[i * CELLS_PER_STAGE + STATE]] += nanos;
      seen[lookedCell] = looked + nanos;
    }

    /// A stage that worked elsewhere was busy meanwhile, whatever the strand did; the rest of its life is divided as it was.
    private void putTogether(long[] time, long workedNanos) {
      long busy = Math.min(lifeNanos, Math.max(time[BUSY], workedNanos));
      if (busy == time[BUSY]) return;
      long waited = time[STARVED] + time[BLOCKED];
      long rest = lifeNanos - busy;
      long starved = waited == 0 ? rest : (long) ((double) rest * time[STARVED] / waited);
      time[BUSY] = busy;
      time[STARVED] = starved;
      time[BLOCKED] = rest - starved;
    }

    /// What a report has told stays told: no time is less than in the one before.
    private void neverLess() {
      lifeNanos = Math.max(lifeNanos, reported[3 * count]);
      for (int i = 0; i < count; i++) raise(times[i], 3 * i);
      reported[3 * count] = lifeNanos;
    }

    /// Divides the life since the last report by what each time has gained since.
    private void raise(long[] time, int at) {
      var gains = new long[3];
      long gained = 0;
      int most = BUSY;
      for (int state = 0; state < 3; state++) {
        gains[state] = Math.max(0, time[state] - reported[at + state]);
        gained += gains[state];
        if (gains[state] > gains[most]) most = state;
      }
      long nanos = lifeNanos - reported[3 * count];
      long left = nanos;
      for (int state = 0; state < 3 && gained > 0; state++) {
        long part = gained == nanos ? gains[state] : (long) ((double) nanos * gains[state] / gained);
        reported[at + state] += part;
        left -= part;
      }
      reported[at + most] += left;
      System.arraycopy(reported, at, time, 0, 3);
    }

    private List<StageReport> stages() {
      var stages = new ArrayList<StageReport>(count);
      for (int i = 0; i < count; i++) {
        int cell = i * CELLS_PER_STAGE;
        long longest = longestWait(i);
        stages.add(
            new StageReport(
                names.get(i),
                i == 0 ? 0 : seen[cell - CELLS_PER_STAGE + CHUNKS],
                i == 0 ? 0 : seen[cell - CELLS_PER_STAGE + BYTES],
                seen[cell + CHUNKS],
                seen[cell + BYTES],
                times[i][BUSY],
                times[i][STARVED],
                times[i][BLOCKED],
                seen[cell + WAITS],
                seen[cell + DRAINS],
                longest,
                buffer(i)));
      }
      return stages;
    }

    /// One that was open when the figures were shown may have ended since; it lasted until then at least.
    private long longestWait(int stage) {
      int cell = stage * CELLS_PER_STAGE;
      long longest = Math.max(seen[cell + LONGEST], reported[3 * count + 1 + stage]);
      if (Elsewhere.COUNTED && seen[cell + WAITS] > seen[cell + DRAINS]) {
        boolean isOpen = (long) CELLS.getVolatile(drainsNow, stage) == seen[cell + DRAINS];
        longest = Math.max(longest, (isOpen ? now : shownNanos) - seen[cell + FULL_SINCE]);
      }
      reported[3 * count + 1 + stage] = longest;
      return longest;
    }

    private BufferReport buffer(int stage) {
      int cell = stage * CELLS_PER_STAGE;
      if (marks[stage] >= 0) {
        return new BufferReport(seen[cell + HELD], seen[cell + PEAK], marks[stage], inObjects[stage]);
      }
      var works = elsewhere.get(stage);
      long held = works == null ? -1 : works.held();
      if (works == null || held < 0) return BufferReport.NONE;
      if (seen[modeCell] == OVER) held = 0;
      boolean objects = works.holdsObjects();
      long mark = works.heldMark();
      if (mark < 0 && !objects) mark = describing.markBytes(stage);
      return new BufferReport(held, Math.max(held, works.heldPeak()), mark, objects);
    }
  }
}
