package highwater;

import org.jspecify.annotations.Nullable;

/// One pipe: what hangs on a readable and a writable while the first feeds the second.
///
/// ```
/// source ──data──▶ target.write ──false──▶ source.pause … target ──drain──▶ source.resume (when no target is awaited)
/// source ──end──▶ target.end()          target ──error, close, finish──▶ unpiped: every hook taken off
/// ```
///
/// Source: Node 26, `readable.pipe` (docs/semantics.md, P1 to P8).
final class Pipe<T> implements Hook {
  private final ReadableSide<T> source;
  private final WritableSide<? super T> target;
  private final boolean end;
  private final StackWalker.@Nullable StackFrame place = CallSite.frameHere();

  /// The source's next pipe.
  @Nullable Pipe<T> next;

  private boolean drainHooked;
  private boolean detached;

  Pipe(ReadableSide<T> source, WritableSide<? super T> target, boolean end) {
    this.source = source;
    this.target = target;
    this.end = end;
  }

  WritableSide<? super T> target() {
    return target;
  }

  ReadableSide<T> source() {
    return source;
  }

  String describe() {
    return "a pipe at " + CallSite.inWords(place);
  }

  void attach() {
    var from = source.life();
    var to = target.life();
    if (source.has(ReadableSide.END_EMITTED)) from.strand.nextTick(this::sourceEnded);
    else from.add(Event.END, this);
    to.add(Event.UNPIPE, this);
    source.addDataHook(this);
    // In front, so that the pipe is gone before the user's listener looks.
    to.prepend(Event.ERROR, this);
    to.add(Event.CLOSE, this);
    to.add(Event.FINISH, this);
    to.emit(Event.PIPE, from);
    if (target.needsDrain()) waitForDrain();
    else if (!source.isFlowing()) source.resume();
  }

  @Override
  public void on(Event event, @Nullable Object argument) {
    switch (event) {
      case DATA -> {
        if (argument != null) passOn(argument);
      }
      case DRAIN -> source.drained(target);
      case END -> {
        source.life().off(Event.END, this);
        sourceEnded();
      }
      case UNPIPE -> {
        if (argument instanceof Unpiped unpiped && unpiped.claim(source)) detach();
      }
      case ERROR -> targetFailed((Throwable) argument);
      case CLOSE -> {
        target.life().off(Event.CLOSE, this);
        target.life().off(Event.FINISH, this);
        source.unpipe(target);
      }
      case FINISH -> {
        target.life().off(Event.FINISH, this);
        target.life().off(Event.CLOSE, this);
        source.unpipe(target);
      }
      case READABLE, PAUSE, RESUME, PIPE -> throw new AssertionError(event);
    }
  }

  @SuppressWarnings("unchecked")
  void passOn(Object chunk) {
    try {
      if (!target.writePiped((T) chunk)) waitForDrain();
    } catch (RuntimeException thrown) {
      target.life().destroyWith(thrown);
    }
  }

  private void sourceEnded() {
    if (end) target.end(null, null);
    else source.unpipe(target);
  }

  private void targetFailed(@Nullable Throwable error) {
    source.unpipe(target);
    var life = target.life();
    life.off(Event.ERROR, this);
    // Nobody else listens: the error must not be silenced by the pipe's own listener.
    if (!life.isHeard(Event.ERROR)) life.emit(Event.ERROR, error);
  }

  private void waitForDrain() {
    // A user may have unpiped inside the write that said false: then nothing would ever resume the source.
    if (!detached) source.await(target);
    if (!drainHooked) {
      drainHooked = true;
      target.life().add(Event.DRAIN, this);
    }
  }

  private void detach() {
    var to = target.life();
    to.off(Event.CLOSE, this);
    to.off(Event.FINISH, this);
    if (drainHooked) to.off(Event.DRAIN, this);
    to.off(Event.ERROR, this);
    to.off(Event.UNPIPE, this);
    source.life().off(Event.END, this);
    source.life().off(Event.DATA, this);
    detached = true;
    // Whoever waits for this target would wait for ever.
    if (drainHooked && source.isAwaiting()) source.drained(target);
  }

  /// The news that one pipe from `source` was taken off; the first pipe that hears it is the one.
  static final class Unpiped {
    private final ReadableSide<?> source;
    private boolean claimed;

    Unpiped(ReadableSide<?> source) {
      this.source = source;
    }

    ReadableStream<?> source() {
      return (ReadableStream<?>) source.life();
    }

    private boolean claim(ReadableSide<?> side) {
      if (claimed || side != source) return false;
      claimed = true;
      return true;
    }
  }
}
