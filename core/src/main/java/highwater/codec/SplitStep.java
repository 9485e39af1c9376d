package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of splitting bytes into frames: a frame within a chunk is a slice of it, one across chunks is gathered.
abstract class SplitStep implements Step<ByteBuffer, ByteBuffer> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// What came of a frame that is not complete.
  final Held held;

  private ByteBuffer chunk = NOTHING;
  private @Nullable ByteBuffer frame;

  /// The last frame given is in `held`, which may be forgotten with the next poll.
  private boolean heldIsGiven;

  private boolean ending;
  private boolean ended;
  private long frameNumber = 1;
  private long offeredBytes;

  SplitStep(int heldBytes) {
    held = new Held(heldBytes);
  }

  /// Takes bytes of `chunk`, which has some: the next frame where it ends here, else all of them and null.
  abstract @Nullable ByteBuffer takeFrame(ByteBuffer chunk) throws DataException;

  /// The input is over: the last frame, or null where none is left. Fails where one is cut short.
  abstract @Nullable ByteBuffer takeLast() throws DataException;

  @Override
  public final void offer(ByteBuffer chunk) {
    this.chunk = chunk;
    offeredBytes += chunk.remaining();
  }

  @Override
  public final void finish() {
    ending = true;
  }

  @Override
  public final Progress poll() throws DataException {
    if (heldIsGiven) {
      heldIsGiven = false;
      held.clear();
    }
    if (frame == null) frame = nextFrame();
    if (frame != null) return Progress.READY;
    return ended ? Progress.DONE : Progress.HUNGRY;
  }

  private @Nullable ByteBuffer nextFrame() throws DataException {
    while (chunk.hasRemaining()) {
      var complete = takeFrame(chunk);
      if (complete != null) return complete;
    }
    chunk = NOTHING;
    if (!ending || ended) return null;
    ended = true;
    return takeLast();
  }

  @Override
  public final ByteBuffer next() {
    var next = frame;
    if (next == null) throw new IllegalStateException("next() without a frame: poll first");
    frame = null;
    frameNumber++;
    heldIsGiven = held.bytes() > 0;
    return next;
  }

  @Override
  public final void close() {
    chunk = NOTHING;
    frame = null;
    held.close();
  }

  /// The next frame, whose last `count` bytes come now; then `behind` bytes are skipped.
  final ByteBuffer complete(ByteBuffer chunk, int count, int behind) {
    int from = chunk.position();
    ByteBuffer complete;
    if (held.bytes() == 0) {
      complete = chunk.slice(from, count);
      chunk.position(from + count);
    } else {
      held.add(chunk, count);
      complete = held.view(held.bytes());
    }
    chunk.position(chunk.position() + behind);
    return complete;
  }

  final DataException failure(String found, String expected) {
    long at = offeredBytes - chunk.remaining();
    return new DataException(
        "split: frame " + frameNumber + ": " + found + " (byte " + at + " of the input; expected: " + expected + ")",
        at);
  }

  @Override
  public String toString() {
    return "SplitStep(frame " + frameNumber + ", " + held + ")";
  }
}
