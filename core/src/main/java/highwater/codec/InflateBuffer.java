package highwater.codec;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// A zlib inflater with its input chunk and its one output chunk; opened and closed with the run.
///
/// It stops in mid chunk: [#inflate] gives at most one output chunk, and what zlib still holds comes with the next
/// call, so one output chunk is all that is ever held, however far the data expands.
final class InflateBuffer {
  static final int DEFAULT_BYTES = 256 << 10;

  /// What zlib allocates to inflate: a window of 32 KiB and its tables.
  private static final int STATE_BYTES = 48 << 10;

  private static final int BYTES_MIN = 512;
  private static final int BYTES_MAX = 64 << 20;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final String name;
  private final int chunkBytes;
  private final boolean raw;
  private final ExpansionLimit limit;
  private @Nullable Inflater state;
  private ByteBuffer input = NOTHING;
  private ByteBuffer output = NOTHING;
  private long offeredBytes;
  private long inflatedBytes;

  InflateBuffer(String name, int chunkBytes, boolean raw, ExpansionLimit limit) {
    this.name = name;
    this.chunkBytes = chunkBytes;
    this.limit = limit;
    this.raw = raw;
  }

  static int checkBytes(int bytes) {
    if (bytes < BYTES_MIN || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "chunk: " + bytes + " bytes (expected: " + BYTES_MIN + " to " + BYTES_MAX + " bytes)");
    }
    return bytes;
  }

  static Footprint footprint(String name, int chunkBytes) {
    return Footprint.of(
        ByteSizes.inWords(chunkBytes) + " chunks, zlib on the strand",
        chunkBytes,
        Term.of(name, 1, chunkBytes),
        Term.of("zlib", 1, STATE_BYTES));
  }

  void open() {
    state = new Inflater(raw);
    output = ByteBuffer.allocateDirect(chunkBytes);
  }

  void close() {
    if (state != null) state.end();
    state = null;
    input = NOTHING;
    output = NOTHING;
  }

  void offer(ByteBuffer chunk) {
    assert !input.hasRemaining() : this;
    input = chunk;
    offeredBytes += chunk.remaining();
    state().setInput(chunk);
  }

  /// Lets go of the chunk offered last, which is used up: whoever lent it may now fill it anew.
  void letGo() {
    assert !input.hasRemaining() : this;
    input = NOTHING;
    state().setInput(NOTHING);
  }

  /// What is left of the chunk offered last; taking from it moves the inflater's input too.
  ByteBuffer input() {
    return input;
  }

  /// How many bytes of all input are used up.
  long positionBytes() {
    return offeredBytes - input.remaining();
  }

  /// Makes ready for a new stream that begins in the same input.
  void restart() {
    state().reset();
    state().setInput(input);
  }

  /// Inflates into the output until it is full, or the input or the stream is over; tells how many bytes. 0 means that
  /// it needs input or is finished. Fails where all that came out is more than may be.
  int inflate() throws DataFormatException, DataException {
    output.clear();
    int bytes = state().inflate(output);
    output.flip();
    inflatedBytes += bytes;
    limit.check(name, inflatedBytes, positionBytes());
    return bytes;
  }

  /// The bytes of the last [#inflate].
  ByteBuffer output() {
    return output;
  }

  boolean isFinished() {
    return state().finished();
  }

  boolean needsDictionary() {
    return state().needsDictionary();
  }

  private Inflater state() {
    if (state == null) throw new IllegalStateException("not open: " + this);
    return state;
  }

  @Override
  public String toString() {
    return "InflateBuffer(" + positionBytes() + " of " + offeredBytes + " bytes used)";
  }
}
