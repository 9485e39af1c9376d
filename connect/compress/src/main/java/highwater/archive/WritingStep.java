package highwater.archive;

import static java.util.Objects.requireNonNull;

import highwater.codec.DataException;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of writing an archive: what tar and zip share. It works on the strand.
///
/// Headers and small data are gathered in one buffer, so that an archive of many small files is not one of many small chunks;
/// large data passes on as it is.
abstract class WritingStep implements Step<Piece, ByteBuffer> {
  /// Data of this much passes on; below it a copy costs less than a chunk of its own.
  private static final int GATHERED_BELOW_BYTES = 16 << 10;

  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final String name;
  private @Nullable ByteBuffer gathered;

  /// What goes into the buffer next, and what passes on after it.
  private ByteBuffer head = NOTHING;

  private ByteBuffer passing = NOTHING;
  private ByteBuffer output = NOTHING;

  /// Whether the buffer is lent, and free again with the next poll.
  private boolean lent;

  /// How many bytes came before what is written next.
  private long positionBytes;

  private Piece.@Nullable Entry open;
  private long dataBytes;
  private boolean finished;

  WritingStep(String name) {
    this.name = name;
  }

  /// Begins an entry: its header.
  abstract void begin(Piece.Entry entry) throws DataException;

  /// Takes some of its data.
  abstract void data(ByteBuffer bytes);

  /// Ends it.
  abstract void end(Piece.Entry entry, long dataBytes) throws DataException;

  /// All entries were written: begins what comes after them.
  abstract void tail() throws DataException;

  /// Puts more bytes into [#gathered()] or to [#write]; false where there are none before the next piece.
  boolean more() throws DataException {
    return false;
  }

  @Override
  public void open(PartContext context) throws Exception {
    gathered = ChunkBuffers.take(ChunkBuffers.DEFAULT_BYTES);
  }

  @Override
  public final Progress poll() throws Exception {
    var buffer = requireNonNull(gathered, "open() comes first");
    if (lent) buffer.clear();
    lent = false;
    while (true) {
      fill(buffer, head);
      if (head.hasRemaining()) return flush(buffer);
      if (passing.hasRemaining()) {
        if (buffer.position() > 0) return flush(buffer);
        output = passing;
        passing = NOTHING;
        return Progress.READY;
      }
      if (!buffer.hasRemaining()) return flush(buffer);
      if (more()) continue;
      if (!finished) return Progress.HUNGRY;
      return buffer.position() > 0 ? flush(buffer) : Progress.DONE;
    }
  }

  private static void fill(ByteBuffer buffer, ByteBuffer from) {
    int length = Math.min(buffer.remaining(), from.remaining());
    if (length == 0) return;
    buffer.put(buffer.position(), from, from.position(), length);
    buffer.position(buffer.position() + length);
    from.position(from.position() + length);
  }

  private Progress flush(ByteBuffer buffer) {
    output = buffer.flip();
    lent = true;
    return Progress.READY;
  }

  @Override
  public final ByteBuffer next() {
    return output;
  }

  /// Has `bytes` written next, after which [#more()] is asked.
  final void write(byte[] bytes, int offset, int length) {
    assert !head.hasRemaining() : "two heads at once";
    head = ByteBuffer.wrap(bytes, offset, length);
    positionBytes += length;
  }

  /// Passes data on as it is.
  final void pass(ByteBuffer bytes) {
    positionBytes += bytes.remaining();
    if (bytes.remaining() < GATHERED_BELOW_BYTES) head = bytes;
    else passing = bytes;
  }

  /// Where output can be put at once; whoever does says how much with [#put].
  final ByteBuffer gathered() {
    return requireNonNull(gathered);
  }

  final void put(int bytes) {
    positionBytes += bytes;
  }

  final long positionBytes() {
    return positionBytes;
  }

  @Override
  public final void offer(Piece piece) throws Exception {
    switch (piece) {
      case Piece.Entry entry -> {
        if (open != null) throw disorder("an entry", "the end of " + Shown.name(open.name()));
        open = entry;
        dataBytes = 0;
        begin(entry);
      }
      case Piece.Data(var bytes) -> {
        var entry = opened("data");
        dataBytes += bytes.remaining();
        if (entry.sizeBytes() >= 0 && dataBytes > entry.sizeBytes()) throw otherSize(entry, "at least ");
        data(bytes.duplicate());
      }
      case Piece.End _ -> {
        var entry = opened("an end");
        if (entry.sizeBytes() >= 0 && dataBytes != entry.sizeBytes()) throw otherSize(entry, "");
        open = null;
        end(entry, dataBytes);
      }
      case Piece.Attributes attributes -> attributes(attributes);
    }
  }

  /// Permissions that come too late are dropped; a link that was written as a file would be something else.
  private void attributes(Piece.Attributes attributes) throws DataException {
    if (attributes.kind() == Piece.Kind.LINK) {
      throw failure(
          Shown.name(attributes.name()) + " is a link, as its zip says at the end alone, and was written as a file",
          "a zip without links; or unpack it into a folder first");
    }
  }

  private Piece.Entry opened(String what) throws DataException {
    if (open == null) throw disorder(what, "an entry");
    return open;
  }

  private DataException disorder(String what, String expected) {
    return failure(what + " came", expected + " first: each entry is followed by its data and its end");
  }

  private DataException otherSize(Piece.Entry entry, String atLeast) {
    return failure(
        (Shown.name(entry.name()) + " was said to have " + ByteSizes.grouped(entry.sizeBytes()) + " bytes, and has ")
            + (atLeast + ByteSizes.grouped(dataBytes)),
        "as many as its entry says");
  }

  final DataException failure(String what, String expected) {
    return new DataException(name + ": " + what + " (expected: " + expected + ")", positionBytes);
  }

  /// Refuses what no archive of ours has.
  final void checkName(String entryName, int bytesMax, int bytes) throws DataException {
    if (entryName.indexOf('\0') >= 0) throw failure("the name " + Shown.name(entryName) + " has a zero byte", "none");
    if (bytes > bytesMax) {
      throw failure(
          "the name " + Shown.name(entryName) + " has " + ByteSizes.grouped(bytes) + " bytes",
          "at most " + ByteSizes.grouped(bytesMax));
    }
  }

  @Override
  public final void finish() throws Exception {
    if (open != null) throw disorder("the end", "the end of " + Shown.name(open.name()));
    finished = true;
    tail();
  }

  /// Drops the buffer: who was lent it may be reading it still, on a thread that is left behind.
  @Override
  public void abort(Throwable cause) {
    gathered = null;
  }

  @Override
  public void close() {
    if (gathered != null) ChunkBuffers.giveBack(gathered);
    gathered = null;
    head = NOTHING;
    passing = NOTHING;
    output = NOTHING;
  }
}
