package highwater;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One watch for the end of a stream.
///
/// A stream that will emit `close` is over at its `close`; one that will not, at the later of `end` and `finish`. Source: Node
/// 26, `stream.finished` (docs/semantics.md, F1 to F6).
final class Finished implements Hook, Registration {
  /// Keeps a late error of a stream that is over from being one that nobody listens to.
  private static final Hook NOTHING = (event, argument) -> {};

  private final Life life;
  private final boolean readable;
  private final boolean writable;
  private final boolean withErrors;
  private final boolean cleanup;
  private @Nullable Registration cancelWatch;
  private @Nullable Consumer<? super @Nullable Throwable> callback;
  private boolean closeFollows;
  private boolean isOver;
  private boolean readableOver;
  private boolean writableOver;

  private Finished(Life life, Streams.FinishedOptions options, Consumer<? super @Nullable Throwable> callback) {
    this.life = life;
    this.readable = options.readable();
    this.writable = options.writable();
    this.withErrors = options.error();
    this.cleanup = options.cleanup();
    this.callback = callback;
    var readableSide = life.readableSideOrNull();
    var writableSide = life.writableSideOrNull();
    closeFollows =
        life.has(Life.AUTO_DESTROY)
            && life.has(Life.EMIT_CLOSE)
            && !life.has(Life.CLOSED)
            && (readableSide != null) == readable
            && (writableSide != null) == writable;
    readableOver = isReadableOver(readableSide);
    writableOver = isWritableOver(writableSide);
  }

  static Registration watch(
      Life life, Streams.FinishedOptions options, Consumer<? super @Nullable Throwable> callback) {
    life.checkStrand("finished");
    var watch = start(new Finished(life, options, callback));
    if (options.cancel() != null && !life.has(Life.CLOSED)) watch.cancelWith(options.cancel());
    return watch;
  }

  private void cancelWith(CancelHandle handle) {
    cancelWatch = handle.onCancel(this::cancelledFromAnywhere);
  }

  private void cancelledFromAnywhere(Throwable reason) {
    if (!life.strand.isCurrent()) life.strand.post(() -> cancelled(reason));
    // Cancelled already when it was given: nothing is told inside the call that asks.
    else if (cancelWatch == null) life.strand.nextTick(() -> cancelled(reason));
    else cancelled(reason);
  }

  /// Waits no longer; the stream goes on.
  private void cancelled(Throwable reason) {
    var told = callback;
    remove();
    if (told != null) told.accept(Failures.cancelled("the wait for the end of " + life.name(), reason));
  }

  private static Finished start(Finished watch) {
    if (watch.isOverAlready()) {
      watch.isOver = true;
      if (watch.withErrors) watch.life.add(Event.ERROR, NOTHING);
      var error = watch.life.has(Life.CLOSED) ? watch.errorAtClose() : watch.life.errored;
      watch.life.strand.nextTick(() -> watch.tell(error));
      return watch;
    }
    watch.life.add(Event.END, watch);
    watch.life.add(Event.FINISH, watch);
    if (watch.withErrors) watch.life.add(Event.ERROR, watch);
    watch.life.add(Event.CLOSE, watch);
    return watch;
  }

  private boolean isOverAlready() {
    if (life.has(Life.CLOSED)) return true;
    if (life.has(Life.ERROR_EMITTED)) return !closeFollows;
    var readableSide = life.readableSideOrNull();
    var writableSide = life.writableSideOrNull();
    boolean canRead = readableSide != null && readableSide.isReadable() && !isReadableFinished(readableSide);
    boolean canWrite = writableSide != null && writableSide.isWritable();
    if (!readable
        && (!closeFollows || canRead)
        && (writableOver || (writableSide != null && !canWrite))
        && (writableSide == null || writableSide.pendingCallbacks() == 0)) {
      return true;
    }
    return !writable && (!closeFollows || canWrite) && (readableOver || (readableSide != null && !canRead));
  }

  static boolean isReadableFinished(ReadableSide<?> side) {
    return side.life().errored == null && side.has(ReadableSide.END_EMITTED);
  }

  private boolean isReadableOver(@Nullable ReadableSide<?> side) {
    return side != null
        && life.errored == null
        && (side.has(ReadableSide.END_EMITTED) || (side.has(ReadableSide.ENDED) && side.length == 0));
  }

  private boolean isWritableOver(@Nullable WritableSide<?> side) {
    if (side == null) return false;
    if (side.has(WritableSide.FINISHED)) return true;
    return life.errored == null && side.isEnded() && side.length == 0;
  }

  @Override
  public void on(Event event, @Nullable Object argument) {
    switch (event) {
      case END -> {
        missingWritableOver();
        sideOver(true);
      }
      case FINISH -> sideOver(false);
      case ERROR -> tell((Throwable) argument);
      case CLOSE -> {
        missingWritableOver();
        tell(errorAtClose());
      }
      case DATA, READABLE, PAUSE, RESUME, DRAIN, PIPE, UNPIPE -> throw new AssertionError(event);
    }
  }

  /// A readable that is asked about the writable side it does not have finishes when it ends or closes.
  private void missingWritableOver() {
    if (writable && life.writableSideOrNull() == null) sideOver(false);
  }

  private void sideOver(boolean readableSide) {
    if (readableSide) readableOver = true;
    else writableOver = true;
    // Somebody destroyed it early, so that `close` may have been meant for another reason.
    if (life.has(Life.DESTROYED)) closeFollows = false;
    var other = readableSide ? life.writableSideOrNull() : life.readableSideOrNull();
    boolean otherOpen =
        other instanceof WritableSide<?> w ? w.isWritable() : other instanceof ReadableSide<?> r && r.isReadable();
    boolean otherWatched = readableSide ? writable : readable;
    if (closeFollows && (!otherOpen || otherWatched)) return;
    if (!otherWatched || (readableSide ? writableOver : readableOver)) tell(null);
  }

  private @Nullable Throwable errorAtClose() {
    if (life.errored != null) return life.errored;
    var readableSide = life.readableSideOrNull();
    if (readable && !readableOver && readableSide != null && !isReadableOver(readableSide)) {
      return Failures.prematureClose(life.name());
    }
    var writableSide = life.writableSideOrNull();
    if (writable && !writableOver && !isWritableOver(writableSide)) return Failures.prematureClose(life.name());
    return null;
  }

  private void tell(@Nullable Throwable error) {
    var told = callback;
    callback = null;
    if (cancelWatch != null) cancelWatch.remove();
    cancelWatch = null;
    if (told == null) return;
    if (cleanup) remove();
    told.accept(error);
  }

  @Override
  public void remove() {
    callback = null;
    if (cancelWatch != null) cancelWatch.remove();
    cancelWatch = null;
    life.off(Event.END, this);
    life.off(Event.FINISH, this);
    life.off(Event.ERROR, isOver ? NOTHING : this);
    life.off(Event.CLOSE, this);
  }
}
