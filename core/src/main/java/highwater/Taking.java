package highwater;

import highwater.strand.Strand;
import org.jspecify.annotations.Nullable;

/// Takes the chunks of a readable one at a time, each when it is asked for: what Node's asynchronous iterator does.
///
/// ```
/// ask() ──▶ read() ──chunk──▶ receiver.take        nothing there: again at `readable`
///             └──over──▶ receiver.over(error)      error: at its `error`; end: at its `close`
/// stop(cause) ──▶ the source is destroyed          nothing more is told
/// ```
///
/// It is alone in that until it is over, but for readers, which share ([Ownership]). An early error of the source is heard from
/// birth; the end and `readable` are listened for from the first question on, and answered after the ticks of their event. A
/// destroyed source gives nothing of what it holds. A question asked while one is answered is a step of the same loop, never a
/// deeper call. Source: Node 26, `readable.iterator`. Strand: the source's.
final class Taking<T> implements Hook {
  /// As many chunks are taken at most before other turns of the strand have their go.
  static final int CHUNKS_PER_TURN = 1 << 10;

  private static final Streams.FinishedOptions UNTIL_READ = new Streams.FinishedOptions(true, false, true);

  /// Keeps an error that comes before the first question from being one that nobody listens to.
  private static final Hook HEARD = (event, argument) -> {};

  /// Who takes the chunks.
  interface Receiver<T> {
    /// Takes the chunk that was asked for. A throw stops the source, and comes back as the error of [#over].
    void take(T chunk) throws Exception;

    /// Hears, once and only when asked, that no chunk follows: null for the end, else why.
    void over(@Nullable Throwable error);
  }

  private final Ownership claim;
  private final Life life;
  private final ReadableSide<T> side;
  private final Strand strand;
  private final Receiver<? super T> receiver;
  private @Nullable Registration watch;
  private final boolean destroys;
  private int taken;

  /// `readable` is listened to.
  private boolean started;

  /// The receiver waits for an answer.
  private boolean asked;

  private boolean answering;

  /// The source is over; `failure` says how.
  private boolean sourceOver;

  /// The receiver was told so, or has stopped.
  private boolean over;

  private @Nullable Throwable failure;

  /// The source is a part of what takes it: nothing waits for the ticks of its events, and at its end it is left as it is.
  private boolean isPart;

  /// Takes the chunks of `source` by `claim`; throws `ERR_INVALID_STATE` where somebody else takes them.
  Taking(Ownership claim, ReadableStream<T> source, Receiver<? super T> receiver) {
    this(claim, source, receiver, true);
  }

  /// `destroys` says whether the source is destroyed when nothing more is taken of it; after a failure it always is.
  Taking(Ownership claim, ReadableStream<T> source, Receiver<? super T> receiver, boolean destroys) {
    this.claim = claim;
    this.destroys = destroys;
    this.side = source.readableSide();
    this.life = side.life();
    this.strand = life.strand;
    this.receiver = receiver;
    claim.takeChunks(side);
    life.add(Event.ERROR, HEARD);
  }

  Ownership claim() {
    return claim;
  }

  /// Whether the receiver waits for a chunk.
  boolean isAsking() {
    return asked;
  }

  /// Where what it takes goes to, where that is another stream's business.
  Relay.@Nullable Side output() {
    return receiver instanceof Relay relay ? relay.output() : null;
  }

  /// The side that it takes from.
  Relay.Side input() {
    return Relay.Side.reading(life);
  }

  /// Takes a source that is a part of the taker: answers in the event itself, and leaves it as it is when it is over.
  void asPart() {
    isPart = true;
  }

  /// Listens for `readable`, which ends the flow; the first question does so too.
  void start() {
    if (started || over) return;
    started = true;
    side.addReadableHook(this);
    watch = Finished.watch(life, UNTIL_READ, this::sourceIsOver);
  }

  /// Asks for the next chunk, or for the end. The answer comes inside this call where it is there.
  void ask() {
    if (over) return;
    start();
    asked = true;
    answer();
  }

  private void answer() {
    if (answering) return;
    answering = true;
    try {
      while (asked && step()) {}
    } finally {
      answering = false;
    }
  }

  /// False when there is no answer yet.
  private boolean step() {
    T chunk = life.has(Life.DESTROYED) ? null : side.read();
    if (over) return false;
    if (chunk != null) {
      asked = false;
      if (++taken % CHUNKS_PER_TURN == 0) strand.post(() -> give(chunk));
      else give(chunk);
      return true;
    }
    if (sourceOver) tellOver();
    return false;
  }

  private void give(T chunk) {
    if (over) return;
    try {
      receiver.take(chunk);
    } catch (Throwable thrown) {
      receiverThrew(thrown);
    }
  }

  private void receiverThrew(Throwable thrown) {
    if (over) {
      // It has had its end, so nobody else would hear of this.
      strand.uncaught(thrown);
    } else {
      stop(thrown);
      receiver.over(thrown);
    }
    if (thrown instanceof VirtualMachineError fatal) throw fatal;
  }

  private void sourceIsOver(@Nullable Throwable error) {
    sourceOver = true;
    failure = error;
    // A source that goes on to end its other side, or to destroy itself, does so first.
    answerSoon();
  }

  private void answerSoon() {
    if (isPart) answerIfAsked();
    else if (asked) strand.afterTicks(this::answerIfAsked);
  }

  private void answerIfAsked() {
    if (asked) answer();
  }

  private void tellOver() {
    finish();
    if (isPart) letGo();
    else release(null);
    receiver.over(failure);
  }

  /// Wants no more, because of `cause` where there is one: the source is destroyed, with `ABORT_ERR` if it was not over.
  void stop(@Nullable Throwable cause) {
    if (over) return;
    finish();
    release(cause);
  }

  /// Wants no more, and leaves the source as it is.
  void leave() {
    if (over) return;
    finish();
    letGo();
  }

  private void finish() {
    asked = false;
    over = true;
    claim.leaveChunks(side);
  }

  /// Destroys the source or lets it go. One that is over and does not destroy itself is left to its owner.
  private void release(@Nullable Throwable cause) {
    boolean mayDestroy = !sourceOver || life.has(Life.AUTO_DESTROY);
    if (mayDestroy && (destroys || failure != null)) destroySource(cause);
    else letGo();
  }

  boolean isOver() {
    return over;
  }

  /// The watch stays, so that the error is not one that nobody hears.
  private void destroySource(@Nullable Throwable cause) {
    if (!life.has(Life.DESTROYED)) life.destroyWith(isFinished() ? null : Failures.aborted(life.name(), cause));
  }

  private boolean isFinished() {
    var writable = life.writableSideOrNull();
    boolean mayRead = side.isReadable() && !Finished.isReadableFinished(side);
    return !mayRead && (writable == null || !writable.isWritable());
  }

  private void letGo() {
    life.off(Event.ERROR, HEARD);
    if (!started) return;
    life.off(Event.READABLE, this);
    if (watch != null) watch.remove();
  }

  @Override
  public void on(Event event, @Nullable Object argument) {
    assert event == Event.READABLE : event;
    // Not inside the emission, after which the stream decides whether it wants more.
    answerSoon();
  }
}
