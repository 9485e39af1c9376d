package highwater.pipeline;

import highwater.Diagnosis;
import highwater.Diagnosis.Finding;
import highwater.ErrorCode;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.StreamException;
import highwater.StreamWatch;
import highwater.Streams;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.Elsewhere;
import highwater.strand.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs a pipeline as live streams, since a recipe of it has nothing else: opens them all and joins them as Node's
/// `pipeline`.
///
/// The run is over when the join has told how it went and every stream has closed. What watches each stream counts its
/// chunks, and holds the user's streams to what their recipes declare; a listener for `data` would cost a view of each.
final class ClassicStreams extends Execution {
  /// The deadline is looked at for a chunk of this size, and else for one chunk in [#CHUNKS_PER_LOOK].
  private static final long LOOK_BYTES = 16 << 10;

  private static final int CHUNKS_PER_LOOK = 16;

  /// How often a stream that emits no `close` is asked whether it has closed, at first; then half as often each time.
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Budget surplus;
  private final ArrayList<LiveStream> streams = new ArrayList<>();

  /// Those that were opened only to be destroyed, for somebody who waits to be told.
  private final ArrayList<LiveStream> refused = new ArrayList<>();

  /// Whether it has come to open something, or to refuse everything.
  private boolean working;

  private final Overlap overlap = new Overlap();
  private int chunks;

  /// What ended the run, once it is known that it failed.
  private @Nullable RuntimeException failure;

  /// The stream that closed before it was over while nothing had failed, or -1: the one to blame if no error names
  /// another.
  private int closedEarly = -1;

  /// The parts, where the library made their streams.
  private final @Nullable Part[] parts;

  /// What drives the parts, where the library made the streams.
  private final PartStreams.@Nullable Driven[] driven;

  /// A stage is over that more might be written to: when the target is over, so is the run.
  private boolean endedEarly;

  /// The run was over before its origin: what is destroyed now is no longer needed, and its early close no failure.
  private boolean succeeded;

  /// How it went is decided; it ends when everything is closed.
  private boolean decided;

  private @Nullable Timer asking;

  ClassicStreams(Pipeline pipeline, Budget budget, long minimumBytes, @Nullable Runnable onEnd) {
    super(pipeline, budget, minimumBytes, onEnd);
    parts = new @Nullable Part[recipes.size()];
    driven = new PartStreams.@Nullable Driven[recipes.size()];
    surplus = lendSurplus();
  }

  /// What `recipe` holds where it runs as a stream: a part's stream adds its queues to what the part itself says.
  static Footprint footprint(Recipe recipe, Footprint footprint, long inputMaxBytes) {
    if (!(recipe instanceof PullOrigin<?> || recipe instanceof PullStage<?, ?> || recipe instanceof PullTarget<?>)) {
      return footprint;
    }
    var options = recipe.streamOptions();
    boolean reads = !(recipe instanceof Target<?>);
    boolean writes = !(recipe instanceof Origin<?>);
    boolean known =
        (!reads || isKnown(options.readableObjects(), footprint.chunkMaxBytes()))
            && (!writes || isKnown(options.writableObjects(), inputMaxBytes));
    if (!known) return new Footprint(footprint.how(), footprint.terms(), footprint.chunkMaxBytes(), false);
    var terms = new ArrayList<>(footprint.terms());
    var label = (terms.isEmpty() ? recipe.name() : terms.getFirst().name()) + " stream";
    if (writes) terms.add(new Term(label, 1, 1, List.of(options.writableMark(), inputMaxBytes)));
    if (reads) terms.add(new Term(label, 1, 1, List.of(options.readableMark(), footprint.chunkMaxBytes())));
    return new Footprint(footprint.how(), terms, footprint.chunkMaxBytes(), footprint.bounded());
  }

  private static boolean isKnown(boolean objects, long chunkMaxBytes) {
    return !objects && chunkMaxBytes != Footprint.UNKNOWN;
  }

  // ---------------------------------------------------------------- the beginning

  @Override
  void work() {
    account.beginTurn();
    working = true;
    int index = 0;
    try {
      for (; index < recipes.size(); index++) open(index);
      index = recipes.size() - 1;
      overlap.begin();
      joinAsOwner(0);
    } catch (Throwable thrown) {
      overlap.begin();
      refuse(index, thrown);
      fail(index, thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    } finally {
      overlap.turnEnded();
    }
  }

  /// Ends what the run did not come to open: live streams that were handed over are open all the same, and where somebody
  /// waits it is opened for them to be told. `failed` could not be opened; -1 where nothing was tried.
  private void refuse(int failed, Throwable cause) {
    for (int i = streams.size(); i < recipes.size(); i++) {
      var recipe = recipes.get(i);
      if (recipe instanceof Once once) once.release(cause);
      else if (recipe.isAwaited() && i != failed) openAndDestroy(recipe, cause);
    }
  }

  private void openAndDestroy(Recipe recipe, Throwable cause) {
    LiveStream stream;
    try {
      stream =
          switch (recipe) {
            case Origin<?> origin -> origin.open();
            case Stage<?, ?> stage -> stage.open();
            case Target<?> target -> target.open();
          };
    } catch (RuntimeException later) {
      FusedLoop.suppress(cause, later);
      return;
    }
    refused.add(stream);
    // The run's outcome tells it: it is not an error that nobody hears.
    var _ = stream.onError(_ -> {});
    var _ = stream.onClose(this::settle);
    stream.destroy(cause);
  }

  /// Joins the streams, as the owner of those that are live ones of the user's.
  private void joinAsOwner(int from) {
    if (from == recipes.size()) join();
    else if (recipes.get(from) instanceof Once once) once.attach(() -> joinAsOwner(from + 1));
    else joinAsOwner(from + 1);
  }

  private void join() {
    Streams.pipeline(streams, this::joinedStreamsAreOver);
  }

  private void open(int index) {
    account.enter(index);
    var recipe = recipes.get(index);
    // Before it is ours to destroy: one that belongs to somebody else is left alone.
    if (recipe instanceof Once once) once.own();
    var stream =
        switch (recipe) {
          case PullOrigin<?> origin -> openOrigin(index, origin);
          case PullStage<?, ?> stage -> openStage(index, stage);
          case PullTarget<?> target -> openTarget(index, target);
          case Origin<?> origin -> origin.open();
          case Stage<?, ?> stage -> stage.open();
          case Target<?> target -> target.open();
        };
    streams.add(stream);
    stream.watch(overlap.watch(index));
    overlap.mark(index, stream);
    var _ = stream.onError(error -> failed(index, error));
    var _ = stream.onClose(() -> closed(index));
    if (index == recipes.size() - 1 && stream instanceof WritableStream<?> target) {
      var _ = target.onFinish(this::targetFinished);
    }
    if (recipe instanceof Declared declared) checkMarks(stream, declared.declaredMarkBytes());
  }

  private <T> LiveStream openOrigin(int index, PullOrigin<T> origin) {
    var pull = origin.pull();
    account.opened(index, pull);
    parts[index] = pull;
    return made(index, PartStreams.readable(origin, pull, surplus, this::cancel));
  }

  private LiveStream made(int index, PartStreams.Made<?> made) {
    driven[index] = made.driven();
    return made.stream();
  }

  private <I, O> LiveStream openStage(int index, PullStage<I, O> stage) {
    var step = stage.step();
    account.opened(index, step);
    parts[index] = step;
    return made(index, PartStreams.duplex(stage, step, surplus, () -> endedEarly = true));
  }

  private <T> LiveStream openTarget(int index, PullTarget<T> target) {
    var put = target.put();
    account.opened(index, put);
    parts[index] = put;
    return made(index, PartStreams.writable(target, put, surplus, this::succeedEarly));
  }

  @Override
  @Nullable Part partAt(int stage) {
    return parts[stage];
  }

  @Override
  @Nullable Part partSeen(int stage) {
    return parts[stage];
  }

  @Override
  @Nullable PipelineRun waitsForRun() {
    return null;
  }

  private static void checkMarks(LiveStream stream, long markBytes) {
    if (markBytes == Footprint.UNKNOWN) return;
    var readable = stream instanceof ReadableStream<?> r ? r : null;
    var writable = stream instanceof WritableStream<?> w ? w : null;
    if ((readable != null && readable.readableObjectMode()) || (writable != null && writable.writableObjectMode())) {
      throw new IllegalStateException(
          stream.name() + " carries objects, whose bytes nobody counts: declare bytes for byte streams" + " alone");
    }
    long mark =
        Math.max(
            readable == null ? 0 : readable.readableHighWaterMark(),
            writable == null ? 0 : writable.writableHighWaterMark());
    if (mark > markBytes) {
      throw new IllegalStateException(
          stream.name()
              + " has a mark of "
              + ByteSizes.inWords(mark)
              + ", its recipe declares "
              + ByteSizes.inWords(markBytes)
              + " at most: open it with a smaller mark");
    }
  }

  /// What the recipe at `index` holds its stream to, or null.
  private @Nullable Declared holding(int index) {
    return recipes.get(index) instanceof Declared declares && declares.declaredBytes() != Footprint.UNKNOWN
        ? declares
        : null;
  }

  private void counted(int index, long bytes, @Nullable Declared declared) {
    account.moved(index, bytes);
    // A source and a sink that answer at once pass everything in one turn: no turn of a cancel
    // would come between.
    var cancel = cancelled();
    if (cancel != null) stop(cancel);
    if (bytes >= LOOK_BYTES || chunks++ % CHUNKS_PER_LOOK == 0) checkDeadline();
    if (declared != null) checkDeclared((ReadableStream<?>) streams.get(index), bytes, declared);
  }

  private static void checkDeclared(ReadableStream<?> stream, long bytes, Declared declared) {
    long heldBytes = bytes + stream.readableLength();
    if (bytes <= declared.declaredBytes() && heldBytes <= declared.declaredHeldBytes()) return;
    stream.destroy(
        new IllegalStateException(
            "it gave a chunk of "
                + ByteSizes.inWords(bytes)
                + " and held "
                + ByteSizes.inWords(heldBytes)
                + ", where its recipe declares "
                + ByteSizes.inWords(declared.declaredBytes())
                + " and "
                + ByteSizes.inWords(declared.declaredHeldBytes())
                + ": declare more, or make smaller chunks and stop when push says false"));
  }

  /// The states of stages that overlap: who is in a call of whom, and who has work that goes on meanwhile.
  ///
  /// A stage whose code runs on the strand is busy; one whose code waits there for the call of another is blocked. Of the
  /// others the streams tell: blocked is who holds output that is not taken, busy who has work (a source: was asked and has
  /// not answered), starved who has none. A part has work while it is WAITING alone: chunks that wait for its turn do not
  /// make it busy, and while another's code runs its turn is what is behind that one or before it.
  private final class Overlap implements Runnable {
    /// So many calls and answers share one look at the clock where they are fast.
    private static final int BORDERS_PER_BATCH = 64;

    private int[] calls = new int[8];
    private int depth;
    private int borders;
    private int rests;
    private boolean inTurn = true;
    private boolean begun;

    /// The streams are open: from now on they overlap.
    void begin() {
      if (begun) return;
      begun = true;
      account.border();
      account.overlap();
      strand().watch(this);
      settleStates();
    }

    StreamWatch watch(int index) {
      boolean counts = index < recipes.size() - 1;
      var declared = holding(index);
      return new StreamWatch() {
        @Override
        public void called() {
          enter(index, false);
        }

        @Override
        public void answers() {
          enter(index, true);
        }

        @Override
        public void queues() {
          beginTurn();
          if (!begun || !account.isExact()) return;
          account.border();
          account.hasWaited(index, strand().lateNanos());
          settleStates();
          account.changed();
        }

        @Override
        public void resumes() {
          var part = driven[index];
          boolean wasElsewhere = part != null && part.at() == PartStreams.At.ELSEWHERE;
          enter(index, false);
          account.hasWaited(index, wasElsewhere ? strand().lateNanos() : Long.MAX_VALUE);
        }

        @Override
        public void returned() {
          leave();
        }

        @Override
        public void full() {
          account.full(index);
          look(index);
        }

        @Override
        public void gave(long bytes) {
          if (counts) counted(index, bytes, declared);
        }

        @Override
        public void drained() {
          account.drained(index);
        }
      };
    }

    void mark(int index, LiveStream stream) {
      var reading = stream instanceof ReadableStream<?> r ? r : null;
      var writing = stream instanceof WritableStream<?> w ? w : null;
      long mark = 0;
      boolean objects = false;
      if (writing != null) {
        mark = writing.writableHighWaterMark();
        objects = writing.writableObjectMode();
      }
      if (reading != null && (writing == null || reading.readableObjectMode() == objects)) {
        mark += reading.readableHighWaterMark();
        objects = reading.readableObjectMode();
      }
      account.marked(index, mark, objects);
    }

    private void enter(int index, boolean answers) {
      beginTurn();
      if (depth == calls.length) calls = Arrays.copyOf(calls, 2 * depth);
      // What ran until it answers was its own code.
      if (answers && depth == 0) {
        account.state(index, Account.BUSY);
        account.runs(index);
      }
      calls[depth] = index;
      depth++;
      border(index);
      if (answers && depth == 1) account.hasWaited(index, strand().lateNanos());
    }

    private void leave() {
      if (depth > 0) depth--;
      border(depth == 0 ? -1 : calls[depth - 1]);
    }

    private void beginTurn() {
      if (inTurn || !begun) return;
      inTurn = true;
      borders = 0;
      account.beginTurn();
      if (rests == strand().rests()) return;
      rests = strand().rests();
      account.rested();
    }

    private void border(int at) {
      if (!begun || !Elsewhere.COUNTED) return;
      account.at(at);
      if (++borders % BORDERS_PER_BATCH == 0) account.endBatch(strand().nanoTime(), BORDERS_PER_BATCH);
      if (!account.isExact()) return;
      if (depth == 0) account.at(holder());
      account.border();
      account.runs(at);
      settleStates();
      account.changed();
    }

    /// A turn of the strand is over; where nothing of this run happened in it all is as it was.
    @Override
    public void run() {
      if (inTurn) turnEnded();
    }

    void turnEnded() {
      inTurn = false;
      depth = 0;
      account.border();
      account.runs(-1);
      settleStates();
      for (int i = 0; i < streams.size(); i++) look(i);
      account.at(holder());
      account.endTurn(waitsFor());
    }

    private void settleStates() {
      for (int i = 0; i < streams.size(); i++) account.state(i, stateOf(i));
      for (int i = 0; i < depth - 1; i++) account.state(calls[i], Account.BLOCKED);
      if (depth > 0) account.state(calls[depth - 1], Account.BUSY);
    }

    private byte stateOf(int index) {
      var stream = streams.get(index);
      var reading = stream instanceof ReadableStream<?> r && index < recipes.size() - 1 ? r : null;
      long output = reading == null ? 0 : reading.readableLength();
      var part = driven[index];
      if (part != null && (index == 0 || reading == null || output < reading.readableHighWaterMark() || output == 0)) {
        switch (part.at()) {
          case ELSEWHERE -> {
            return Account.BUSY;
          }
          case HOLDS -> {
            return Account.BLOCKED;
          }
          case QUEUED -> {
            return whileQueued(index);
          }
          case RESTS -> {}
        }
      }
      if (index == 0) {
        if (part == null && stream.isAsked()) return Account.BUSY;
        boolean isOver = reading == null || reading.readableEnded() || stream.closed();
        return output > 0 || isOver || depth > 0 ? Account.BLOCKED : Account.BUSY;
      }
      if (reading != null && output > 0 && output >= reading.readableHighWaterMark()) return Account.BLOCKED;
      if (part == null && stream instanceof WritableStream<?> w && (w.writableLength() > 0 || isUnfinished(w))) {
        return Account.BUSY;
      }
      boolean isOver = reading != null && reading.readableEnded();
      return output > 0 || isOver ? Account.BLOCKED : Account.STARVED;
    }

    /// A turn of its own is what comes next, or another's code keeps it from that.
    private byte whileQueued(int index) {
      if (depth == 0) return Account.BUSY;
      return calls[depth - 1] < index ? Account.STARVED : Account.BLOCKED;
    }

    private void look(int index) {
      var stream = streams.get(index);
      var reading = stream instanceof ReadableStream<?> r ? r : null;
      if (!(stream instanceof WritableStream<?> writing)) {
        account.holds(index, reading == null ? 0 : reading.readableLength());
        return;
      }
      long output =
          reading != null && reading.readableObjectMode() == writing.writableObjectMode()
              ? reading.readableLength()
              : 0;
      account.holds(index, writing.writableLength() + output);
    }
  }

  private static boolean isUnfinished(WritableStream<?> stream) {
    return stream.writableEnded() && !stream.writableFinished() && !stream.closed();
  }

  /// The last stream that was given something it has not acknowledged, or the first, which is then asked for more.
  private int holder() {
    for (int i = streams.size() - 1; i > 0; i--) {
      if (streams.get(i) instanceof WritableStream<?> stream && (stream.writableLength() > 0 || isEnding(stream))) {
        return i;
      }
    }
    return 0;
  }

  private static boolean isEnding(WritableStream<?> stream) {
    return stream.writableEnded() && !stream.closed();
  }

  @Override
  long activity() {
    // An acknowledgement moves nothing on, and shows in the lengths alone.
    long steps = account.chunksMoved() + movedInside();
    for (var stream : streams) {
      if (stream instanceof WritableStream<?> w) steps = 31 * steps + w.writableLength() + (w.writableEnded() ? 1 : 0);
      if (stream instanceof ReadableStream<?> r) steps = 31 * steps + r.readableLength() + (r.readableEnded() ? 1 : 0);
      if (stream.closed()) steps++;
    }
    return steps;
  }

  @Override
  String waitsFor() {
    int holder = holder();
    if (holder == 0) return "what its source pushes";
    return ((WritableStream<?>) streams.get(holder)).writableLength() > 0
        ? "the acknowledgement of a chunk"
        : "the acknowledgement of its end";
  }

  /// Turns come for other reasons too, so the last one tells nothing.
  @Override
  long quietNanos() {
    return 0;
  }

  @Override
  Diagnosis examineWork(Duration still) {
    var found = Diagnosis.ofStreams(runName(), still, named());
    // Somebody waits for the run, if nobody does inside it.
    return found.finding() == Finding.IDLE ? found.as(Finding.WAITS) : found;
  }

  @Override
  Diagnosis stuckIn(StuckCall call, Duration still) {
    return Diagnosis.ofStuckCall(runName(), still, named(), call.place());
  }

  private SequencedMap<LiveStream, String> named() {
    var named = new LinkedHashMap<LiveStream, String>();
    for (int i = 0; i < streams.size(); i++) named.put(streams.get(i), names.get(i));
    return named;
  }

  // ---------------------------------------------------------------- the end

  private void targetFinished() {
    if (endedEarly) succeedEarly();
  }

  /// The target is over, and those before it need not be.
  private void succeedEarly() {
    if (decided) return;
    decided = true;
    succeeded = true;
    // In a turn of its own: this one is still inside the target.
    strand()
        .execute(
            () -> {
              for (var stream : streams) if (!isOver(stream)) stream.destroy();
              settle();
            });
  }

  private void joinedStreamsAreOver(@Nullable Throwable error) {
    if (succeeded) return;
    if (error != null && failure == null) fail(closedEarly >= 0 ? closedEarly : recipes.size() - 1, error);
    decided = true;
    settle();
  }

  private void failed(int index, Throwable error) {
    if (succeeded && error instanceof StreamException told && told.code() == ErrorCode.ERR_STREAM_PREMATURE_CLOSE) {
      return;
    }
    // A stream that was closed by hand is to blame for what its neighbours are then told.
    boolean isCollateral =
        closedEarly >= 0
            && error instanceof StreamException known
            && known.code() == ErrorCode.ERR_STREAM_PREMATURE_CLOSE;
    fail(isCollateral ? closedEarly : index, error);
  }

  private void closed(int index) {
    if (failure == null && closedEarly < 0 && !isOver(streams.get(index))) closedEarly = index;
    settle();
  }

  private static boolean isOver(LiveStream stream) {
    return !(stream instanceof ReadableStream<?> readable && !readable.readableEnded())
        && !(stream instanceof WritableStream<?> writable && !writable.writableFinished());
  }

  @Override
  void stop(Throwable cause) {
    // Where every stream is over already the result is final; and what has failed cannot be late any more.
    if (decided && (failure == null || cause instanceof TimeoutException)) return;
    if (!working) refuse(-1, cause);
    working = true;
    fail(holder(), cause);
  }

  private void fail(int index, Throwable cause) {
    var first = failure;
    if (first == null) failure = failure(index, account.bytesFrom(Math.max(0, index - 1)), cause);
    else if (cause != first) FusedLoop.suppress(first, cause);
    decided = true;
    for (var stream : streams) stream.destroy(cause);
    settle();
  }

  /// Ends the run if it is decided and everything is closed.
  private void settle() {
    if (!decided || isEnded()) return;
    for (var stream : streams) {
      if (stream.closed()) continue;
      if (!stream.destroyed()) stream.destroy();
      askIfClosed(ASK_NANOS);
      return;
    }
    if (!refused.stream().allMatch(LiveStream::closed)) return;
    // In a turn of its own: `error` and `close` are emitted in the ticks after a stream has closed.
    strand().execute(this::endWhenTold);
  }

  /// A stream may emit no `close`, and nothing else tells when it has.
  private void askIfClosed(long nanos) {
    if (asking != null) return;
    asking =
        strand()
            .after(
                nanos,
                () -> {
                  asking = null;
                  if (streams.stream().allMatch(LiveStream::closed)) settle();
                  else askIfClosed(2 * nanos);
                });
  }

  private void endWhenTold() {
    if (isEnded()) return;
    if (asking != null) asking.cancel();
    strand().unwatch(overlap);
    overlap.turnEnded();
    account.end();
    long kept = surplus.usedBytes();
    surplus.giveBack(kept);
    var error = failure;
    end(error == null ? new Outcome.Succeeded(account.report()) : new Outcome.Failed(error));
  }
}
