package highwater;

import highwater.strand.Strand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Live streams piped one into the next, whose fates are tied: one error, all destroyed, one callback after the last close.
///
/// Source: Node 26, `stream.pipeline` (docs/semantics.md, L1 to L6).
final class PipelineOfStreams {
  private final Consumer<? super @Nullable Throwable> callback;

  private final List<Life> lives = new ArrayList<>();

  /// The streams not known to be over, from first to last.
  private final ArrayDeque<Fate> fates = new ArrayDeque<>();

  /// What is taken off a last stream that stays readable for its user.
  private final List<Runnable> lastCleanups = new ArrayList<>();

  private int pending;
  private boolean told;
  private @Nullable Throwable error;

  /// Whether the last stream is ended and destroyed as the others are.
  private final boolean endsLast;

  /// Lets go of a last stream that is left open.
  private @Nullable Runnable openEnd;

  private boolean cancelled;
  private @Nullable Registration cancelWatch;

  private PipelineOfStreams(boolean endsLast, Consumer<? super @Nullable Throwable> callback) {
    this.endsLast = endsLast;
    this.callback = callback;
  }

  static void connect(
      List<? extends LiveStream> streams,
      Streams.PipelineOptions options,
      Consumer<? super @Nullable Throwable> callback) {
    if (streams.size() < 2) {
      throw new IllegalArgumentException(
          "a pipeline of " + streams.size() + " streams (expected: a readable, any duplexes, a writable)");
    }
    checkOwners(streams);
    var pipeline = new PipelineOfStreams(options.end(), callback);
    for (int i = 0; i < streams.size(); i++) {
      pipeline.join(streams, i);
    }
    if (options.cancel() != null) pipeline.cancelWith(options.cancel());
  }

  /// Before anything is attached: what is refused must leave nothing on the streams of others.
  private static void checkOwners(List<? extends LiveStream> streams) {
    for (int i = 0; i < streams.size(); i++) {
      var life = streams.get(i).life();
      life.checkStrand("pipeline");
      var reading = life.readableSideOrNull();
      if (reading != null && i < streams.size() - 1) reading.forUser("a pipe");
      var writing = life.writableSideOrNull();
      if (writing != null && i > 0) writing.forUser("a pipe");
    }
  }

  private void cancelWith(CancelHandle handle) {
    var strand = lives.getFirst().strand;
    cancelWatch =
        handle.onCancel(
            reason -> {
              if (!strand.isCurrent()) strand.post(() -> cancelled(reason));
              // Cancelled already when it was given: the streams are not touched inside the call, as in Node.
              else if (cancelWatch == null) strand.nextTick(() -> cancelled(reason));
              else cancelled(reason);
            });
    if (error != null) cancelWatch.remove();
  }

  private void cancelled(Throwable reason) {
    if (told || error != null) return;
    cancelled = true;
    failOnly(Failures.cancelled("the pipeline of " + lives.getFirst().name(), reason));
  }

  private void join(List<? extends LiveStream> streams, int index) {
    var life = streams.get(index).life();
    lives.add(life);
    boolean isLast = index == streams.size() - 1;
    if (!isLast) {
      var next = streams.get(index + 1).life();
      if (next.has(Life.CLOSED) || next.has(Life.DESTROYED)) {
        throw new StreamException(
            ErrorCode.ERR_STREAM_UNABLE_TO_PIPE,
            "pipeline onto " + next + ": it is destroyed already (open a new stream for each pipeline)");
      }
    }
    var readableSide = life.readableSideOrNull();
    boolean staysReadable =
        isLast
            && readableSide != null
            && !life.has(Life.DESTROYED)
            && readableSide.isReadable()
            && !Finished.isReadableFinished(readableSide);
    if (isLast && !endsLast) {
      pipeIntoOpen(streams.get(index - 1).life(), life);
      return;
    }
    var fate = new Fate(life, !isLast, index > 0);
    fates.add(fate);
    if (staysReadable) lastCleanups.add(fate.watch::remove);
    Hook lateErrors =
        (event, argument) -> {
          if (argument instanceof Throwable thrown && !isCollateral(thrown)) failOnly(thrown);
        };
    life.add(Event.ERROR, lateErrors);
    if (staysReadable) lastCleanups.add(() -> life.off(Event.ERROR, lateErrors));
    if (index > 0) pipe(streams.get(index - 1).life(), life, staysReadable);
  }

  private static boolean isCollateral(Throwable error) {
    return error instanceof StreamException known
        && (known.code() == ErrorCode.ABORT_ERR || known.code() == ErrorCode.ERR_STREAM_PREMATURE_CLOSE);
  }

  /// A stream, and whether it still has to be destroyed when another fails.
  private static final class Fate {
    final Life life;
    final Registration watch;
    boolean over;

    Fate(Life life, boolean reading, boolean writing) {
      this.life = life;
      life.add(Event.CLOSE, (event, argument) -> over = true);
      watch = Finished.watch(life, new Streams.FinishedOptions(reading, writing, true), error -> over = error == null);
    }

    void destroy(@Nullable Throwable error) {
      if (over) return;
      over = true;
      if (life.has(Life.DESTROYED)) return;
      life.destroyWith(
          error != null
              ? error
              : new StreamException(ErrorCode.ERR_STREAM_DESTROYED, "the pipeline of " + life + " is over"));
    }
  }

  private void pipe(Life from, Life to, boolean staysReadable) {
    var source = readableOf(from, to);
    var target = writableOf(from, to);
    pending += 2;
    var ending = new Ending(source, target);
    to.add(Event.CLOSE, ending);
    source.pipe(target, false);
    if (source.life().errored == null && source.has(ReadableSide.END_EMITTED)) {
      from.strand.nextTick(ending::end);
    } else {
      from.add(Event.END, ending);
    }
    Finished.watch(from, new Streams.FinishedOptions(true, false, true), ending::sourceOver);
    var watch = Finished.watch(to, new Streams.FinishedOptions(false, true, true), this::finish);
    if (staysReadable) lastCleanups.add(watch::remove);
  }

  /// Pipes into a last stream that is left open: the pipeline is over when its source is, and then lets go of it.
  private void pipeIntoOpen(Life from, Life to) {
    var source = readableOf(from, to);
    var target = writableOf(from, to);
    pending++;
    source.pipe(target, false);
    var watch =
        Finished.watch(
            to,
            new Streams.FinishedOptions(false, true, true),
            error -> failOnly(error != null ? error : Failures.prematureClose(to.name())));
    openEnd =
        () -> {
          watch.remove();
          source.unpipe(target);
        };
    Finished.watch(from, new Streams.FinishedOptions(true, false, true), new Ending(source, target)::sourceOver);
  }

  @SuppressWarnings("unchecked") // Whoever joins them says that they carry the same.
  private static ReadableSide<Object> readableOf(Life from, Life to) {
    var source = (ReadableSide<Object>) from.readableSideOrNull();
    if (source == null) throw notJoinable(from, to);
    return source;
  }

  @SuppressWarnings("unchecked") // As above.
  private static WritableSide<Object> writableOf(Life from, Life to) {
    var target = (WritableSide<Object>) to.writableSideOrNull();
    if (target == null) throw notJoinable(from, to);
    return target;
  }

  private static IllegalArgumentException notJoinable(Life from, Life to) {
    return new IllegalArgumentException(
        "a pipeline from "
            + from
            + " to "
            + to
            + " (expected: a readable into a writable; only duplexes stand between)");
  }

  /// How one stream's end becomes the next one's.
  private final class Ending implements Hook {
    private final ReadableSide<?> source;
    private final WritableSide<?> target;
    private boolean ended;

    Ending(ReadableSide<?> source, WritableSide<?> target) {
      this.source = source;
      this.target = target;
    }

    @Override
    public void on(Event event, @Nullable Object argument) {
      if (event == Event.CLOSE) {
        if (!ended) failOnly(Failures.prematureClose(target.life().name()));
      } else {
        source.life().off(Event.END, this);
        end();
      }
    }

    void end() {
      ended = true;
      target.end(null, null);
    }

    void sourceOver(@Nullable Throwable error) {
      var life = source.life();
      if (error instanceof StreamException known
          && known.code() == ErrorCode.ERR_STREAM_PREMATURE_CLOSE
          && source.has(ReadableSide.ENDED)
          && life.errored == null
          && !life.has(Life.ERROR_EMITTED)) {
        // Closed with its end pushed but not read: the end still comes, to whoever reads on.
        var late = new LateEnd(life);
        life.add(Event.END, late);
        life.add(Event.ERROR, late);
      } else {
        finish(error);
      }
    }
  }

  private final class LateEnd implements Hook {
    private final Life life;

    LateEnd(Life life) {
      this.life = life;
    }

    @Override
    public void on(Event event, @Nullable Object argument) {
      life.off(event, this);
      finish(event == Event.ERROR ? (Throwable) argument : null);
    }
  }

  private void finish(@Nullable Throwable failure) {
    settle(failure, --pending == 0);
  }

  private void failOnly(Throwable failure) {
    settle(failure, false);
  }

  private void settle(@Nullable Throwable failure, boolean isFinal) {
    // A real error replaces one that only says that somebody else was stopped; a cancel is meant.
    if (failure != null && (error == null || (isCollateral(error) && !cancelled))) error = failure;
    if (error == null && !isFinal) return;
    if (cancelWatch != null) cancelWatch.remove();
    for (Fate fate; (fate = fates.poll()) != null; ) fate.destroy(error);
    if (!isFinal) return;
    if (error == null) lastCleanups.forEach(Runnable::run);
    if (openEnd != null) openEnd.run();
    openEnd = null;
    if (told) return;
    told = true;
    tell(error);
  }

  /// Tells how it went, once no stream is being released any more: one that has ended may still be closing, and fail at it.
  private void tell(@Nullable Throwable outcome) {
    for (var life : lives) {
      if (life.has(Life.DESTROYED) && !life.has(Life.CLOSED) && life.has(Life.EMIT_CLOSE)) {
        life.add(Event.CLOSE, (event, argument) -> tell(outcome != null ? outcome : life.errored));
        return;
      }
    }
    Strand.current().nextTick(() -> callback.accept(outcome));
  }
}
