package highwater.pipeline;

import highwater.pipeline.Report.BufferReport;
import highwater.pipeline.Report.StageReport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What one run has done: chunks and bytes at each border between two stages, and for each stage the time it held the
/// work.
///
/// Only one stage works at a time, so one figure a stage is enough: what it was busy is blocked for those before it and
/// starved for those behind it, and the sums agree by construction. The clock is read at both ends of a turn; the time
/// between two turns belongs to the stage that waited. Inside a turn it is read at each border, in one turn of 64,
/// whose shares divide the turns until the next.
///
/// Thread rule: the strand writes its own copy and shows it once a turn, under a version number, so that [#report()]
/// may come from any thread, and neither ever waits for the other. (A reader that meets a writer tries again.)
final class Account {
  private static final int SAMPLED_TURNS = 64;
  private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Account.class, "version", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// Where a figure is in a copy: for stage i the chunks and bytes that it handed on and its busy time, then these.
  private static final int CHUNKS = 0;

  private static final int BYTES = 1;
  private static final int BUSY = 2;
  private static final int CELLS_PER_STAGE = 3;

  private final List<String> names;
  private final LongSupplier clock;
  private final int begunCell;
  private final int lookedCell;
  private final int stageCell;

  // The strand's own.
  private final long[] own;
  private final long[] shares;
  private int stage = -1;
  private long lookedNanos;
  private boolean sampling;
  private long borderNanos;
  private int turns;

  // Shown to everybody.
  private final long[] shown;
  private @Nullable String shownWaitsFor;
  private volatile long version;

  Account(List<String> names, LongSupplier clock) {
    this.names = names;
    this.clock = clock;
    begunCell = names.size() * CELLS_PER_STAGE;
    lookedCell = begunCell + 1;
    stageCell = begunCell + 2;
    own = new long[begunCell + 3];
    shares = new long[names.size()];
    shown = new long[own.length];
    own[stageCell] = -1;
    shown[stageCell] = -1;
  }

  // On the strand.

  /// Nothing has begun: the run waits for `waitsFor`.
  void queued(String waitsFor) {
    show(waitsFor);
  }

  /// Starts the clock.
  void begin() {
    own[begunCell] = lookedNanos = clock.getAsLong();
    show(null);
  }

  /// A turn begins: the time since the last one belongs to the stage that waited. Returns the moment.
  long beginTurn() {
    long now = clock.getAsLong();
    if (stage >= 0) busy(stage, now - lookedNanos);
    else own[begunCell] += now - lookedNanos;
    lookedNanos = now;
    sampling = turns++ % SAMPLED_TURNS == 0;
    if (sampling) {
      borderNanos = now;
      Arrays.fill(shares, 0);
    }
    return now;
  }

  /// Stage `next` is about to work.
  void enter(int next) {
    if (sampling && next != stage) look();
    stage = next;
  }

  private void look() {
    long now = clock.getAsLong();
    if (stage >= 0) shares[stage] += now - borderNanos;
    borderNanos = now;
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

  /// The moment, in the clock's nanoseconds.
  long now() {
    return clock.getAsLong();
  }

  /// A turn ends, and the stage entered last waits for `waitsFor`, or goes on in another turn.
  void endTurn(@Nullable String waitsFor) {
    if (sampling) look();
    long now = sampling ? borderNanos : clock.getAsLong();
    divide(now - lookedNanos);
    lookedNanos = now;
    show(waitsFor);
  }

  /// Divides the time of a turn as the sampled turn went.
  private void divide(long nanos) {
    if (stage < 0) return;
    long total = 0;
    for (long share : shares) total += share;
    long left = nanos;
    if (total > 0) {
      for (int i = 0; i < shares.length; i++) {
        long part = (long) ((double) nanos * shares[i] / total);
        busy(i, part);
        left -= part;
      }
    }
    busy(stage, left);
  }

  private void busy(int index, long nanos) {
    own[index * CELLS_PER_STAGE + BUSY] += nanos;
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

  /// The run is over: no stage works any more.
  void end() {
    stage = -1;
    show(null);
  }

  private void show(@Nullable String waitsFor) {
    own[lookedCell] = lookedNanos;
    own[stageCell] = stage;
    long next = version + 1;
    VERSION.setOpaque(this, next);
    VarHandle.storeStoreFence();
    for (int i = 0; i < own.length; i++) CELLS.setOpaque(shown, i, own[i]);
    shownWaitsFor = waitsFor;
    VERSION.setRelease(this, next + 1);
  }

  // From any thread.

  /// What has been done so far. The time since the last look belongs to the stage at work.
  Report report() {
    var seen = new long[shown.length];
    @Nullable String waitsFor;
    for (; ; ) {
      long before = version;
      if (before % 2 == 0) {
        for (int i = 0; i < seen.length; i++) seen[i] = (long) CELLS.getOpaque(shown, i);
        waitsFor = shownWaitsFor;
        VarHandle.acquireFence();
        if (before == (long) VERSION.getOpaque(this)) break;
      }
      Thread.onSpinWait();
    }
    int busyStage = (int) seen[stageCell];
    if (busyStage >= 0) {
      long now = Math.max(clock.getAsLong(), seen[lookedCell]);
      seen[busyStage * CELLS_PER_STAGE + BUSY] += now - seen[lookedCell];
      seen[lookedCell] = now;
    }
    return new Report(
        Duration.ofNanos(seen[lookedCell] - seen[begunCell]),
        stages(seen),
        busyStage,
        waitsFor,
        Verdict.undecided("not looked at"));
  }

  private List<StageReport> stages(long[] seen) {
    long life = 0;
    for (int i = 0; i < names.size(); i++) life += seen[i * CELLS_PER_STAGE + BUSY];
    var stages = new ArrayList<StageReport>(names.size());
    long starved = 0;
    for (int i = 0; i < names.size(); i++) {
      int cell = i * CELLS_PER_STAGE;
      long busy = seen[cell + BUSY];
      stages.add(
          new StageReport(
              names.get(i),
              i == 0 ? 0 : seen[cell - CELLS_PER_STAGE + CHUNKS],
              i == 0 ? 0 : seen[cell - CELLS_PER_STAGE + BYTES],
              seen[cell + CHUNKS],
              seen[cell + BYTES],
              busy,
              starved,
              life - busy - starved,
              0,
              0,
              0,
              BufferReport.NONE));
      starved += busy;
    }
    return stages;
  }
}
