package highwater;

import org.jspecify.annotations.Nullable;

/// A stream with both sides over one life.
sealed class LiveDuplex<I, O> extends Life implements DuplexStream<I, O> permits LiveTransform {
  private final ReadableSide<O> readableSide;
  private final WritableSide<I> writableSide;

  LiveDuplex(Source<O> source, Sink<I> sink, StreamOptions options) {
    this(source, sink, options, false);
    born();
  }

  /// For both kinds; the caller ends the birth.
  LiveDuplex(Source<O> source, Sink<I> sink, StreamOptions options, boolean isTransform) {
    super(options);
    readableSide = new ReadableSide<>(this, source, options, isTransform);
    writableSide = new WritableSide<>(this, sink, options, !isTransform);
    source.start(readableSide);
  }

  /// One that only passes on between other streams, and is no work of the strand beside them.
  static <I, O> LiveDuplex<I, O> passingOn(Source<O> source, Sink<I> sink, StreamOptions options) {
    var stream = new LiveDuplex<>(source, sink, options);
    stream.readableSide.isNoWork();
    stream.writableSide.isNoWork();
    return stream;
  }

  @Override
  public final ReadableSide<O> readableSide() {
    checkStrand("a call");
    return readableSide;
  }

  @Override
  public final WritableSide<I> writableSide() {
    checkStrand("a call");
    return writableSide;
  }

  @Override
  final ReadableSide<O> readableSideOrNull() {
    return readableSide;
  }

  @Override
  final WritableSide<I> writableSideOrNull() {
    return writableSide;
  }

  /// The two implementers may be one object, which is then called once.
  private boolean isOneObject() {
    return (Object) readableSide.source() == writableSide.sink();
  }

  @Override
  @Nullable Constructing constructing() {
    var first = readableSide.source() instanceof Constructing constructing ? constructing : null;
    var second = writableSide.sink() instanceof Constructing constructing && !isOneObject() ? constructing : null;
    if (first == null || second == null) return first == null ? second : first;
    return done ->
        first.construct(
            new Then(
                failure -> {
                  if (failure == null) second.construct(done);
                  else done.fail(failure);
                },
                done));
  }

  @Override
  void callDestroyHook(@Nullable Throwable error, Done done) throws Exception {
    if (isOneObject()) {
      readableSide.source().destroy(error, done);
      return;
    }
    // The sink is released whatever becomes of the source.
    var then = new Then(failure -> destroySink(error, new Joined(failure, done)), done);
    try {
      readableSide.source().destroy(error, then);
    } catch (Exception thrown) {
      if (then.called) strand.uncaught(thrown);
      else then.fail(thrown);
    }
  }

  private void destroySink(@Nullable Throwable error, Joined done) {
    try {
      writableSide.sink().destroy(error, done);
    } catch (Exception thrown) {
      if (done.called) strand.uncaught(thrown);
      else done.fail(thrown);
    }
  }

  /// The first implementer's acknowledgement, which goes on to the second.
  private final class Then implements Done {
    private final Step next;
    private final Done done;
    private boolean called;

    Then(Step next, Done done) {
      this.next = next;
      this.done = done;
    }

    interface Step {
      void run(@Nullable Throwable failure) throws Exception;
    }

    @Override
    public void ok() {
      if (strand.isCurrent()) go(null);
      else strand.post(() -> go(null));
    }

    @Override
    public void fail(Throwable failure) {
      if (strand.isCurrent()) go(failure);
      else strand.post(() -> go(failure));
    }

    private void go(@Nullable Throwable failure) {
      if (called) {
        // Of a destroy that changes nothing any more.
        errorOrDestroy(failure != null ? failure : Failures.multipleCallback(name(), "construct"), false);
        return;
      }
      called = true;
      try {
        next.run(failure);
      } catch (Throwable thrown) {
        done.fail(failure == null ? thrown : join(failure, thrown));
        if (thrown instanceof VirtualMachineError fatal) throw fatal;
      }
    }
  }

  /// The second implementer's acknowledgement, with the first one's failure in front.
  private static final class Joined implements Done {
    private final @Nullable Throwable first;
    private final Done done;
    private volatile boolean called;

    Joined(@Nullable Throwable first, Done done) {
      this.first = first;
      this.done = done;
    }

    @Override
    public void ok() {
      called = true;
      if (first == null) done.ok();
      else done.fail(first);
    }

    @Override
    public void fail(Throwable failure) {
      called = true;
      done.fail(first == null ? failure : join(first, failure));
    }
  }

  private static Throwable join(Throwable first, Throwable later) {
    if (later != first) first.addSuppressed(later);
    return first;
  }
}
