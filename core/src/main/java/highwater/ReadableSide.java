package highwater;

import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The readable state machine: a source that is asked, a queue up to the mark, and a consumer that reads or is flowed to.
///
/// ```
/// source ──push──▶ queue ──read()──▶ data           flowing and empty: push ──▶ data at once
///    ▲               │
///    └── read() ─────┘ below the mark: asked again, in one tick for all          end() ──▶ ENDED ──all read──▶ end
/// ```
///
/// The rules, their order and their ticks are Node 26's (docs/semantics.md, R1 to R15). It is itself the feed that the source
/// is given, so asking and pushing allocate nothing.
final class ReadableSide<T> implements Feed<T> {
  static final int OBJECT_MODE = 1;

  /// The end was pushed.
  static final int ENDED = 1 << 1;

  /// `end` was emitted.
  static final int END_EMITTED = 1 << 2;

  /// A chunk was emitted as `data`.
  static final int DATA_EMITTED = 1 << 3;

  /// The source was asked and owes a push.
  private static final int READING = 1 << 4;

  /// The source's call has not returned (nor has the first begun): a push now is a synchronous one.
  private static final int SYNC = 1 << 5;

  /// Somebody found too little and waits for `readable`.
  private static final int NEED_READABLE = 1 << 6;

  /// `readable` is queued, or was emitted and nobody has read since.
  private static final int EMITTED_READABLE = 1 << 7;

  private static final int READABLE_LISTENING = 1 << 8;
  private static final int DATA_LISTENING = 1 << 9;
  private static final int RESUME_SCHEDULED = 1 << 10;

  /// The tick that fills the queue is queued.
  private static final int READING_MORE = 1 << 11;

  /// With [#FLOWING]: the three values of `flowing`.
  private static final int HAS_FLOWING = 1 << 12;

  private static final int FLOWING = 1 << 13;

  /// With [#PAUSED]: whether pause() or resume() was called, and which last.
  private static final int HAS_PAUSED = 1 << 14;

  private static final int PAUSED = 1 << 15;
  private static final int END_SCHEDULED = 1 << 16;

  /// The `readable` of the end was left out, since nobody listened.
  private static final int END_READABLE_OWED = 1 << 17;

  /// The asked source counts as work of the strand.
  private static final int HELD = 1 << 18;

  /// An asked source is work of its own; a transform's is not, it may wait for its writer.
  private static final int COUNTS_AS_WORK = 1 << 19;

  /// A second pipe was added since one alone last waited: a target taken off then always restarts the flow.
  private static final int SEVERAL_PIPES = 1 << 20;

  /// The first pipe is all that hears `data`: a chunk need not look for whom it is.
  private static final int ONE_PIPE = 1 << 21;

  /// What a stream of bytes is that flows, and is emptied, into one pipe alone ...
  private static final int STRAIGHT = FLOWING | DATA_LISTENING | ONE_PIPE;

  /// ... and what it is not.
  private static final int NOT_STRAIGHT = OBJECT_MODE | SYNC | ENDED | HELD;

  /// What `read()` without a size asks for.
  private static final int UNSIZED = -1;

  private static final int MARK_MAX = 1 << 30;

  private final Life life;
  private final Source<T> source;

  /// Who alone may use this side, or null while it is anybody's.
  @Nullable Ownership owner;

  /// Who takes the chunks one at a time now, beside listeners and pipes: one, or several readers; replaced on every change.
  List<Ownership> takers = List.of();

  private int state;
  long mark;
  long length;
  private ChunkQueue<T> queue = ChunkQueue.none();

  /// The first pipe; the others hang on it.
  private @Nullable Pipe<T> pipes;

  /// The targets that said false and have not drained: the flow goes on when it is empty.
  private @Nullable ArrayList<WritableSide<?>> awaited;

  ReadableSide(Life life, Source<T> source, StreamOptions options, boolean isTransform) {
    this.life = life;
    this.source = source;
    this.mark = options.readableMark();
    this.state = (options.readableObjects() ? OBJECT_MODE : 0) | (isTransform ? 0 : SYNC | COUNTS_AS_WORK);
  }

  /// This side, for a call of the user's: refused where it is somebody's.
  ReadableSide<T> forUser(String call) {
    if (owner != null) owner.check(life, call);
    return this;
  }

  boolean has(int bit) {
    return (state & bit) != 0;
  }

  /// The source only passes on what another stream gives: asked, it waits for that one, which is work of its own.
  void isNoWork() {
    state &= ~COUNTS_AS_WORK;
  }

  Life life() {
    return life;
  }

  Source<T> source() {
    return source;
  }

  boolean isAsked() {
    return has(READING);
  }

  boolean isReadable() {
    return !life.has(Life.DESTROYED) && !life.has(Life.ERROR_EMITTED) && !has(END_EMITTED);
  }

  boolean isPaused() {
    return has(PAUSED) || (state & (HAS_FLOWING | FLOWING)) == HAS_FLOWING;
  }

  Flowing flowing() {
    return !has(HAS_FLOWING) ? Flowing.UNDECIDED : has(FLOWING) ? Flowing.FLOWING : Flowing.PAUSED;
  }

  private Strand strand() {
    return life.strand;
  }

  private void clearReading() {
    state &= ~READING;
    releaseHold();
  }

  /// The strand need not wait for the source any longer: it has answered, or everything is released.
  void releaseHold() {
    if (!has(HELD)) return;
    state &= ~HELD;
    strand().release();
  }

  // ---------------------------------------------------------------- the source's side

  @Override
  public boolean push(T chunk) {
    var watch = life.watch();
    if (!strand().isCurrent()) strand().check("push to " + life.name());
    // Inside a call of the implementer's the watch knows who is at work.
    if (watch == null || life.isInCall()) return pushInCall(chunk);
    watch.answers();
    try {
      return pushInCall(chunk);
    } finally {
      watch.returned();
    }
  }

  /// Pushes what a transform was given. Where nothing but one pipe waits for it, that is seen by a few bits in one place, and
  /// it does what [#pushInCall] would: this is the bottom of many calls, where the JIT inlines no more.
  void passOn(T chunk) {
    var pipe = pipes;
    if (pipe != null
        && (state & (STRAIGHT | NOT_STRAIGHT)) == STRAIGHT
        && length == 0
        && life.isUnwatchedAndWorking()
        && chunk instanceof ByteBuffer bytes
        && bytes.hasRemaining()) {
      life.steps++;
      forgetAwaited();
      state = (state & ~READING) | DATA_EMITTED;
      pipe.passOn(chunk);
      readMore();
    } else {
      pushInCall(chunk);
    }
  }

  /// Pushes on the strand, where the watch knows who is at work.
  boolean pushInCall(T chunk) {
    long size = sizeOf(chunk);
    if (size < 0) return false;
    if (size == 0 && !has(OBJECT_MODE)) {
      clearReading();
      readMore();
      return canPushMore();
    }
    if ((state & ENDED) != 0) {
      life.errorOrDestroy(
          new StreamException(
              ErrorCode.ERR_STREAM_PUSH_AFTER_EOF,
              "a push of " + size + " to " + life + " after its end: push before end()"),
          false);
      return false;
    }
    if (life.isDestroyedOrErrored()) {
      // A stream that does not destroy itself is not asked again, but this was the answer.
      releaseHold();
      return false;
    }
    if (length >= mark && (state & (READING | COUNTS_AS_WORK)) == COUNTS_AS_WORK) pushesOn(size);
    clearReading();
    addChunk(chunk, size, false);
    return canPushMore();
  }

  /// The chunk's length; of a chunk of the wrong kind -1, and the stream has failed.
  private long sizeOf(T chunk) {
    if (chunk == null) throw Failures.nullChunk(life.name());
    if (has(OBJECT_MODE)) return life.options.weigh(chunk);
    if (chunk instanceof ByteBuffer bytes) return bytes.remaining();
    life.errorOrDestroy(Failures.wrongChunk(life.name(), chunk), false);
    return -1;
  }

  /// A push that nobody asked for, onto a full queue. A transform's is not meant: one chunk makes what it makes.
  private void pushesOn(long size) {
    if (length == 0 || !Misuse.isOn()) return;
    var pushed = life.pushedOn();
    if (!pushed.isTooMuch(size, length, mark, false)) return;
    var place = CallSite.here();
    Misuse.found(
        Misuse.Kind.PUSHED_ON,
        life.name(),
        place,
        pushed.chunks()
            + " pushes ("
            + amount(pushed.length())
            + ") to "
            + life.name()
            + " after push said false, the last at "
            + place
            + ": it holds "
            + amount(length)
            + ", its mark is "
            + mark
            + "; stop at false, and push more when the source is asked again");
  }

  private String amount(long length) {
    return Overrun.inWords(length, has(OBJECT_MODE), life.options.sizer() != null);
  }

  /// It was left over at the end of its strand's work: tells of it if nobody ever tried to read.
  void tellIfNeverRead() {
    int tried = DATA_EMITTED | FLOWING | DATA_LISTENING | READABLE_LISTENING | NEED_READABLE | END_EMITTED;
    if ((state & tried) != 0 || life.isDestroyedOrErrored()) return;
    var birth = life.birth();
    Misuse.tell(
        Misuse.Kind.NOBODY_READS,
        life.name(),
        birth == null ? null : birth.place(),
        "nobody ever read "
            + life.name()
            + (birth == null ? "" : ", made at " + birth.place())
            + ", and its strand has no work left: it holds "
            + amount(length)
            + ", its mark is "
            + mark
            + "; listen for its data, pipe it on, or destroy() it");
    if (birth != null) birth.hasReader();
  }

  private boolean canPushMore() {
    return (state & ENDED) == 0 && (length < mark || length == 0);
  }

  private void addChunk(T chunk, long size, boolean toFront) {
    life.steps++;
    if ((state & (FLOWING | SYNC | DATA_LISTENING)) == (FLOWING | DATA_LISTENING) && length == 0) {
      forgetAwaited();
      state |= DATA_EMITTED;
      emitData(chunk, false);
    } else {
      length += size;
      queue = queue.own();
      if (toFront) queue.addFirst(chunk, size);
      else queue.add(chunk, size, null);
      if (has(NEED_READABLE)) emitReadable();
    }
    readMore();
  }

  @Override
  public void end() {
    var watch = life.watch();
    if (watch == null) {
      endNowOrSoon();
      return;
    }
    watch.answers();
    try {
      endNowOrSoon();
    } finally {
      watch.returned();
    }
  }

  private void endNowOrSoon() {
    if (!strand().isCurrent()) strand().check("end of " + life.name());
    clearReading();
    if (has(ENDED)) return;
    state |= ENDED;
    if (!has(SYNC)) {
      // Said now, so that whoever waits for the end need not wait for a tick.
      state = (state & ~NEED_READABLE) | EMITTED_READABLE;
      emitReadableNow();
    } else if ((state & (FLOWING | NEED_READABLE)) != 0 || life.isHeard(Event.READABLE)) {
      emitReadable();
    } else {
      state |= END_READABLE_OWED;
    }
  }

  @Override
  public void fail(Throwable error) {
    life.destroyFromAnywhere(error);
  }

  @Override
  public long wanted() {
    return mark;
  }

  void unshift(T chunk) {
    long size = sizeOf(chunk);
    if (size < 0 || (size == 0 && !has(OBJECT_MODE))) return;
    if (has(END_EMITTED)) {
      life.errorOrDestroy(
          new StreamException(
              ErrorCode.ERR_STREAM_UNSHIFT_AFTER_END_EVENT,
              "an unshift of " + size + " to " + life + " after `end`: put back what was read before it"),
          false);
    } else if (!life.isDestroyedOrErrored()) {
      addChunk(chunk, size, true);
    }
  }

  void constructed() {
    if (has(NEED_READABLE)) readMore();
  }

  /// Fills the queue up to the mark, in one tick however many pushes ask for it.
  private void readMore() {
    if ((state & (READING_MORE | READING)) == 0 && life.has(Life.CONSTRUCTED)) {
      state |= READING_MORE;
      strand().nextTick(life, Life.TICK_READ_MORE);
    }
  }

  void readMoreNow() {
    if (isAskingInVain()) {
      state = (state | READING | NEED_READABLE) & ~READING_MORE;
      return;
    }
    while ((state & (READING | ENDED)) == 0 && (length < mark || (has(FLOWING) && length == 0))) {
      long before = length;
      read(0);
      if (length == before) break;
    }
    state &= ~READING_MORE;
  }

  /// Whether filling the queue now would do nothing but ask a transform that has nothing to let in, and nobody would know: what
  /// almost every chunk ends with that a transform passes on.
  private boolean isAskingInVain() {
    return (state & (READING | ENDED)) == 0
        && length == 0
        && mark > 0
        && source instanceof TransformCore<?, ?> core
        && !core.ackWaits()
        && life.isUnwatchedAndWorking();
  }

  // ---------------------------------------------------------------- read

  @Nullable T read() {
    life.hasReader();
    return take(UNSIZED, true);
  }

  @Nullable T read(int size) {
    if (size < 0) {
      throw new StreamException(ErrorCode.ERR_OUT_OF_RANGE, "read(" + size + ") (expected: 0 to 1 GiB)");
    }
    life.hasReader();
    return take(size, true);
  }

  /// `kept` tells whether the caller uses the chunk: listeners then get views of it.
  private @Nullable T take(int asked, boolean kept) {
    if (asked > mark) mark = markFor(asked);
    if (asked != 0) state &= ~(EMITTED_READABLE | END_READABLE_OWED);
    if (asked == 0 && has(NEED_READABLE) && ((mark != 0 ? length >= mark : length > 0) || has(ENDED))) {
      if (length == 0 && has(ENDED)) endSoon();
      else emitReadable();
      return null;
    }
    long amount = amountFor(asked);
    if (amount == 0 && has(ENDED)) {
      if (length == 0) endSoon();
      return null;
    }
    if ((state & (READING | ENDED)) == 0
        && life.isWorking()
        && (has(NEED_READABLE) || length == 0 || length - amount < mark)) {
      ask();
      // A source that pushed at once has changed what can be given.
      if (!has(READING)) amount = amountFor(asked);
    }
    T chunk = amount > 0 ? remove(amount) : null;
    if (chunk != null) life.steps++;
    if (chunk == null) {
      if (length <= mark) state |= NEED_READABLE;
      amount = 0;
    } else {
      forgetAwaited();
    }
    if (length == 0) {
      if (!has(ENDED)) state |= NEED_READABLE;
      else if (asked != amount) endSoon();
    }
    if (chunk != null && !life.has(Life.ERROR_EMITTED) && !life.has(Life.CLOSE_EMITTED)) {
      state |= DATA_EMITTED;
      emitData(chunk, kept);
    }
    return chunk;
  }

  private void emitData(T chunk, boolean kept) {
    var watch = life.watch();
    if (watch == null) {
      emitUnwatched(chunk, kept);
    } else {
      // Before it is somebody else's, who moves its position.
      long bytes = chunk instanceof ByteBuffer buffer ? buffer.remaining() : 0;
      emitUnwatched(chunk, kept);
      watch.gave(bytes);
    }
  }

  private void emitUnwatched(T chunk, boolean kept) {
    var pipe = pipes;
    if ((state & ONE_PIPE) != 0 && pipe != null && !kept) pipe.passOn(chunk);
    else life.emitData(chunk, kept);
  }

  /// What hears `data` has changed, and is now `hook` alone, or null for none or several.
  void dataIsHeardBy(@Nullable Object hook) {
    if (hook != null && hook == pipes) state |= ONE_PIPE;
    else state &= ~ONE_PIPE;
  }

  private void ask() {
    life.wasAsked();
    state |= READING | SYNC;
    if (length == 0) state |= NEED_READABLE;
    var watch = life.watch();
    if (watch != null) watch.called();
    try {
      source.read(this);
    } catch (Throwable thrown) {
      state &= ~SYNC;
      life.implementerThrew(thrown);
      return;
    } finally {
      if (watch != null) watch.returned();
    }
    state &= ~SYNC;
    // Only a source that has not answered keeps the strand: most have by now.
    if ((state & (READING | COUNTS_AS_WORK | HELD)) == (READING | COUNTS_AS_WORK) && !life.has(Life.CLOSED)) {
      state |= HELD;
      strand().hold();
    }
  }

  /// The next power of two: a reader that asks for more than the mark keeps asking for it.
  private long markFor(int asked) {
    if (asked > MARK_MAX) {
      throw new StreamException(ErrorCode.ERR_OUT_OF_RANGE, "read(" + asked + ") (expected: 0 to 1 GiB)");
    }
    return asked <= 1 ? asked : Integer.highestOneBit(asked - 1) << 1;
  }

  /// How much a read takes now: bytes, or 1 for the first object; 0 for nothing.
  private long amountFor(int asked) {
    if (asked == 0 || (length == 0 && has(ENDED))) return 0;
    if (has(OBJECT_MODE)) return 1;
    if (asked == UNSIZED) return queue.isEmpty() ? 0 : queue.firstLength();
    if (asked <= length) return asked;
    return has(ENDED) ? length : 0;
  }

  @SuppressWarnings("unchecked")
  private @Nullable T remove(long amount) {
    if (queue.isEmpty()) return null;
    if (has(OBJECT_MODE) || amount == queue.firstLength()) {
      length -= queue.firstLength();
      return queue.remove();
    }
    length -= amount;
    return (T) removeBytes((int) amount);
  }

  private ByteBuffer removeBytes(int amount) {
    var first = (ByteBuffer) queue.first();
    if (amount < queue.firstLength()) return removeFrom(first, amount);
    var joined = ByteBuffer.allocate(amount);
    while (joined.hasRemaining()) {
      var next = (ByteBuffer) queue.first();
      if (queue.firstLength() <= joined.remaining()) {
        joined.put(next);
        queue.remove();
      } else {
        joined.put(removeFrom(next, joined.remaining()));
      }
    }
    return joined.flip();
  }

  /// Cuts the beginning off the front chunk; what is left stays in front.
  private ByteBuffer removeFrom(ByteBuffer front, int amount) {
    var part = front.slice(front.position(), amount).order(front.order());
    front.position(front.position() + amount);
    queue.shortenFirst(queue.firstLength() - amount);
    return part;
  }

  private void emitReadable() {
    state &= ~NEED_READABLE;
    if (has(EMITTED_READABLE)) return;
    state |= EMITTED_READABLE;
    strand().nextTick(life, Life.TICK_EMIT_READABLE);
  }

  void emitReadableNow() {
    if (!life.isDestroyedOrErrored() && (length > 0 || !queue.isEmpty() || has(ENDED))) {
      life.emit(Event.READABLE, null);
      state &= ~EMITTED_READABLE;
    }
    if ((state & (FLOWING | ENDED)) == 0 && length <= mark) state |= NEED_READABLE;
    flow();
  }

  private void endSoon() {
    if ((state & (END_EMITTED | END_SCHEDULED)) != 0) return;
    state |= ENDED | END_SCHEDULED;
    strand().nextTick(life, Life.TICK_END);
  }

  void endNow() {
    state &= ~END_SCHEDULED;
    // An unshift may have come meanwhile.
    if (has(END_EMITTED) || life.errored != null || life.has(Life.CLOSE_EMITTED) || length > 0) return;
    state |= END_EMITTED;
    life.emit(Event.END, null);
    life.leaveIfOver();
    var writable = life.writableSideOrNull();
    if (writable != null && writable.isWritable() && !life.has(Life.ALLOW_HALF_OPEN)) {
      strand().nextTick(life, Life.TICK_END_WRITABLE);
    } else if (life.has(Life.AUTO_DESTROY) && (writable == null || writable.has(WritableSide.FINISHED))) {
      life.destroyWith(null);
    }
  }

  // ---------------------------------------------------------------- flow

  Registration onData(Consumer<? super T> listener) {
    if (Misuse.isOn()) Consumers.DATA.check(this, "a listener for data");
    var registration = life.on(Event.DATA, listener);
    dataListened();
    return registration;
  }

  private void dataListened() {
    state |= DATA_LISTENING;
    if (life.isHeard(Event.READABLE)) state |= READABLE_LISTENING;
    if ((state & (HAS_FLOWING | FLOWING)) != HAS_FLOWING) resume();
  }

  Registration onReadable(Runnable listener) {
    if (Misuse.isOn()) Consumers.READABLE.check(this, "a listener for readable");
    var registration = life.on(Event.READABLE, listener);
    readableListened();
    return registration;
  }

  /// A hook that waits for `readable`; the listener's rules hold for it too.
  void addReadableHook(Hook hook) {
    life.add(Event.READABLE, hook);
    readableListened();
  }

  private void readableListened() {
    life.hasReader();
    if ((state & (END_EMITTED | READABLE_LISTENING)) == 0) {
      state |= READABLE_LISTENING | NEED_READABLE | HAS_FLOWING;
      state &= ~(FLOWING | EMITTED_READABLE);
      if (length > 0) {
        emitReadable();
      } else {
        if (has(END_READABLE_OWED)) {
          state &= ~END_READABLE_OWED;
          emitReadable();
        }
        if (!has(READING)) strand().nextTick(life, Life.TICK_READ_NOTHING);
      }
    }
  }

  void listenerRemoved(Event event) {
    if (event == Event.READABLE) {
      // In a tick: a listener that is replaced at once changes nothing.
      strand().nextTick(life, Life.TICK_READABLE_LISTENING);
    } else if (event == Event.DATA && !life.isHeard(Event.DATA)) {
      state &= ~DATA_LISTENING;
    }
  }

  void updateReadableListening() {
    if (life.isHeard(Event.READABLE)) state |= READABLE_LISTENING;
    else state &= ~READABLE_LISTENING;
    if ((state & (HAS_PAUSED | PAUSED | RESUME_SCHEDULED)) == (HAS_PAUSED | RESUME_SCHEDULED)) {
      // A resume is on its way: it must find the stream flowing.
      state |= HAS_FLOWING | FLOWING;
    } else if (has(DATA_LISTENING)) {
      resume();
    } else if (!has(READABLE_LISTENING)) {
      state &= ~(HAS_FLOWING | FLOWING);
    }
  }

  void resume() {
    if (life.has(Life.DESTROYED)) return;
    life.hasReader();
    if (!has(FLOWING)) {
      state |= HAS_FLOWING;
      if (!has(READABLE_LISTENING)) state |= FLOWING;
      if (!has(RESUME_SCHEDULED)) {
        state |= RESUME_SCHEDULED;
        strand().nextTick(life, Life.TICK_RESUME);
      }
    }
    state = (state | HAS_PAUSED) & ~PAUSED;
  }

  void resumeNow() {
    if (!has(READING)) read(0);
    state &= ~RESUME_SCHEDULED;
    life.emit(Event.RESUME, null);
    flow();
    if ((state & (FLOWING | READING)) == FLOWING) read(0);
  }

  void pause() {
    if (life.has(Life.DESTROYED)) return;
    if ((state & (HAS_FLOWING | FLOWING)) != HAS_FLOWING) {
      state = (state | HAS_FLOWING) & ~FLOWING;
      life.emit(Event.PAUSE, null);
    }
    state |= HAS_PAUSED | PAUSED;
  }

  private void flow() {
    while (has(FLOWING) && take(UNSIZED, false) != null) {}
  }

  // ---------------------------------------------------------------- pipe

  void pipe(WritableSide<? super T> target, boolean end) {
    if (target.life().strand != strand()) {
      throw new IllegalStateException(
          "pipe from "
              + life.name()
              + " to "
              + target.life().name()
              + ": they live on different strands (open both on one, or cross with a Pipeline on each)");
    }
    forUser("a pipe");
    target.forUser("a pipe");
    if (Misuse.isOn()) Consumers.PIPE.check(this, "a pipe");
    var pipe = new Pipe<T>(this, target, end);
    if (pipes == null) {
      pipes = pipe;
    } else {
      if (pipes.next == null) state |= SEVERAL_PIPES;
      var last = pipes;
      while (last.next != null) last = last.next;
      last.next = pipe;
    }
    pipe.attach();
  }

  /// A pipe's own data hook; the listener's rules hold for it too.
  void addDataHook(Hook hook) {
    life.add(Event.DATA, hook);
    dataListened();
  }

  void unpipeAll() {
    var pipe = pipes;
    if (pipe == null) return;
    pipes = null;
    pause();
    for (; pipe != null; pipe = pipe.next) pipe.target().life().emit(Event.UNPIPE, new Pipe.Unpiped(this));
  }

  void unpipe(WritableSide<?> target) {
    Pipe<T> before = null;
    var pipe = pipes;
    while (pipe != null && pipe.target() != target) {
      before = pipe;
      pipe = pipe.next;
    }
    if (pipe == null) return;
    if (before == null) pipes = pipe.next;
    else before.next = pipe.next;
    if (pipes == null) pause();
    target.life().emit(Event.UNPIPE, new Pipe.Unpiped(this));
  }

  /// `target` said false to this pipe, or was full when it was piped.
  void await(WritableSide<?> target) {
    if (isPipedTo(target)) {
      if (awaited == null) awaited = new ArrayList<>(1);
      if (pipes != null && pipes.next == null) {
        state &= ~SEVERAL_PIPES;
        awaited.clear();
      }
      if (!awaited.contains(target)) awaited.add(target);
    }
    pause();
  }

  private boolean isPipedTo(WritableSide<?> target) {
    for (var pipe = pipes; pipe != null; pipe = pipe.next) if (pipe.target() == target) return true;
    return false;
  }

  /// `target` has drained, or is no longer piped to.
  void drained(WritableSide<?> target) {
    if (awaited != null) awaited.remove(target);
    if ((awaited == null || awaited.isEmpty()) && has(DATA_LISTENING)) resume();
  }

  boolean isAwaiting() {
    return has(SEVERAL_PIPES) || (awaited != null && !awaited.isEmpty());
  }

  boolean isFlowing() {
    return has(FLOWING);
  }

  private void forgetAwaited() {
    if (awaited != null && !awaited.isEmpty()) awaited.clear();
  }

  // ---------------------------------------------------------------- for the stall doctor

  /// Whether the source's call has not returned. Racy from another thread: for a strand that stands still in it.
  boolean isInSource() {
    return (state & (READING | SYNC)) == (READING | SYNC);
  }

  /// The targets that said false and have not drained.
  List<WritableSide<?>> awaited() {
    return awaited == null ? List.of() : List.copyOf(awaited);
  }

  @Override
  public String toString() {
    return "r=" + length + " flowing=" + flowing() + (has(END_EMITTED) ? " ended" : "");
  }
}
