package highwater;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What makes a duplex a transform: its sink hands a chunk to the transformer, and its source lets the next one in.
///
/// One chunk is at the transformer. Its acknowledgement is passed to the writable side at once while the output has room, else
/// when the output is asked again: so a slow reader holds the writer. Source: Node 26, `stream.Transform` (T1 to T8).
final class TransformCore<I, O> implements Source<O>, Sink<I>, Feed<O> {
  /// What was given, or what looks at each of its acknowledgements.
  private Transformer<I, O> transformer;

  private @Nullable ReadableSide<O> output;
  private @Nullable WritableSide<I> input;

  /// One for all chunks, made with the first.
  private @Nullable Acknowledgement acknowledgement;

  /// The transformer is [PassThrough], and nobody looks at it.
  private boolean passesOn;

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
  }

  void attach(ReadableSide<O> output, WritableSide<I> input) {
    this.output = output;
    this.input = input;
    if (Misuse.isTracking()) transformer = new TrackedTransformer<>(transformer, output.life(), () -> transforming);
    passesOn = transformer instanceof PassThrough<?>;
  }

  @Nullable Constructing constructing() {
    return transformer() instanceof Constructing constructing ? constructing : null;
  }

  private ReadableSide<O> output() {
    if (output == null) throw new AssertionError(this);
    return output;
  }

  private WritableSide<I> input() {
    if (input == null) throw new AssertionError(this);
    return input;
  }

  /// What was given.
  Transformer<I, O> transformer() {
    return transformer instanceof TrackedTransformer<I, O> tracked ? tracked.transformer : transformer;
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
    if (passesOn) {
      passOn(chunk);
      return;
    }
    outputLengthBefore = output().length;
    this.chunk = chunk;
    chunkPushed = false;
    if (chunk instanceof ByteBuffer bytes) {
      chunkPosition = bytes.position();
      chunkLimit = bytes.limit();
    }
    if (acknowledgement == null) acknowledgement = new Acknowledgement();
    transforming = true;
    try {
      transformer.transform(chunk, this, acknowledgement);
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

  /// What [PassThrough] does, without being asked: it pushes a chunk once, and acknowledges it at once.
  @SuppressWarnings("unchecked")
  private void passOn(I chunk) {
    var output = output();
    long lengthBefore = output.length;
    output.passOn((O) chunk);
    letIn(output, lengthBefore);
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
    if (error != null) input().acknowledge(error);
    else letIn(output(), outputLengthBefore);
  }

  /// Acknowledges the chunk, now or when there is room.
  private void letIn(ReadableSide<O> output, long lengthBefore) {
    var input = input();
    if (output.has(ReadableSide.ENDED)) {
      life().strand.nextTick(input::ok);
    } else if (input.isEnded() || output.length == lengthBefore || output.length < output.mark) {
      input.acknowledge(null);
    } else {
      ackWaits = true;
    }
  }

  @Override
  public void finish(Done done) throws Exception {
    transformer.flush(this, new FlushDone(done));
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
    input().acknowledge(null);
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
