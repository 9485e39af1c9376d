package highwater;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What makes a duplex a transform: its sink hands a chunk to the transformer, and its source lets the next one in.
///
/// One chunk is at the transformer. Its acknowledgement is passed to the writable side at once while the output has room, else
/// when the output is asked again: so a slow reader holds the writer. Source: Node 26, `stream.Transform` (T1 to T8).
final class TransformCore<I, O> implements Source<O>, Sink<I>, Feed<O> {
  private final Transformer<I, O> transformer;

  /// The same, or what looks at each of its acknowledgements.
  private Transformer<I, O> called;

  private @Nullable ReadableSide<O> output;
  private @Nullable WritableSide<I> input;

  private final Acknowledgement acknowledgement = new Acknowledgement();

  /// The transformer owes an acknowledgement.
  private boolean transforming;

  /// The chunk at the transformer counts as work of the strand.
  private boolean held;

  /// The acknowledgement has come and waits for room.
  private boolean ackWaits;

  private long outputLengthBefore;

  // The chunk at the transformer as it was handed over: pushed a second time, it is pushed as it was.
  private @Nullable I chunk;
  private boolean chunkPushed;
  private int chunkPosition;
  private int chunkLimit;

  TransformCore(Transformer<I, O> transformer) {
    this.transformer = transformer;
    this.called = transformer;
  }

  void attach(ReadableSide<O> output, WritableSide<I> input) {
    this.output = output;
    this.input = input;
    if (Misuse.isTracking()) called = new TrackedTransformer<>(transformer, output.life(), () -> transforming);
  }

  @Nullable Constructing constructing() {
    return transformer instanceof Constructing constructing ? constructing : null;
  }

  private ReadableSide<O> output() {
    if (output == null) throw new AssertionError(this);
    return output;
  }

  private WritableSide<I> input() {
    if (input == null) throw new AssertionError(this);
    return input;
  }

  Transformer<I, O> transformer() {
    return transformer;
  }

  /// The transformer is done with the chunk, and its output is full.
  boolean ackWaits() {
    return ackWaits;
  }

  private Life life() {
    return output().life();
  }

  // ---------------------------------------------------------------- the sink

  @Override
  public void write(I chunk, Done done) throws Exception {
    outputLengthBefore = output().length;
    this.chunk = chunk;
    chunkPushed = false;
    if (chunk instanceof ByteBuffer bytes) {
      chunkPosition = bytes.position();
      chunkLimit = bytes.limit();
    }
    transforming = true;
    try {
      called.transform(chunk, this, acknowledgement);
    } catch (Throwable thrown) {
      transforming = false;
      throw thrown;
    }
    // Only a chunk that is still there keeps the strand: most are acknowledged by now.
    if (transforming && !life().has(Life.DESTROYED)) {
      held = true;
      life().strand.hold();
    }
  }

  private void releaseHold() {
    if (!held) return;
    held = false;
    life().strand.release();
  }

  private final class Acknowledgement implements Done {
    @Override
    public void ok() {
      var strand = life().strand;
      if (strand.isCurrent()) transformed(null);
      else strand.post(() -> transformed(null));
    }

    @Override
    public void fail(Throwable error) {
      var strand = life().strand;
      if (strand.isCurrent()) transformed(error);
      else strand.post(() -> transformed(error));
    }
  }

  private void transformed(@Nullable Throwable error) {
    if (!transforming) {
      life().acknowledgedTwice("transform");
      return;
    }
    transforming = false;
    chunk = null;
    releaseHold();
    var output = output();
    var input = input();
    if (error != null) {
      input.fail(error);
    } else if (output.has(ReadableSide.ENDED)) {
      life().strand.nextTick(input::ok);
    } else if (input.isEnded() || output.length == outputLengthBefore || output.length < output.mark) {
      input.ok();
    } else {
      ackWaits = true;
    }
  }

  @Override
  public void finish(Done done) throws Exception {
    called.flush(this, new FlushDone(done));
  }

  private final class FlushDone implements Done, Absent {
    private final Done done;

    FlushDone(Done done) {
      this.done = done;
    }

    @Override
    public void absent() {
      flushed();
    }

    @Override
    public void ok() {
      var strand = life().strand;
      if (strand.isCurrent()) flushed();
      else strand.post(this::flushed);
    }

    @Override
    public void fail(Throwable error) {
      done.fail(error);
    }

    private void flushed() {
      output().end();
      done.ok();
    }
  }

  // ---------------------------------------------------------------- the source

  @Override
  public void read(Feed<O> feed) {
    if (!ackWaits) return;
    ackWaits = false;
    input().ok();
  }

  // ---------------------------------------------------------------- the feed the transformer is given

  @Override
  @SuppressWarnings("unchecked")
  public boolean push(O pushed) {
    if (pushed != chunk) return output().push(pushed);
    if (!chunkPushed || !(pushed instanceof ByteBuffer bytes)) {
      chunkPushed = true;
      return output().push(pushed);
    }
    // The first push gave its position and limit away; the content is still what it was.
    var again = bytes.duplicate().order(bytes.order()).clear().limit(chunkLimit).position(chunkPosition);
    return output().push((O) again);
  }

  @Override
  public void end() {
    output().end();
  }

  @Override
  public void fail(Throwable error) {
    output().fail(error);
  }

  @Override
  public long wanted() {
    return output().wanted();
  }

  // ---------------------------------------------------------------- life

  @Override
  public void destroy(@Nullable Throwable error, Done done) throws Exception {
    releaseHold();
    transformer.destroy(error, done);
  }
}
