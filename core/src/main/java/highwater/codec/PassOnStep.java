package highwater.codec;

import highwater.pipeline.Onlooker;
import highwater.pipeline.Progress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A step that looks at each chunk and passes it on as it came.
abstract class PassOnStep implements Onlooker {
  private @Nullable ByteBuffer chunk;
  private boolean ended;

  @Override
  public abstract void look(ByteBuffer chunk) throws DataException;

  /// The input is over; the step is DONE after this.
  void ended() throws DataException {}

  @Override
  public final void offer(ByteBuffer chunk) throws DataException {
    assert this.chunk == null && !ended : this;
    if (!chunk.hasRemaining()) return;
    int position = chunk.position();
    look(chunk);
    this.chunk = chunk.position(position);
  }

  @Override
  public final void finish() throws DataException {
    ended();
    ended = true;
  }

  @Override
  public final Progress poll() {
    if (chunk != null) return Progress.READY;
    return ended ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public final ByteBuffer next() {
    var next = chunk;
    if (next == null) throw new IllegalStateException("next() without a chunk: poll first");
    chunk = null;
    return next;
  }
}
