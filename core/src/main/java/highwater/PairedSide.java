package highwater;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Both implementers of one end of a pair: what is written to it is pushed to the other end, and acknowledged when that has
/// read it.
///
/// Source: Node 26, `stream.duplexPair`.
final class PairedSide<I, O> implements Source<O>, Sink<I>, Relay {
  private @Nullable PairedSide<O, I> other;
  private @Nullable LiveDuplex<I, O> stream;
  private @Nullable Feed<O> feed;

  /// The acknowledgement of what the other end wrote, until this one is asked for more.
  private @Nullable Done owed;

  static <I, O> Streams.DuplexPair<I, O> make(StreamOptions options) {
    var left = new PairedSide<I, O>();
    var right = new PairedSide<O, I>();
    left.other = right;
    right.other = left;
    return new Streams.DuplexPair<>(left.open(options), right.open(options));
  }

  private LiveDuplex<I, O> open(StreamOptions options) {
    var opened = LiveDuplex.passingOn(this, this, options);
    stream = opened;
    return opened;
  }

  private PairedSide<O, I> other() {
    return Objects.requireNonNull(other);
  }

  private LiveDuplex<I, O> stream() {
    return Objects.requireNonNull(stream);
  }

  @Override
  public void start(Feed<O> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<O> feed) {
    var done = owed;
    owed = null;
    if (done != null) done.ok();
  }

  @Override
  public void write(I chunk, Done done) {
    if (chunk instanceof ByteBuffer bytes && !bytes.hasRemaining() && !stream().writableObjectMode()) {
      // It would be no chunk to the other end, which would then never answer.
      stream().strand.nextTick(done::ok);
      return;
    }
    var to = other();
    to.owed = done;
    Objects.requireNonNull(to.feed).push(chunk);
  }

  @Override
  public void finish(Done done) {
    var to = other();
    to.stream().on(Event.END, (Runnable) done::ok);
    Objects.requireNonNull(to.feed).end();
  }

  @Override
  public Relay.@Nullable Side inlet() {
    return Relay.Side.writing(other().stream());
  }

  @Override
  public Relay.@Nullable Side outlet() {
    return Relay.Side.reading(other().stream());
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    var end = stream();
    boolean isOver = end.readableEnded() && end.writableFinished();
    // The error is this end's; the other one only learns that its peer is gone: a premature close to whoever watches
    // it.
    if (!isOver) end.strand.nextTick(() -> other().stream().destroyWith(null));
    done.ok();
  }
}
