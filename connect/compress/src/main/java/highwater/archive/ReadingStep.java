package highwater.archive;

import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One run of reading an archive: what tar and zip share. It works on the strand and stops after each piece.
///
/// Like a decoder it reads its input to the end before it is over, so that a failure of what comes before is never lost.
abstract class ReadingStep implements Step<ByteBuffer, Piece> {
  /// The most data in one piece.
  static final int CHUNK_BYTES = 64 << 10;

  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final String name;

  /// Whether data may lie in buffers that are used again, for the one receiver inside this package that keeps none.
  final boolean lends;

  private final ExpansionLimit limit;
  private final int entriesMax;
  ByteBuffer input = NOTHING;
  byte[] held = new byte[1 << 10];
  private int heldBytes;
  private @Nullable Piece output;
  private long offeredBytes;
  private long madeBytes;
  private long entries;
  private boolean ending;

  ReadingStep(String name, ExpansionLimit limit, int entriesMax, boolean lends) {
    this.name = name;
    this.limit = limit;
    this.entriesMax = entriesMax;
    this.lends = lends;
  }

  /// The next piece; null once all input is used up.
  abstract @Nullable Piece advance() throws DataException;

  /// Fails unless the input may end here.
  abstract void checkWhole() throws DataException;

  @Override
  public void open(PartContext context) throws Exception {}

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
    output = advance();
    if (output == null) {
      assert !input.hasRemaining() : this;
      input = NOTHING;
      if (!ending) return Progress.HUNGRY;
      if (offeredBytes == 0) {
        throw new DataException(
            name + ": the input is empty (expected: an archive, which has bytes even without entries)", 0);
      }
      checkWhole();
      return Progress.DONE;
    }
    if (output instanceof Piece.Data data) {
      madeBytes += data.bytes().remaining();
      limit.check(name, madeBytes, positionBytes());
    }
    if (output instanceof Piece.Entry entry && ++entries > entriesMax) {
      throw failure(
          "more than " + entriesMax + " entries, " + Shown.name(entry.name()) + " is one too many",
          "fewer; for more: a larger entriesAtMost, in the command " + name + ",entries=" + 2L * entriesMax);
    }
    return Progress.READY;
  }

  @Override
  public final Piece next() {
    var next = output;
    if (next == null) throw new IllegalStateException("READY comes first");
    output = null;
    return next;
  }

  @Override
  public void close() {
    input = NOTHING;
    output = null;
  }

  /// How many bytes of all input are used up.
  final long positionBytes() {
    return offeredBytes - input.remaining();
  }

  /// Gathers `bytes` at the beginning of [#held], across chunks; false where the input is used up before.
  final boolean gather(int bytes) {
    if (held.length < bytes) held = java.util.Arrays.copyOf(held, Math.max(bytes, 2 * held.length));
    int more = Math.min(bytes - heldBytes, input.remaining());
    if (more > 0) {
      input.get(held, heldBytes, more);
      heldBytes += more;
    }
    return heldBytes >= bytes;
  }

  /// Forgets what was gathered.
  final void drop() {
    heldBytes = 0;
  }

  final int heldBytes() {
    return heldBytes;
  }

  /// The next `bytes` of the input at most, as data; null where there are none. Zero-copy where it lends.
  final Piece.@Nullable Data take(long bytes) {
    int length = (int) Math.min(Math.min(bytes, input.remaining()), CHUNK_BYTES);
    if (length == 0) return null;
    var slice = input.slice(input.position(), length);
    input.position(input.position() + length);
    return data(slice);
  }

  /// `bytes` as data: as they are where it lends, else a copy that stays.
  final Piece.Data data(ByteBuffer bytes) {
    if (lends) return new Piece.Data(bytes);
    return new Piece.Data(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
  }

  /// The text of a name, which must be UTF-8.
  final String utf8(byte[] from, int offset, int length) throws DataException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(from, offset, length)).toString();
    } catch (CharacterCodingException e) {
      throw failure(
          "the name " + Shown.name(new String(from, offset, length, StandardCharsets.ISO_8859_1)) + " is not UTF-8",
          "names in UTF-8; pack it again with such names");
    }
  }

  final DataException failure(String what, String expected) {
    long at = positionBytes();
    return new DataException(name + ": " + what + ", near byte " + at + " (expected: " + expected + ")", at);
  }

  final DataException damaged(String what) {
    return failure("damaged: " + what, "a sound archive; fetch it again");
  }

  final DataException cutShort(String within) {
    long at = positionBytes();
    return new DataException(
        (name + ": unexpected end of input after " + at + " bytes, " + within)
            + " (expected: more of the archive; it is cut short, fetch it again)",
        at);
  }
}
