package highwater;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Both implementers of a duplex that is made of other streams: it writes to the first of them and reads from the last.
///
/// ```
/// write ──▶ head.write ──said false──▶ acknowledged at its drain        finish ──▶ head.end ──▶ acknowledged at `finishedWith`
/// read ◀── tail, one chunk for each asked                                destroy ──▶ every part; acknowledged when all are closed
/// ```
///
/// A part that fails, or closes before it is over, destroys the duplex with that, and so all the others. Source: Node 26,
/// `Duplex.from({readable, writable})` and `stream.compose`.
final class Coupling<I, O> implements Source<O>, Sink<I>, Taking.Receiver<O>, Hook, Relay {
  private static final String MADE_BY = "compose, DuplexStream.from or through";

  private final List<Life> parts;
  private final @Nullable WritableSide<I> head;
  private final Taking<O> taking;
  private @Nullable Feed<O> feed;

  /// The acknowledgement of a write that waits for the head's drain.
  private @Nullable Done writeOwed;

  /// The acknowledgement of the last step.
  private @Nullable Done finishOwed;

  private @Nullable Done destroyOwed;

  /// How many parts the destruction waits for.
  private int closing;

  /// The parts are piped one into the next: what becomes of them is told by that alone until it is over.
  private boolean piped;

  private boolean writingOver;
  private boolean destroyed;

  private Coupling(List<Life> parts, @Nullable WritableSide<I> head, ReadableStream<O> tail) {
    this.parts = parts;
    this.head = head;
    if (head != null) head.forUser(MADE_BY);
    this.taking = new Taking<>(Ownership.claim(MADE_BY), tail, this);
    taking.asPart();
    if (head != null) head.life().add(Event.DRAIN, this);
  }

  /// Its right to the chunks of the last part.
  Ownership claim() {
    return taking.claim();
  }

  /// One duplex of a writable and a readable.
  static <I, O> DuplexStream<I, O> pair(WritableStream<I> writable, ReadableStream<O> readable) {
    var head = writable.writableSide();
    var coupling = new Coupling<>(List.of(head.life(), readable.life()), head, readable);
    var duplex = LiveDuplex.passingOn(coupling, coupling, optionsOf(head, readable));
    Finished.watch(head.life(), new Streams.FinishedOptions(false, true, true), error -> coupling.writingIsOver(error));
    Finished.watch(
        readable.life(), new Streams.FinishedOptions(true, false, true), error -> coupling.partIsOver(error));
    return duplex;
  }

  /// One duplex of several, piped one into the next.
  static <I, O> DuplexStream<I, O> chain(List<? extends DuplexStream<?, ?>> streams) {
    @SuppressWarnings("unchecked")
    var first = (DuplexStream<I, ?>) streams.getFirst();
    @SuppressWarnings("unchecked")
    var last = (DuplexStream<?, O>) streams.getLast();
    var head = first.writableSide();
    var coupling = new Coupling<I, O>(lives(streams), head, last);
    // First, as it throws where a stream cannot be piped to.
    if (streams.size() > 1) coupling.pipe(streams);
    var duplex = LiveDuplex.passingOn(coupling, coupling, optionsOf(head, last));
    // The last step is over when all has come out, as in Node: only then has every part done its work.
    Finished.watch(last.life(), Streams.FinishedOptions.of(last), coupling::tailIsOver);
    return duplex;
  }

  /// One readable of a readable piped through duplexes.
  static <O> ReadableStream<O> readable(ReadableStream<?> source, DuplexStream<?, O> last) {
    var streams = List.of(source, last);
    var coupling = new Coupling<Object, O>(lives(streams), null, last);
    coupling.pipe(streams);
    var options = last.readableObjectMode() ? StreamOptions.objects() : StreamOptions.bytes();
    var stream = LiveReadable.passingOn(coupling, options);
    Finished.watch(last.life(), new Streams.FinishedOptions(true, false, true), coupling::tailIsOver);
    return stream;
  }

  private static List<Life> lives(List<? extends LiveStream> streams) {
    var lives = new ArrayList<Life>();
    for (var stream : streams) lives.add(stream.life());
    return lives;
  }

  private static StreamOptions optionsOf(WritableSide<?> head, ReadableStream<?> tail) {
    var options = StreamOptions.bytes();
    if (head.has(WritableSide.OBJECT_MODE)) options = options.withWritableObjects();
    return tail.readableObjectMode() ? options.withReadableObjects() : options;
  }

  private void pipe(List<? extends LiveStream> streams) {
    piped = true;
    try {
      PipelineOfStreams.connect(streams, Streams.PipelineOptions.standard(), this::pipingIsOver);
    } catch (RuntimeException refused) {
      letGo();
      throw refused;
    }
  }

  private void pipingIsOver(@Nullable Throwable error) {
    piped = false;
    partIsOver(error);
  }

  /// Leaves the parts as they are, for others to take.
  private void letGo() {
    taking.leave();
    if (head != null) head.life().off(Event.DRAIN, this);
  }

  // ---------------------------------------------------------------- what the parts tell

  private void writingIsOver(@Nullable Throwable error) {
    writingOver = true;
    if (error == null) acknowledgeFinish();
    else partIsOver(error);
  }

  private void tailIsOver(@Nullable Throwable error) {
    if (error == null) writingIsOver(null);
    else if (!piped) partIsOver(error);
  }

  private void partIsOver(@Nullable Throwable error) {
    if (error != null && !destroyed) feed().fail(error);
  }

  private void acknowledgeFinish() {
    var done = finishOwed;
    finishOwed = null;
    if (done != null) done.ok();
  }

  @Override
  public void on(Event event, @Nullable Object argument) {
    if (event == Event.CLOSE) {
      partClosed();
      return;
    }
    assert event == Event.DRAIN : event;
    var done = writeOwed;
    writeOwed = null;
    if (done != null) done.ok();
  }

  // ---------------------------------------------------------------- the writable side

  @Override
  public void write(I chunk, Done done) {
    var side = Objects.requireNonNull(head);
    if (side.write(chunk, null)) done.ok();
    else writeOwed = done;
  }

  @Override
  public void finish(Done done) {
    if (writingOver) {
      done.ok();
      return;
    }
    finishOwed = done;
    Objects.requireNonNull(head).end(null, null);
  }

  // ---------------------------------------------------------------- the readable side

  @Override
  public void start(Feed<O> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<O> feed) {
    taking.ask();
  }

  @Override
  public void take(O chunk) {
    if (feed().push(chunk)) taking.ask();
  }

  @Override
  public void over(@Nullable Throwable error) {
    if (error == null) feed().end();
    else if (!piped) partIsOver(error);
  }

  @Override
  public Relay.@Nullable Side inlet() {
    return taking.input();
  }

  @Override
  public Relay.@Nullable Side outlet() {
    if (head == null || destroyed) return null;
    return head.has(WritableSide.FINISHED) ? taking.input() : Relay.Side.writing(head.life());
  }

  @Override
  public Relay.@Nullable Side output() {
    return Relay.fedBy(feed);
  }

  private Feed<O> feed() {
    return Objects.requireNonNull(feed);
  }

  // ---------------------------------------------------------------- the end

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    destroyed = true;
    taking.leave();
    writeOwed = null;
    finishOwed = null;
    destroyOwed = done;
    // Until all were told, none of them may be the last.
    closing = 1;
    for (var part : parts) destroyPart(part, error);
    partClosed();
  }

  private void destroyPart(Life part, @Nullable Throwable error) {
    if (!part.has(Life.DESTROYED)) {
      part.destroyWith(error != null || isOver(part) ? error : Failures.aborted(part.name()));
    }
    if (part.has(Life.CLOSED) || !part.has(Life.EMIT_CLOSE)) return;
    closing++;
    part.add(Event.CLOSE, this);
  }

  private static boolean isOver(Life part) {
    var readable = part.readableSideOrNull();
    var writable = part.writableSideOrNull();
    return (readable == null || !readable.isReadable()) && (writable == null || writable.has(WritableSide.FINISHED));
  }

  private void partClosed() {
    if (--closing > 0) return;
    var done = destroyOwed;
    destroyOwed = null;
    if (done != null) done.ok();
  }
}
