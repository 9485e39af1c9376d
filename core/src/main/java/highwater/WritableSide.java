package highwater;

import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The writable state machine: one chunk (or batch) at the sink, the rest in a queue.
///
/// ```
/// write ──▶ sink, or queue while one is there ──acknowledged──▶ next of the queue ──empty──▶ drain, callbacks
/// end() ──▶ ENDING ──nothing queued or at the sink──▶ sink.finish() ──▶ FINISHED ──▶ (both sides over) destroy
/// ```
///
/// The rules, their order and their ticks are Node 26's (docs/semantics.md, W1 to W14). It is itself the acknowledgement that
/// the sink is given, so a write allocates nothing.
final class WritableSide<T> implements Done, Absent {
  static final int OBJECT_MODE = 1;

  /// `end()` was called.
  static final int ENDING = 1 << 1;

  /// `finish` was, or is being, emitted.
  static final int FINISHED = 1 << 2;

  /// A `write` said false; one `drain` is due.
  private static final int DRAIN_OWED = 1 << 3;

  /// A chunk or batch is at the sink.
  private static final int WRITING = 1 << 4;

  /// The sink's call has not returned: an acknowledgement now is a synchronous one.
  private static final int SYNC = 1 << 5;

  /// The sink owes an acknowledgement.
  private static final int ACK_OWED = 1 << 6;

  /// The queue is in use; it stays set while the queue is being worked off.
  private static final int BUFFERED = 1 << 7;

  /// The queue is being worked off.
  private static final int FLUSHING = 1 << 8;

  /// The sink's `finish` was called, or found absent.
  private static final int FINAL_CALLED = 1 << 9;

  /// All that precedes `finish` is over.
  private static final int PREFINISHED = 1 << 10;

  /// A tick for the work after a synchronous acknowledgement is queued.
  private static final int AFTER_WRITE_PENDING = 1 << 11;

  /// The sink takes no batches.
  private static final int NO_BATCH = 1 << 12;

  /// `end()` has returned.
  private static final int ENDED = 1 << 13;

  /// The chunk at the sink counts as work of the strand.
  private static final int HELD = 1 << 14;

  /// An unacknowledged chunk is work of its own; a transform's is not, it may wait for its reader.
  private static final int COUNTS_AS_WORK = 1 << 15;

  /// Its last step waits for another stream, which is work of its own.
  private static final int LAST_STEP_IS_NO_WORK = 1 << 16;

  private final Life life;
  private final Sink<T> sink;

  /// Who alone may use this side, or null while it is anybody's.
  @Nullable Ownership owner;

  private int state;
  final long mark;
  long length;
  int corked;
  private long writingLength;

  /// Writes whose callbacks have not been called, and steps of finishing: `finish` waits for 0.
  private int pendingCallbacks;

  private @Nullable Consumer<? super @Nullable Throwable> writingCallback;
  private @Nullable AfterWrites afterWrites;
  private @Nullable List<Consumer<? super @Nullable Throwable>> endCallbacks;
  private @Nullable FinalDone finishing;

  private ChunkQueue<T> queue = ChunkQueue.none();

  WritableSide(Life life, Sink<T> sink, StreamOptions options, boolean countsAsWork) {
    this.life = life;
    this.sink = countsAsWork && Misuse.isTracking() ? new TrackedSink<>(sink, this) : sink;
    this.mark = options.writableMark();
    this.state = (options.writableObjects() ? OBJECT_MODE : 0) | (countsAsWork ? COUNTS_AS_WORK : 0);
  }

  /// This side, for a call of the user's: refused where it is somebody's.
  WritableSide<T> forUser(String call) {
    if (owner != null) owner.check(life, call);
    return this;
  }

  boolean has(int bit) {
    return (state & bit) != 0;
  }

  /// The sink only passes on to another stream: what it waits for is that one's work.
  void isNoWork() {
    state = (state & ~COUNTS_AS_WORK) | LAST_STEP_IS_NO_WORK;
  }

  Life life() {
    return life;
  }

  /// What the implementer gave.
  Sink<T> sink() {
    return sink instanceof TrackedSink<T> tracked ? tracked.sink : sink;
  }

  boolean isWritable() {
    return (state & (ENDING | ENDED)) == 0 && !life.isDestroyedOrErrored();
  }

  boolean needsDrain() {
    return (state & (ENDING | DRAIN_OWED)) == DRAIN_OWED && !life.has(Life.DESTROYED);
  }

  /// Whether `end()` has been called and has returned.
  boolean isEnded() {
    return has(ENDED);
  }

  int pendingCallbacks() {
    return pendingCallbacks;
  }

  /// Whether an acknowledgement would count now.
  boolean isAcknowledgementOwed() {
    return has(ACK_OWED);
  }

  private Strand strand() {
    return life.strand;
  }

  // ---------------------------------------------------------------- write

  /// A write of the user's, who may have heard a false and gone on. Whoever asks to be told of each chunk can hold back by that.
  boolean writeByUser(T chunk) {
    if (has(DRAIN_OWED) && length >= mark) writesOn(chunk);
    return write(chunk, null);
  }

  private void writesOn(T chunk) {
    if (length == 0 || has(ENDING) || life.isDestroyedOrErrored() || !Misuse.isOn()) return;
    var written = life.wroteOn();
    if (!written.isTooMuch(sizeOf(chunk), length, mark, corked > 0)) return;
    var place = CallSite.here();
    Misuse.found(
        Misuse.Kind.WROTE_ON,
        life.name(),
        place,
        written.chunks()
            + " writes ("
            + amount(written.length())
            + ") to "
            + life.name()
            + " after write said false, the last at "
            + place
            + ": it holds "
            + amount(length)
            + ", its mark is "
            + mark
            + "; stop at false and go on at drain, or let pipe() do it");
  }

  private String amount(long length) {
    return Overrun.inWords(length, has(OBJECT_MODE), life.options.sizer() != null);
  }

  /// A pipe's write. Where nothing is in its way that is seen by a few bits in one place, as in [ReadableSide#passOn].
  boolean writePiped(T chunk) {
    if ((state & (OBJECT_MODE | ENDING | WRITING)) != 0
        || corked > 0
        || !life.isUnwatchedAndWorking()
        || !(chunk instanceof ByteBuffer bytes)) {
      return write(chunk, null);
    }
    long size = bytes.remaining();
    life.steps++;
    pendingCallbacks++;
    length += size;
    beginWriting(size, null);
    try {
      sink.write(chunk, this);
    } catch (Throwable thrown) {
      sinkThrew(thrown);
    }
    endCall();
    return isMoreWanted();
  }

  boolean write(T chunk, @Nullable Consumer<? super @Nullable Throwable> callback) {
    long size = sizeOf(chunk);
    var refusal = refusal(size);
    if (refusal != null) {
      refuse(refusal, callback);
      return false;
    }
    return accept(chunk, size, callback);
  }

  private long sizeOf(T chunk) {
    if (has(OBJECT_MODE)) {
      if (chunk == null) throw Failures.nullChunk(life.name());
      return life.options.weigh(chunk);
    }
    if (chunk instanceof ByteBuffer bytes) return bytes.remaining();
    throw chunk == null ? Failures.nullChunk(life.name()) : Failures.wrongChunk(life.name(), chunk);
  }

  private @Nullable StreamException refusal(long size) {
    if (has(ENDING)) {
      return new StreamException(
          ErrorCode.ERR_STREAM_WRITE_AFTER_END,
          "a write of "
              + size
              + " to "
              + life
              + " after end(): write before end(), or open a new stream (buffered="
              + length
              + ", mark="
              + mark
              + ")");
    }
    return life.has(Life.DESTROYED) ? destroyedAt("write of " + size + " to") : null;
  }

  private StreamException destroyedAt(String call) {
    return new StreamException(
        ErrorCode.ERR_STREAM_DESTROYED,
        call + " " + life + ": it was destroyed before (buffered=" + length + ", mark=" + mark + ")",
        life.errored);
  }

  private void refuse(StreamException refusal, @Nullable Consumer<? super @Nullable Throwable> callback) {
    if (callback != null) strand().nextTick(() -> callback.accept(refusal));
    life.errorOrDestroy(refusal, true);
  }

  private boolean accept(T chunk, long size, @Nullable Consumer<? super @Nullable Throwable> callback) {
    life.steps++;
    pendingCallbacks++;
    length += size;
    if ((state & WRITING) != 0 || corked > 0 || !life.isOpen()) {
      state |= BUFFERED;
      queue = queue.own();
      queue.add(chunk, size, callback);
    } else {
      beginWriting(size, callback);
      callSink(chunk);
      endCall();
    }
    return isMoreWanted();
  }

  /// What a write answers, once its chunk is at the sink or queued.
  private boolean isMoreWanted() {
    boolean more = length < mark || length == 0;
    if (!more) {
      var watch = life.watch();
      if (watch != null && !has(DRAIN_OWED)) watch.full();
      state |= DRAIN_OWED;
      life.saidFalse(this);
    }
    return more && !life.isDestroyedOrErrored();
  }

  private void beginWriting(long size, @Nullable Consumer<? super @Nullable Throwable> callback) {
    writingLength = size;
    // Most writes have none, and a reference costs more to store than to look at.
    if (callback != null) writingCallback = callback;
    state |= WRITING | SYNC | ACK_OWED;
  }

  private void callSink(T chunk) {
    var watch = life.watch();
    if (watch != null) watch.called();
    try {
      sink.write(chunk, this);
    } catch (Throwable thrown) {
      sinkThrew(thrown);
    } finally {
      if (watch != null) watch.returned();
    }
  }

  /// The sink's call has returned. Only a chunk that is still there keeps the strand: most are acknowledged by then.
  private void endCall() {
    state &= ~SYNC;
    if ((state & (WRITING | COUNTS_AS_WORK | HELD)) == (WRITING | COUNTS_AS_WORK) && !life.has(Life.CLOSED)) {
      state |= HELD;
      strand().hold();
    }
  }

  private void sinkThrew(Throwable thrown) {
    if (has(ACK_OWED)) acknowledge(thrown);
    else life.errorOrDestroy(thrown, false);
    if (thrown instanceof VirtualMachineError fatal) throw fatal;
  }

  /// Everything is released: the strand need not wait for an acknowledgement any longer.
  void releaseHolds() {
    releaseHold();
    if (finishing != null) finishing.release();
  }

  private void releaseHold() {
    if (!has(HELD)) return;
    state &= ~HELD;
    strand().release();
  }

  // ---------------------------------------------------------------- acknowledgement

  @Override
  public void ok() {
    if (strand().isCurrent()) acknowledge(null);
    else strand().post(() -> acknowledge(null));
  }

  @Override
  public void fail(Throwable error) {
    if (strand().isCurrent()) acknowledge(error);
    else strand().post(() -> acknowledge(error));
  }

  @Override
  public void absent() {
    state |= NO_BATCH;
  }

  /// On the strand.
  void acknowledge(@Nullable Throwable error) {
    var watch = life.watch();
    // Inside the sink's call the watch knows who is at work.
    if (watch == null || (state & SYNC) != 0) {
      acknowledgeNow(error);
      return;
    }
    watch.answers();
    try {
      acknowledgeNow(error);
    } finally {
      watch.returned();
    }
  }

  private void acknowledgeNow(@Nullable Throwable error) {
    // Bits are looked at in place: this is the bottom of many calls, where the JIT inlines no more.
    int bits = state;
    if ((bits & ACK_OWED) == 0) {
      life.acknowledgedTwice("write");
      return;
    }
    boolean sync = (bits & SYNC) != 0;
    // Inside the sink's call the write has counted.
    if (!sync) life.steps++;
    var callback = writingCallback;
    if (callback != null) writingCallback = null;
    state = bits & ~(WRITING | ACK_OWED);
    if ((bits & HELD) != 0) releaseHold();
    length -= writingLength;
    writingLength = 0;
    if (error != null) {
      life.keepFirst(error);
      if (sync) strand().nextTick(() -> failWrite(error, callback));
      else failWrite(error, callback);
      return;
    }
    if ((bits & BUFFERED) != 0) flush();
    if (sync) afterSyncWrite(callback);
    else afterWrite(1, callback);
  }

  /// What follows an acknowledgement inside the sink's call waits for a tick, where there is anything to wait with.
  private void afterSyncWrite(@Nullable Consumer<? super @Nullable Throwable> callback) {
    if (callback == null && (state & (DRAIN_OWED | OBJECT_MODE | ENDING)) == 0) {
      pendingCallbacks--;
    } else if (callback == null) {
      // Node means "destroyed" here and tests object mode: its object streams always take the tick.
      boolean needsTick = (has(DRAIN_OWED) && length == 0) || has(OBJECT_MODE);
      if (needsTick && !has(AFTER_WRITE_PENDING)) {
        state |= AFTER_WRITE_PENDING;
        strand().nextTick(life, Life.TICK_AFTER_WRITE);
      } else {
        pendingCallbacks--;
        if (has(ENDING)) finishIfDue(true);
      }
    } else if (afterWrites != null && afterWrites.callback == callback) {
      afterWrites.count++;
    } else {
      afterWrites = new AfterWrites(callback);
      state |= AFTER_WRITE_PENDING;
      strand().nextTick(afterWrites);
    }
  }

  /// Synchronous writes with the same callback share one tick.
  private final class AfterWrites implements Runnable {
    final Consumer<? super @Nullable Throwable> callback;
    int count = 1;

    AfterWrites(Consumer<? super @Nullable Throwable> callback) {
      this.callback = callback;
    }

    @Override
    public void run() {
      afterWrites = null;
      afterWrite(count, callback);
    }
  }

  void afterWrite(int count, @Nullable Consumer<? super @Nullable Throwable> callback) {
    state &= ~AFTER_WRITE_PENDING;
    if ((state & (ENDING | DRAIN_OWED)) == DRAIN_OWED && length == 0 && !life.has(Life.DESTROYED)) {
      state &= ~DRAIN_OWED;
      life.drains();
      var watch = life.watch();
      if (watch != null) watch.drained();
      life.emit(Event.DRAIN, null);
    }
    for (int i = 0; i < count; i++) {
      pendingCallbacks--;
      call(callback, null);
    }
    if (life.has(Life.DESTROYED)) failBuffered();
    if (has(ENDING)) finishIfDue(true);
  }

  private void failWrite(Throwable error, @Nullable Consumer<? super @Nullable Throwable> callback) {
    pendingCallbacks--;
    call(callback, error);
    // The failed write comes first, then those queued behind it, then `error`.
    failBuffered();
    life.errorOrDestroy(error, false);
  }

  /// A user's callback; its throw fails the stream and the run, as a listener's does.
  private void call(@Nullable Consumer<? super @Nullable Throwable> callback, @Nullable Throwable error) {
    if (callback == null) return;
    try {
      callback.accept(error);
    } catch (Throwable thrown) {
      strand().uncaught(thrown);
      life.destroyWith(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  // ---------------------------------------------------------------- the queue

  void cork() {
    corked++;
  }

  void uncork() {
    if (corked == 0) return;
    corked--;
    if (!has(WRITING)) flush();
  }

  void constructed() {
    if (!has(WRITING)) flush();
    if (has(ENDING)) finishIfDue(false);
  }

  private void flush() {
    if ((state & (FLUSHING | BUFFERED)) != BUFFERED
        || corked > 0
        || !life.has(Life.CONSTRUCTED)
        || life.has(Life.DESTROYED)
        || queue.isEmpty()) {
      return;
    }
    state |= FLUSHING;
    do {
      if (queue.size() == 1 || has(NO_BATCH) || !flushBatch()) flushOne();
    } while (!queue.isEmpty() && !has(WRITING));
    if (queue.isEmpty()) state &= ~BUFFERED;
    state &= ~FLUSHING;
  }

  @SuppressWarnings("unchecked")
  private void flushOne() {
    long size = queue.firstLength();
    var callback = (Consumer<? super @Nullable Throwable>) queue.firstCallback();
    T chunk = queue.remove();
    beginWriting(size, callback);
    if (life.has(Life.DESTROYED)) {
      acknowledge(destroyedAt("write of " + size + " to"));
    } else {
      callSink(chunk);
    }
    endCall();
  }

  /// Gives all that is queued to the sink as one batch; false when it turns out to take none.
  @SuppressWarnings("unchecked")
  private boolean flushBatch() {
    int count = queue.size();
    var chunks = new Object[count];
    var callbacks = queue.hasCallbacks() ? new @Nullable Object[count] : null;
    var sizes = new long[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = queue.firstLength();
      if (callbacks != null) callbacks[i] = queue.firstCallback();
      chunks[i] = queue.remove();
    }
    Consumer<@Nullable Throwable> callback =
        callbacks == null
            ? null
            : error -> {
              for (var each : callbacks) call((Consumer<? super @Nullable Throwable>) each, error);
            };
    pendingCallbacks -= count - 1;
    beginWriting(length, callback);
    var watch = life.watch();
    if (watch != null) watch.called();
    try {
      sink.writeBatch((List<T>) Arrays.asList(chunks), this);
    } catch (Throwable thrown) {
      sinkThrew(thrown);
    } finally {
      if (watch != null) watch.returned();
    }
    endCall();
    if (!has(NO_BATCH)) return true;
    // The default hook answered: nothing was written, so everything goes back, in order.
    pendingCallbacks += count - 1;
    state &= ~(WRITING | ACK_OWED);
    releaseHold();
    writingCallback = null;
    writingLength = 0;
    for (int i = 0; i < count; i++) {
      queue.add((T) chunks[i], sizes[i], callbacks == null ? null : callbacks[i]);
    }
    return false;
  }

  /// Tells everybody whose chunk will never be written; while one is at the sink, its acknowledgement does this.
  void failBuffered() {
    if (has(WRITING)) return;
    while (!queue.isEmpty()) {
      length -= queue.firstLength();
      @SuppressWarnings("unchecked")
      var callback = (Consumer<? super @Nullable Throwable>) queue.firstCallback();
      queue.remove();
      if (callback != null) call(callback, life.errored != null ? life.errored : destroyedAt("write to"));
    }
    if (endCallbacks != null) callEndCallbacks(life.errored != null ? life.errored : destroyedAt("end of"));
    queue.clear();
    state &= ~BUFFERED;
  }

  void beforeDestroy() {
    if (has(BUFFERED) || endCallbacks != null) strand().nextTick(life, Life.TICK_FAIL_BUFFERED);
  }

  // ---------------------------------------------------------------- end and finish

  void end(@Nullable T last, @Nullable Consumer<? super @Nullable Throwable> callback) {
    Throwable refusal = null;
    if (last != null) {
      long size = sizeOf(last);
      var refused = refusal(size);
      if (refused != null) refuse(refused, null);
      else accept(last, size, null);
      refusal = refused;
    }
    if (corked > 0) {
      corked = 1;
      uncork();
    }
    if (refusal == null) refusal = beginEnding();
    if (callback != null) answerEnd(callback, refusal);
  }

  private @Nullable Throwable beginEnding() {
    if (!has(ENDING) && life.errored == null) {
      // An end() too many is forgiven: it is not always easy to know whether it was called.
      state |= ENDING;
      finishIfDue(true);
      state |= ENDED;
      return null;
    }
    if (has(FINISHED)) {
      return new StreamException(
          ErrorCode.ERR_STREAM_ALREADY_FINISHED, "end() of " + life + ": it has finished; call end() once");
    }
    return life.has(Life.DESTROYED) ? destroyedAt("end() of") : null;
  }

  private void answerEnd(Consumer<? super @Nullable Throwable> callback, @Nullable Throwable refusal) {
    var error = refusal != null ? refusal : life.errored;
    if (error != null || has(FINISHED)) {
      strand().nextTick(() -> callback.accept(error));
    } else {
      if (endCallbacks == null) endCallbacks = new ArrayList<>(1);
      endCallbacks.add(callback);
    }
  }

  private void callEndCallbacks(@Nullable Throwable error) {
    var callbacks = endCallbacks;
    endCallbacks = null;
    if (callbacks != null) for (var callback : callbacks) call(callback, error);
  }

  /// Whether all that `finish` waits for is there.
  private boolean isFinishDue() {
    return (state & (ENDING | FINISHED | WRITING | BUFFERED)) == ENDING
        && length == 0
        && life.errored == null
        && life.has(Life.CONSTRUCTED)
        && !life.has(Life.DESTROYED)
        && !life.has(Life.ERROR_EMITTED)
        && !life.has(Life.CLOSE_EMITTED);
  }

  private void finishIfDue(boolean sync) {
    if (!isFinishDue()) return;
    prefinish();
    if (pendingCallbacks != 0) return;
    if (sync) {
      pendingCallbacks++;
      strand().nextTick(life, Life.TICK_FINISH_IF_STILL_DUE);
    } else if (isFinishDue()) {
      pendingCallbacks++;
      finish();
    }
  }

  void finishIfStillDue() {
    if (isFinishDue()) finish();
    else pendingCallbacks--;
  }

  private void prefinish() {
    if (has(PREFINISHED) || has(FINAL_CALLED)) return;
    state |= FINAL_CALLED | SYNC;
    pendingCallbacks++;
    var done = new FinalDone();
    finishing = done;
    var watch = life.watch();
    if (watch != null) watch.called();
    try {
      sink.finish(done);
    } catch (Throwable thrown) {
      // After its acknowledgement `finish` is on its way, and whoever hears that looks no further.
      if (has(PREFINISHED)) strand().uncaught(thrown);
      done.complete(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    } finally {
      if (watch != null) watch.returned();
    }
    state &= ~SYNC;
  }

  private final class FinalDone implements Done, Absent {
    private boolean released = has(LAST_STEP_IS_NO_WORK);

    FinalDone() {
      if (!released) strand().hold();
    }

    @Override
    public void absent() {
      release();
      pendingCallbacks--;
      state |= PREFINISHED;
    }

    @Override
    public void ok() {
      if (strand().isCurrent()) complete(null);
      else strand().post(() -> complete(null));
    }

    @Override
    public void fail(Throwable error) {
      if (strand().isCurrent()) complete(error);
      else strand().post(() -> complete(error));
    }

    void complete(@Nullable Throwable error) {
      release();
      finalAcknowledged(error);
    }

    void release() {
      if (released) return;
      released = true;
      strand().release();
    }
  }

  private void finalAcknowledged(@Nullable Throwable error) {
    var watch = life.watch();
    if (watch != null) {
      watch.answers();
      watch.returned();
    }
    if (has(PREFINISHED)) {
      life.errorOrDestroy(error != null ? error : Failures.multipleCallback(life.name(), "finish"), false);
      return;
    }
    pendingCallbacks--;
    if (error != null) {
      callEndCallbacks(error);
      life.errorOrDestroy(error, has(SYNC));
    } else if (isFinishDue()) {
      state |= PREFINISHED;
      pendingCallbacks++;
      strand().nextTick(life, Life.TICK_FINISH);
    }
  }

  void finish() {
    pendingCallbacks--;
    state |= FINISHED;
    callEndCallbacks(null);
    life.emit(Event.FINISH, null);
    life.leaveIfOver();
    if (!life.has(Life.AUTO_DESTROY)) return;
    var readable = life.readableSideOrNull();
    if (readable == null || readable.has(ReadableSide.END_EMITTED)) life.destroyWith(null);
  }

  void endAfterReadable() {
    if (isWritable()) end(null, null);
  }

  // ---------------------------------------------------------------- for the stall doctor

  /// Whether the sink owes the acknowledgement of a write.
  boolean isAckOwed() {
    return has(ACK_OWED);
  }

  /// Whether the sink owes the acknowledgement of its last step.
  boolean isFinishOwed() {
    return (state & (FINAL_CALLED | PREFINISHED)) == FINAL_CALLED;
  }

  /// Whether the sink's call has not returned. Racy from another thread: for a strand that stands still in it.
  boolean isInSink() {
    return (state & SYNC) != 0;
  }

  @Override
  public String toString() {
    return "w="
        + length
        + (needsDrain() ? " needDrain" : "")
        + (corked > 0 ? " corked" : "")
        + (has(ENDING) ? " ended" : "")
        + (has(FINISHED) ? " finished" : "");
  }
}
