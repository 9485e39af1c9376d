package highwater.archive;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of giving the data of entries alone.
final class DataStep implements Step<Piece, ByteBuffer> {
  private @Nullable ByteBuffer bytes;
  private boolean finished;

  @Override
  public void offer(Piece piece) {
    bytes = piece instanceof Piece.Data(var data) && data.hasRemaining() ? data.duplicate() : null;
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public Progress poll() {
    if (bytes != null) return Progress.READY;
    return finished ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public ByteBuffer next() {
    var next = bytes;
    if (next == null) throw new IllegalStateException("READY comes first");
    bytes = null;
    return next;
  }
}
