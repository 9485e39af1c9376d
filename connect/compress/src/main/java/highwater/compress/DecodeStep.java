package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// One run of a decoder that works on the strand and stops in mid chunk: what all of them do.
///
/// A decoder reads on after the end of its data, to the end of its input: so the failure of whatever comes before it is
/// never lost, and what follows the data is found.
abstract class DecodeStep implements Step<ByteBuffer, ByteBuffer> {
  /// The largest chunk that passes on.
  static final int CHUNK_BYTES = 64 << 10;

  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final Complaints complaints;
  private final ExpansionLimit limit;
  private ByteBuffer input = NOTHING;
  private ByteBuffer output = NOTHING;
  private long offeredBytes;
  private long madeBytes;
  private boolean ending;

  DecodeStep(Complaints complaints, ExpansionLimit limit) {
    this.complaints = complaints;
    this.limit = limit;
  }

  /// Takes from `input` until it is used up (then it answers with [#NOTHING], and has kept nothing that could come out) or
  /// until there is output, of at most [#CHUNK_BYTES].
  abstract ByteBuffer decode(ByteBuffer input) throws Exception;

  /// Fails unless the input, which holds at least one byte, may end here.
  abstract void checkWhole() throws Exception;

  @Override
  public final void offer(ByteBuffer chunk) {
    assert !input.hasRemaining() : this;
    input = chunk;
    offeredBytes += chunk.remaining();
  }

  @Override
  public final void finish() {
    ending = true;
  }

  @Override
  public final Progress poll() throws Exception {
    output = decode(input);
    if (output.hasRemaining()) {
      madeBytes += output.remaining();
      limit.check(complaints.stage(), madeBytes, positionBytes());
      return Progress.READY;
    }
    assert !input.hasRemaining() : this;
    input = NOTHING;
    if (!ending) return Progress.HUNGRY;
    if (offeredBytes == 0) throw complaints.empty();
    checkWhole();
    return Progress.DONE;
  }

  @Override
  public final ByteBuffer next() {
    return output;
  }

  @Override
  public void close() {
    input = NOTHING;
    output = NOTHING;
  }

  /// How many bytes of all input are used up.
  final long positionBytes() {
    return offeredBytes - input.remaining();
  }

  @Override
  public String toString() {
    return complaints.stage() + " (" + positionBytes() + " of " + offeredBytes + " bytes used)";
  }
}
