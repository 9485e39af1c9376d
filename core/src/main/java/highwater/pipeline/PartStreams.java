package highwater.pipeline;

import highwater.Constructing;
import highwater.Diagnosis;
import highwater.Done;
import highwater.DuplexStream;
import highwater.ErrorCode;
import highwater.Feed;
import highwater.LiveStream;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamException;
import highwater.StreamOptions;
import highwater.Waiting;
import highwater.WritableStream;
import highwater.memory.Budget;
import highwater.strand.Strand;
import highwater.strand.Timer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes live streams of parts: the part is opened in `construct`, driven turn by turn, made final before the stream is
/// over, and closed, after an abort where it was not final, in `destroy`.
///
/// Each operation is a turn of its own, so no call that asks for one sees it completed. A lent buffer is copied before
/// it leaves to users, who may keep it.
final class PartStreams {
  private PartStreams() {}

  /// A stream and what drives the part under it.
  record Made<S extends LiveStream>(S stream, Driven driven) {}

  /// What drives a part, which knows exactly whether that works. Thread rule: the strand.
  interface Driven {
    At at();
  }

  /// What a part is at while its code does not run.
  enum At {
    /// It has nothing to do, or is over.
    RESTS,
    /// It has output, for which nobody asks.
    HOLDS,
    /// Its turn waits for the strand.
    QUEUED,
    /// It has answered WAITING, and has told of no end of that in a turn of the strand.
    ELSEWHERE
  }

  static <T> ReadableStream<T> readable(PullOrigin<T> origin) {
    return readable(origin, Budget.unlimited());
  }

  static <T> ReadableStream<T> readable(PullOrigin<T> origin, Budget surplus) {
    return readable(origin, origin.pull(), surplus, null).stream();
  }

  /// `cancels` cancels the run that the stream is part of.
  static <T> Made<ReadableStream<T>> readable(
      PullOrigin<T> origin, Pull<T> part, Budget surplus, @Nullable Consumer<CancelledException> cancels) {
    var source = new OriginSource<>(origin, part, surplus, cancels);
    var stream = ReadableStream.from(source, options(origin));
    source.stream = stream;
    return new Made<>(stream, source);
  }

  static <I, O> DuplexStream<I, O> duplex(PullStage<I, O> stage) {
    return duplex(stage, Budget.unlimited());
  }

  static <I, O> DuplexStream<I, O> duplex(PullStage<I, O> stage, Budget surplus) {
    return duplex(stage, stage.step(), surplus, null).stream();
  }

  /// `whenOverEarly` is called when `part` is over although more input may come; without one such input is dropped.
  static <I, O> Made<DuplexStream<I, O>> duplex(
      PullStage<I, O> stage, Step<I, O> part, Budget surplus, @Nullable Runnable whenOverEarly) {
    var both = new StageEnds<>(stage, part, surplus);
    both.whenOverEarly = whenOverEarly;
    var stream = DuplexStream.of(both, both, options(stage));
    both.stream = stream;
    return new Made<>(stream, both);
  }

  static <T> WritableStream<T> writable(PullTarget<T> target) {
    return writable(target, Budget.unlimited());
  }

  static <T> WritableStream<T> writable(PullTarget<T> target, Budget surplus) {
    return writable(target, target.put(), surplus, null).stream();
  }

  /// `whenOverEarly` is called when `part` is over although more input may come; without one such input is dropped.
  static <T> Made<WritableStream<T>> writable(
      PullTarget<T> target, Put<T> part, Budget surplus, @Nullable Runnable whenOverEarly) {
    var sink = new TargetSink<>(target, part, surplus);
    sink.whenOverEarly = whenOverEarly;
    var stream = WritableStream.to(sink, options(target));
    sink.stream = stream;
    return new Made<>(stream, sink);
  }

  private static StreamOptions options(Recipe recipe) {
    var options = recipe.streamOptions();
    return options.name() == null ? options.named(recipe.name()) : options;
  }

  @SuppressWarnings("unchecked") // A copy of a ByteBuffer is a ByteBuffer.
  static <T> T copied(T chunk) {
    if (!(chunk instanceof ByteBuffer lent)) return chunk;
    return (T) ByteBuffer.allocate(lent.remaining()).order(lent.order()).put(lent).flip();
  }

  /// One part under a stream.
  private abstract static class Driver<P extends Part> implements Constructing, Waiting, Driven {
    final P part;
    private final String name;
    private final Strand strand = Strand.current();
    private final Place place;
    private final AtomicBoolean turnQueued = new AtomicBoolean();
    private boolean opened;
    private boolean released;

    /// What the part began goes on, as far as the strand knows.
    private boolean elsewhere;

    /// The stream above, which fails where the part does.
    @Nullable LiveStream stream;

    /// The part has answered DONE, and its result is final.
    boolean isOver;

    private boolean committing;

    /// What `destroy` waits for, from the abort until the part has settled.
    private @Nullable Done releasing;

    private @Nullable Throwable releaseFailure;
    private @Nullable Timer undoTimer;

    Driver(Recipe recipe, P part, Budget surplus, @Nullable Consumer<CancelledException> cancels) {
      this.part = part;
      this.name = recipe.name();
      this.place = new Place(name, strand, surplus.share(), this::wake, cancels);
    }

    @Override
    public final void construct(Done done) {
      strand.execute(
          () -> {
            opened = true;
            try {
              part.open(place);
              done.ok();
            } catch (Throwable thrown) {
              done.fail(thrown);
              rethrowFatal(thrown);
            }
          });
    }

    @Override
    public final @Nullable String waitsFor() {
      return part.waitsFor();
    }

    @Override
    public final Diagnosis.Cause waitCause() {
      return part.waitCause();
    }

    final void queueTurn() {
      if (turnQueued.getAndSet(true)) return;
      // A strand that has ended has released its streams.
      var _ = strand.post(this::turn);
    }

    /// The part can go on; from any thread.
    private void wake() {
      queueTurn();
      // A turn that comes from another thread tells itself how long it waited.
      if (!strand.isCurrent()) return;
      elsewhere = false;
      var watch = stream == null ? null : stream.watched();
      if (watch != null) watch.queues();
    }

    @Override
    public final At at() {
      if (elsewhere) return At.ELSEWHERE;
      if (turnQueued.get()) return At.QUEUED;
      return holdsOutput() ? At.HOLDS : At.RESTS;
    }

    /// Whether there is output for which nobody asks.
    boolean holdsOutput() {
      return false;
    }

    private void turn() {
      // Before the part is looked at: a wake from now on may tell of something that this turn does
      // not see.
      turnQueued.set(false);
      if (released) {
        releaseWhenSettled();
        return;
      }
      if (!opened) return;
      var watch = stream == null ? null : stream.watched();
      if (watch != null) watch.resumes();
      elsewhere = false;
      try {
        advance();
      } catch (Throwable thrown) {
        if (stream != null) stream.destroy(thrown);
        rethrowFatal(thrown);
      } finally {
        if (watch != null) watch.returned();
      }
    }

    /// Does one operation, if the stream asked for one and the part can.
    abstract void advance() throws Exception;

    /// Makes the part's result final; false where that waits still, and a wake will follow. Until then it is not polled.
    final boolean becomeFinal() throws Exception {
      if (!committing) part.commit();
      committing = true;
      isOver = part.settled();
      elsewhere = !isOver;
      return isOver;
    }

    /// What the part can do next, which is nothing else once it has begun to be final.
    final Progress look() throws Exception {
      if (committing) return Progress.DONE;
      var progress = part.poll();
      elsewhere = progress == Progress.WAITING;
      return progress;
    }

    final IllegalStateException brokenRule(String rule) {
      return new IllegalStateException("the part of " + name + " broke a rule: " + rule);
    }

    final void releasePart(@Nullable Throwable error, Done done) {
      strand.execute(
          () -> {
            released = true;
            releasing = done;
            if (opened && !isOver) abort(error != null ? error : destroyedEarly());
            releaseWhenSettled();
          });
    }

    private void abort(Throwable cause) {
      try {
        part.abort(cause);
      } catch (Throwable thrown) {
        releaseFailure = thrown;
      }
      undoTimer = strand.after(Part.UNDO_NANOS, this::close);
    }

    private void releaseWhenSettled() {
      if (releasing == null) return;
      if (opened && !isOver) {
        try {
          if (!part.settled()) return;
        } catch (Throwable thrown) {
          failRelease(thrown);
        }
      }
      close();
    }

    /// Closes the part and tells who waits for that.
    private void close() {
      var done = releasing;
      if (done == null) return;
      releasing = null;
      if (undoTimer != null) undoTimer.cancel();
      if (opened) {
        try {
          part.close();
          place.checkReturned();
        } catch (Throwable thrown) {
          failRelease(thrown);
        }
      }
      var failure = releaseFailure;
      if (failure == null) done.ok();
      else done.fail(failure);
      rethrowFatal(failure);
    }

    private void failRelease(Throwable thrown) {
      if (releaseFailure == null) releaseFailure = thrown;
      else if (releaseFailure != thrown) releaseFailure.addSuppressed(thrown);
    }

    private StreamException destroyedEarly() {
      return new StreamException(ErrorCode.ABORT_ERR, name + " was destroyed before it was over");
    }

    private static void rethrowFatal(@Nullable Throwable thrown) {
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
  }

  private static final class OriginSource<T> extends Driver<Pull<T>> implements Source<T> {
    private @Nullable Feed<T> feed;
    private boolean asked;

    OriginSource(PullOrigin<T> origin, Pull<T> part, Budget surplus, @Nullable Consumer<CancelledException> cancels) {
      super(origin, part, surplus, cancels);
    }

    @Override
    public void start(Feed<T> feed) {
      this.feed = feed;
    }

    @Override
    public void read(Feed<T> feed) {
      asked = true;
      queueTurn();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      releasePart(error, done);
    }

    @Override
    void advance() throws Exception {
      var out = feed;
      if (out == null || !asked || isOver) return;
      switch (look()) {
        case READY -> {
          asked = false;
          // Whether more is wanted it says by asking again.
          out.push(copied(part.next()));
        }
        case WAITING -> {}
        case DONE -> {
          if (becomeFinal()) out.end();
        }
        case HUNGRY -> throw brokenRule("an origin is never HUNGRY");
      }
    }
  }

  /// The input of a stage or a target: the chunk that was written and not acknowledged, and the end.
  private abstract static class TakingDriver<I, P extends Put<I>> extends Driver<P> implements Sink<I> {
    /// The chunk to be offered.
    private @Nullable I input;

    /// What the chunk's writer waits for, from the write to the part's next HUNGRY.
    private @Nullable Done written;

    private @Nullable Done finished;
    private boolean finishing;

    /// Told once when the part is over before its input is; what comes then is left unanswered.
    @Nullable Runnable whenOverEarly;

    private boolean toldOverEarly;

    TakingDriver(Recipe recipe, P part, Budget surplus) {
      super(recipe, part, surplus, null);
    }

    @Override
    public final void write(I chunk, Done done) {
      input = chunk;
      written = done;
      queueTurn();
    }

    @Override
    public final void finish(Done done) {
      finished = done;
      queueTurn();
    }

    @Override
    public final void destroy(@Nullable Throwable error, Done done) {
      releasePart(error, done);
    }

    /// The part is HUNGRY: acknowledges what it has used up, or gives it what there is.
    final void feedPart() throws Exception {
      var chunk = input;
      if (chunk != null) {
        input = null;
        part.offer(chunk);
        queueTurn();
      } else if (written != null) {
        acknowledge();
      } else if (finished != null) {
        if (finishing) throw brokenRule("HUNGRY after finish()");
        finishing = true;
        part.finish();
        queueTurn();
      }
    }

    private void acknowledge() {
      var done = written;
      written = null;
      if (done != null) done.ok();
    }

    /// The part needs no more: what is still written is dropped.
    final void acknowledgeAll() {
      var early = whenOverEarly;
      if (early != null && !finishing) {
        if (!toldOverEarly) early.run();
        toldOverEarly = true;
        return;
      }
      input = null;
      acknowledge();
      var done = finished;
      finished = null;
      if (done != null) done.ok();
    }
  }

  private static final class StageEnds<I, O> extends TakingDriver<I, Step<I, O>> implements Source<O> {
    private final boolean copies;
    private @Nullable Feed<O> feed;
    private boolean asked;

    /// The part has said READY and waits for `next`: polled again before, it may make other output in the same buffer.
    private boolean ready;

    StageEnds(PullStage<I, O> stage, Step<I, O> part, Budget surplus) {
      super(stage, part, surplus);
      copies = !stage.passesOn();
    }

    @Override
    public void start(Feed<O> feed) {
      this.feed = feed;
    }

    @Override
    public void read(Feed<O> feed) {
      asked = true;
      queueTurn();
    }

    @Override
    boolean holdsOutput() {
      return ready && !asked;
    }

    @Override
    void advance() throws Exception {
      var out = feed;
      if (out == null) return;
      if (isOver) {
        acknowledgeAll();
        return;
      }
      switch (ready ? Progress.READY : look()) {
        case HUNGRY -> feedPart();
        case READY -> {
          ready = !asked;
          if (ready) return;
          asked = false;
          var chunk = part.next();
          out.push(copies ? copied(chunk) : chunk);
          // The input may be used up now.
          queueTurn();
        }
        case WAITING -> {}
        case DONE -> {
          if (!becomeFinal()) return;
          out.end();
          acknowledgeAll();
        }
      }
    }
  }

  private static final class TargetSink<T> extends TakingDriver<T, Put<T>> {
    TargetSink(PullTarget<T> target, Put<T> part, Budget surplus) {
      super(target, part, surplus);
    }

    @Override
    void advance() throws Exception {
      if (isOver) {
        acknowledgeAll();
        return;
      }
      switch (look()) {
        case HUNGRY -> feedPart();
        case WAITING -> {}
        case DONE -> {
          if (becomeFinal()) acknowledgeAll();
        }
        case READY -> throw brokenRule("a target is never READY");
      }
    }
  }
}
