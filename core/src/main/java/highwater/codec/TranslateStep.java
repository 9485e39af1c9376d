package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;

/// One run of a stage that makes bytes of bytes in one buffer of its own.
abstract class TranslateStep implements Step<ByteBuffer, ByteBuffer> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ByteBuffer out;
  private ByteBuffer chunk = NOTHING;
  private boolean ending;
  private boolean ended;

  /// Makes one with an output array of `outBytes`.
  TranslateStep(int outBytes) {
    out = ByteBuffer.allocate(outBytes).limit(0);
  }

  /// Takes from `chunk`, which has some, until it is used up or `out`, which is empty, is as full as may be.
  abstract void translate(ByteBuffer chunk, ByteBuffer out) throws DataException;

  /// The input is over: puts what is left into `out`, which is empty and large enough, or fails.
  abstract void end(ByteBuffer out) throws DataException;

  @Override
  public final void offer(ByteBuffer chunk) {
    this.chunk = chunk;
  }

  @Override
  public final void finish() {
    ending = true;
  }

  @Override
  public final Progress poll() throws DataException {
    out.clear();
    while (chunk.hasRemaining() && out.position() == 0) translate(chunk, out);
    if (out.position() == 0) {
      chunk = NOTHING;
      if (ending && !ended) {
        ended = true;
        end(out);
      }
    }
    out.flip();
    if (out.hasRemaining()) return Progress.READY;
    return ended ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public final ByteBuffer next() {
    if (!out.hasRemaining()) throw new IllegalStateException("next() without a chunk: poll first");
    return out;
  }

  @Override
  public final void close() {
    chunk = NOTHING;
  }
}
