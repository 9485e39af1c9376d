package highwater;

import highwater.strand.Resident;
import highwater.strand.Strand;
import highwater.strand.Ticked;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a stream's sides share: one error, one destruction, one close, and the listeners.
///
/// ```
/// born ──(construct)──▶ CONSTRUCTED ──destroy(e)──▶ DESTROYED ──hook acknowledged──▶ CLOSED ──tick──▶ error(e), close
/// ```
///
/// Each step is taken once and forwards only. `error` is emitted at most once, in the tick of `close` or, where the stream does
/// not destroy itself, as soon as it fails. Plain fields: touched on the strand only.
abstract sealed class Life extends Resident implements LiveStream, Ticked
    permits LiveReadable, LiveWritable, LiveDuplex {
  static final int CONSTRUCTED = 1;
  static final int DESTROYED = 1 << 1;
  static final int CLOSED = 1 << 2;
  static final int CLOSE_EMITTED = 1 << 3;
  static final int ERROR_EMITTED = 1 << 4;
  static final int EMIT_CLOSE = 1 << 5;
  static final int AUTO_DESTROY = 1 << 6;
  static final int ALLOW_HALF_OPEN = 1 << 7;

  /// The strand has let it go: it is over, whether or not it was destroyed.
  private static final int LEFT = 1 << 8;

  /// There is an error.
  private static final int ERRORED = 1 << 9;

  /// From this bit on there is one for each event that somebody listens to, in the order of [Event].
  private static final int HEARD = 16;

  private static final int DATA_HEARD = 1 << (HEARD + Event.DATA.ordinal());

  // What a tick of this stream is for. Each kind is queued at most once where its side keeps a bit for it.
  static final int TICK_EMIT_READABLE = 0;
  static final int TICK_READ_MORE = 1;
  static final int TICK_RESUME = 2;
  static final int TICK_END = 3;
  static final int TICK_READ_NOTHING = 4;
  static final int TICK_READABLE_LISTENING = 5;
  static final int TICK_END_WRITABLE = 6;
  static final int TICK_AFTER_WRITE = 7;
  static final int TICK_FAIL_BUFFERED = 8;
  static final int TICK_FINISH = 9;
  static final int TICK_FINISH_IF_STILL_DUE = 10;
  static final int TICK_CLOSE = 11;
  static final int TICK_CONSTRUCT = 12;

  final Strand strand;
  final StreamOptions options;
  private int bits;
  @Nullable Throwable errored;

  /// Counts what moves, on either side: what stands still while the stream does, for whoever asks later.
  int steps;

  /// Who looks on, if anybody does.
  private @Nullable Witnesses witnesses;

  /// What the destruction reports as `error`.
  private @Nullable Throwable closingError;

  /// What is taken off when the stream is over: its place at a cancel handle.
  private @Nullable Registration cancelWatch;

  /// What the events are heard by: one place for each event that has its bit above [#HEARD].
  private @Nullable Object[] listeners = Listeners.NONE;

  Life(StreamOptions options) {
    this.strand = Strand.current();
    this.options = options;
    this.bits =
        CONSTRUCTED
            | (options.emitClose() ? EMIT_CLOSE : 0)
            | (options.autoDestroy() ? AUTO_DESTROY : 0)
            | (options.allowHalfOpen() ? ALLOW_HALF_OPEN : 0);
    if (CallSite.isOfStreams()) {
      witnesses().madeAt = CallSite.here();
      witnesses().birth = Birth.of(this);
    }
  }

  private Witnesses witnesses() {
    if (witnesses == null) witnesses = new Witnesses();
    return witnesses;
  }

  /// Has `watch` told what this stream does from now on, or nobody.
  final void beWatchedBy(@Nullable StreamWatch watch) {
    if (watch != null || witnesses != null) witnesses().watch = watch;
  }

  /// Who is told what this stream does, or null.
  final @Nullable StreamWatch watch() {
    return witnesses == null ? null : witnesses.watch;
  }

  /// Where it was made, while the misuse detector tracks.
  final @Nullable Birth birth() {
    return witnesses == null ? null : witnesses.birth;
  }

  /// Somebody reads the stream.
  final void hasReader() {
    var birth = birth();
    if (birth != null) birth.hasReader();
  }

  /// What was pushed unasked since a push said false, one more push included.
  final Overrun pushedOn() {
    var on = witnesses();
    if (on.pushedOn == null) on.pushedOn = new Overrun();
    return on.pushedOn;
  }

  /// The source is asked: what it pushed before is forgiven.
  final void wasAsked() {
    if (witnesses != null) witnesses.pushedOn = null;
  }

  /// What was written since a write said false, one more write included.
  final Overrun wroteOn() {
    var on = witnesses();
    if (on.wroteOn == null) on.wroteOn = new Overrun();
    return on.wroteOn;
  }

  private @Nullable StreamFlight flight() {
    return witnesses == null ? null : witnesses.flight;
  }

  /// What records it, also when the recording has begun since its last event.
  private @Nullable StreamFlight startedFlight() {
    var flight = flight();
    if (flight != null) return flight;
    flight = Flight.of(this);
    if (flight != null) witnesses().flight = flight;
    return flight;
  }

  /// Ends the birth: the last line of every constructor.
  final void born() {
    strand.enter(this);
    var flight = startedFlight();
    if (flight != null) flight.opened();
    if (constructing() == null) return;
    bits &= ~CONSTRUCTED;
    strand.hold();
    strand.nextTick(this, TICK_CONSTRUCT);
  }

  /// A write said false: for the flight recording, which may have begun since the last.
  final void saidFalse(WritableSide<?> side) {
    var flight = startedFlight();
    if (flight != null) flight.saidFalse(side.length, side.mark);
  }

  /// `drain` is about to be emitted: what was written on is forgiven.
  final void drains() {
    if (witnesses == null) return;
    witnesses.wroteOn = null;
    if (witnesses.flight != null) witnesses.flight.drained();
  }

  abstract @Nullable ReadableSide<?> readableSideOrNull();

  abstract @Nullable WritableSide<?> writableSideOrNull();

  /// What must be opened first, or null.
  abstract @Nullable Constructing constructing();

  /// Calls the implementer's destroy hook.
  abstract void callDestroyHook(@Nullable Throwable error, Done done) throws Exception;

  @Override
  public final Life life() {
    return this;
  }

  final boolean has(int bit) {
    return (bits & bit) != 0;
  }

  /// Whether the implementer may be called: constructed, not destroyed, not failed.
  final boolean isWorking() {
    return (bits & (CONSTRUCTED | DESTROYED | ERRORED)) == CONSTRUCTED;
  }

  /// Whether it works and nobody looks on.
  final boolean isUnwatchedAndWorking() {
    return witnesses == null && isWorking();
  }

  final boolean isDestroyedOrErrored() {
    return (bits & (DESTROYED | ERRORED)) != 0;
  }

  /// Whether a write goes to the sink at once, as far as that is not for the writable side to say.
  final boolean isOpen() {
    return (bits & (CONSTRUCTED | ERRORED)) == CONSTRUCTED;
  }

  /// Makes `error` the stream's, if it is the first.
  final void keepFirst(@Nullable Throwable error) {
    if (error == null || errored != null) return;
    errored = error;
    bits |= ERRORED;
  }

  /// Where it was made in the user's code, or null where that was not noted.
  final @Nullable CallSite madeAt() {
    return witnesses == null ? null : witnesses.madeAt;
  }

  @Override
  public final long activity() {
    return 31L * steps + (bits & ((1 << HEARD) - 1));
  }

  /// Whether a call of the source or the sink has not returned; from another thread, for a strand that stands still in it.
  final boolean isInCall() {
    var readable = readableSideOrNull();
    var writable = writableSideOrNull();
    return (readable != null && readable.isInSource()) || (writable != null && writable.isInSink());
  }

  final void checkStrand(String call) {
    if (!strand.isCurrent()) strand.check(call + " on " + name());
  }

  @Override
  public final String name() {
    var name = options.name();
    if (name != null) return name;
    var kind =
        this instanceof LiveTransform<?, ?>
            ? "transform"
            : this instanceof LiveDuplex<?, ?> ? "duplex" : this instanceof LiveReadable<?> ? "readable" : "writable";
    return kind + "@" + Integer.toHexString(System.identityHashCode(this));
  }

  // ---------------------------------------------------------------- listeners

  final Registration on(Event event, Object callback) {
    checkStrand("on" + event);
    var listener = new Listener(this, event, callback);
    add(event, listener);
    return listener;
  }

  final void add(Event event, Hook hook) {
    listeners = Listeners.add(listeners, bits >>> HEARD, event, hook);
    bits |= 1 << (HEARD + event.ordinal());
    if (event == Event.DATA) dataHeardAnew();
  }

  final void prepend(Event event, Hook hook) {
    listeners = Listeners.prepend(listeners, bits >>> HEARD, event, hook);
    bits |= 1 << (HEARD + event.ordinal());
    if (event == Event.DATA) dataHeardAnew();
  }

  final void off(Event event, Hook hook) {
    if (!isHeard(event) || !Listeners.remove(listeners, bits >>> HEARD, event, hook)) return;
    if (heardBy(event) == null) {
      Listeners.close(listeners, bits >>> HEARD, event);
      bits &= ~(1 << (HEARD + event.ordinal()));
    }
    if (event == Event.DATA) dataHeardAnew();
    var readable = readableSideOrNull();
    if (readable != null) readable.listenerRemoved(event);
  }

  private void dataHeardAnew() {
    var readable = readableSideOrNull();
    if (readable != null) readable.dataIsHeardBy(heardBy(Event.DATA));
  }

  final boolean isHeard(Event event) {
    return has(1 << (HEARD + event.ordinal()));
  }

  private @Nullable Object heardBy(Event event) {
    return isHeard(event) ? Listeners.at(listeners, bits >>> HEARD, event) : null;
  }

  /// The hooks of `event`, to look at.
  final List<Hook> hooks(Event event) {
    var slot = heardBy(event);
    if (slot instanceof Hook[] many) return List.of(many);
    return slot == null ? List.of() : List.of((Hook) slot);
  }

  final @Nullable Hook firstHook(Event event) {
    var all = hooks(event);
    return all.isEmpty() ? null : all.getFirst();
  }

  final void emit(Event event, @Nullable Object argument) {
    var slot = heardBy(event);
    if (slot instanceof Hook[] many) {
      for (var hook : many) call(hook, event, argument);
    } else if (slot != null) {
      call((Hook) slot, event, argument);
    } else if (event == Event.ERROR && argument instanceof Throwable error) {
      strand.uncaught(error);
    }
  }

  /// Emits a chunk, each receiver with a view of its own; the last one has the chunk itself, unless the caller keeps it.
  final void emitData(Object chunk, boolean kept) {
    // DATA is the first event, so its place is the first too.
    var slot = has(DATA_HEARD) ? listeners[0] : null;
    // The common case, and the hot one: a pipe catches what its target throws. It is asked for first, for whether
    // something is
    // an array of an interface's takes the JVM a search.
    if (slot instanceof Pipe<?> pipe) {
      pipe.passOn(kept ? Chunks.view(chunk) : chunk);
    } else if (slot instanceof Hook[] many) {
      int last = many.length - 1;
      for (int i = 0; i < last; i++) call(many[i], Event.DATA, Chunks.view(chunk));
      call(many[last], Event.DATA, kept ? Chunks.view(chunk) : chunk);
    } else if (slot != null) {
      call((Hook) slot, Event.DATA, kept ? Chunks.view(chunk) : chunk);
    }
  }

  private void call(Hook hook, Event event, @Nullable Object argument) {
    try {
      hook.on(event, argument);
    } catch (Throwable thrown) {
      // A throw in a listener fails the stream it listens to, and ends the run: it is never lost.
      strand.uncaught(thrown);
      destroyWith(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  // ---------------------------------------------------------------- the end

  final void destroyFromAnywhere(@Nullable Throwable error) {
    if (strand.isCurrent()) destroyWith(error);
    else strand.post(() -> destroyWith(error));
  }

  /// Destroys the stream when `handle` is cancelled, until it is over.
  final void cancelWith(CancelHandle handle) {
    checkStrand("cancelWith");
    if (has(DESTROYED) || has(LEFT)) return;
    var registration = handle.onCancel(reason -> destroyFromAnywhere(Failures.cancelled(name(), reason)));
    var before = cancelWatch;
    cancelWatch = before == null ? registration : both(before, registration);
  }

  private static Registration both(Registration first, Registration second) {
    return () -> {
      first.remove();
      second.remove();
    };
  }

  /// Stops now: the first call wins.
  final void destroyWith(@Nullable Throwable error) {
    if (has(DESTROYED)) return;
    var writable = writableSideOrNull();
    if (writable != null) writable.beforeDestroy();
    keepFirst(error);
    bits |= DESTROYED;
    closingError = error;
    // While it is being constructed the hook has to wait: constructed() calls it.
    if (has(CONSTRUCTED)) release(error);
  }

  /// What every failure found inside does: destroys, or, without self-destruction, only tells.
  final void errorOrDestroy(Throwable error, boolean sync) {
    if (has(DESTROYED)) return;
    if (has(AUTO_DESTROY)) {
      destroyWith(error);
      return;
    }
    keepFirst(error);
    if (sync) strand.nextTick(() -> emitError(error));
    else emitError(error);
  }

  /// A second acknowledgement of one call. A stream that is failing already (the call threw, say) has its reason.
  final void acknowledgedTwice(String call) {
    if (errored == null) errorOrDestroy(Failures.multipleCallback(name(), call), false);
  }

  /// A throw out of the implementer's code.
  final void implementerThrew(Throwable thrown) {
    errorOrDestroy(thrown, false);
    if (thrown instanceof VirtualMachineError fatal) throw fatal;
  }

  private void release(@Nullable Throwable error) {
    strand.hold();
    var done = new DestroyDone(error);
    try {
      callDestroyHook(error, done);
    } catch (Throwable thrown) {
      // After its acknowledgement nobody else would hear of it.
      if (done.called) strand.uncaught(thrown);
      else done.complete(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  private final class DestroyDone implements Done {
    private final @Nullable Throwable error;
    private boolean called;

    DestroyDone(@Nullable Throwable error) {
      this.error = error;
    }

    @Override
    public void ok() {
      if (strand.isCurrent()) complete(null);
      else strand.post(() -> complete(null));
    }

    @Override
    public void fail(Throwable failure) {
      if (strand.isCurrent()) complete(failure);
      else strand.post(() -> complete(failure));
    }

    void complete(@Nullable Throwable failure) {
      if (called) return;
      called = true;
      strand.release();
      var result = join(error, failure);
      keepFirst(result);
      closingError = result;
      bits |= CLOSED;
      var birth = birth();
      if (birth != null) birth.close();
      var readable = readableSideOrNull();
      if (readable != null) readable.releaseHold();
      var writable = writableSideOrNull();
      if (writable != null) writable.releaseHolds();
      strand.nextTick(Life.this, TICK_CLOSE);
    }
  }

  private static @Nullable Throwable join(@Nullable Throwable first, @Nullable Throwable later) {
    if (first == null) return later;
    if (later != null && later != first) first.addSuppressed(later);
    return first;
  }

  private void emitError(Throwable error) {
    if (has(ERROR_EMITTED)) return;
    bits |= ERROR_EMITTED;
    emit(Event.ERROR, error);
    leave();
  }

  private void close() {
    if (closingError != null) emitError(closingError);
    bits |= CLOSE_EMITTED;
    leave();
    var flight = flight();
    if (flight != null) flight.closed();
    if (has(EMIT_CLOSE)) emit(Event.CLOSE, null);
  }

  /// Both sides may be over without a destruction: nothing is then left for the strand to wait for or to destroy.
  final void leaveIfOver() {
    var readable = readableSideOrNull();
    var writable = writableSideOrNull();
    if ((readable == null || readable.has(ReadableSide.END_EMITTED))
        && (writable == null || writable.has(WritableSide.FINISHED))) {
      leave();
    }
  }

  private void leave() {
    if (has(LEFT)) return;
    bits |= LEFT;
    strand.leave(this);
    if (cancelWatch != null) cancelWatch.remove();
    cancelWatch = null;
  }

  // ---------------------------------------------------------------- the beginning

  private void construct() {
    var done = new ConstructDone();
    try {
      var constructing = constructing();
      if (constructing == null) done.ok();
      else constructing.construct(done);
    } catch (Throwable thrown) {
      done.fail(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  private final class ConstructDone implements Done {
    private boolean called;

    @Override
    public void ok() {
      later(null);
    }

    @Override
    public void fail(Throwable error) {
      later(error);
    }

    private void later(@Nullable Throwable error) {
      if (strand.isCurrent()) strand.nextTick(() -> complete(error));
      else strand.post(() -> complete(error));
    }

    private void complete(@Nullable Throwable error) {
      if (called) {
        errorOrDestroy(error != null ? error : Failures.multipleCallback(name(), "construct"), false);
        return;
      }
      called = true;
      strand.release();
      bits |= CONSTRUCTED;
      if (has(DESTROYED)) {
        release(join(closingError, error));
      } else if (error != null) {
        errorOrDestroy(error, true);
      } else {
        var readable = readableSideOrNull();
        if (readable != null) readable.constructed();
        var writable = writableSideOrNull();
        if (writable != null) writable.constructed();
      }
    }
  }

  // ---------------------------------------------------------------- the strand's calls

  @Override
  public final void tick(int what) {
    switch (what) {
      case TICK_AFTER_WRITE -> writable().afterWrite(1, null);
      case TICK_EMIT_READABLE -> readable().emitReadableNow();
      case TICK_READ_MORE -> readable().readMoreNow();
      case TICK_RESUME -> readable().resumeNow();
      case TICK_END -> readable().endNow();
      case TICK_READ_NOTHING -> readable().read(0);
      case TICK_READABLE_LISTENING -> readable().updateReadableListening();
      case TICK_END_WRITABLE -> writable().endAfterReadable();
      case TICK_FAIL_BUFFERED -> writable().failBuffered();
      case TICK_FINISH -> writable().finish();
      case TICK_FINISH_IF_STILL_DUE -> writable().finishIfStillDue();
      case TICK_CLOSE -> close();
      case TICK_CONSTRUCT -> construct();
      default -> throw new AssertionError(what);
    }
  }

  private ReadableSide<?> readable() {
    var side = readableSideOrNull();
    if (side == null) throw new AssertionError(this);
    return side;
  }

  private WritableSide<?> writable() {
    var side = writableSideOrNull();
    if (side == null) throw new AssertionError(this);
    return side;
  }

  @Override
  protected final String describeResident() {
    return toString();
  }

  @Override
  protected final void abandon(@Nullable Throwable cause) {
    // Where nothing failed, the strand only ran out of work.
    var readable = readableSideOrNull();
    if (cause == null && readable != null && Misuse.isOn()) readable.tellIfNeverRead();
    destroyWith(cause);
  }

  @Override
  public final String toString() {
    var text = new StringBuilder(name()).append('{');
    var writable = writableSideOrNull();
    if (writable != null) text.append(writable).append("; ");
    var readable = readableSideOrNull();
    if (readable != null) text.append(readable).append("; ");
    if (has(DESTROYED)) text.append("destroyed ");
    if (has(CLOSED)) text.append("closed ");
    if (errored != null) text.append("errored ");
    int end = text.length();
    while (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == ';') end--;
    text.setLength(end);
    return text.append('}').toString();
  }
}
