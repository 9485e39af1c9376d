package highwater.compress;

import static java.util.Objects.requireNonNull;

import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.xxhash.StreamingXXHash32;
import org.jspecify.annotations.Nullable;

/// One run of unlz4: frames one after the other, each checked.
///
/// ```
/// MAGIC ─┬─▶ DESCRIPTOR ─▶ BLOCK_SIZE ─┬─▶ BLOCK ─▶ BLOCK_CHECK ─▶ BLOCK_SIZE     fields that a frame has not are
///   ▲    │                             └─ 0 ▶ CONTENT_CHECK ─▶ MAGIC              of no bytes
///   │    └─▶ SKIP_SIZE ─▶ SKIP ─▶ MAGIC
/// ```
/// Input is gathered until a field is whole; so a block is decoded at once, and its output lent in chunks before anything
/// else is read. The frame is read here rather than by lz4-java's stream: that one refuses dependent blocks, and waits for
/// its input.
final class Lz4DecompressStep extends DecodeStep {
  private enum Field {
    MAGIC,
    DESCRIPTOR,
    BLOCK_SIZE,
    BLOCK,
    BLOCK_CHECK,
    CONTENT_CHECK,
    SKIP_SIZE,
    SKIP
  }

  private final byte[] small = new byte[Lz4Frame.DESCRIPTOR_BYTES_MAX];
  private final ByteBuffer numbers = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable Lz4Library library;
  private @Nullable StreamingXXHash32 check;

  private Field field = Field.MAGIC;
  private int fieldBytes = Integer.BYTES;
  private int gatheredBytes;
  private long skipBytes;
  private long frameEndBytes;

  private int flags;
  private int blockBytesMax;
  private long contentBytes;
  private long contentBytesSaid;
  private boolean stored;

  /// The block as it came; grows to the size of this input's largest blocks.
  private byte[] block = {};

  private int blockBytes;

  /// History, then the plain block.
  private byte[] plain = {};

  private int historyBytes;
  private int plainBytes;

  /// What of the plain block has not passed on yet.
  private ByteBuffer rest = NOTHING;

  private ByteBuffer output = NOTHING;

  Lz4DecompressStep(String name, ExpansionLimit limit) {
    super(new Complaints(name, "lz4"), limit);
  }

  @Override
  public void open(PartContext context) {
    library = Lz4Library.load();
    check = library.hash().newStreamingHash32(0);
  }

  @Override
  ByteBuffer decode(ByteBuffer input) throws DataException {
    while (true) {
      if (rest.hasRemaining()) return slice();
      if (field == Field.SKIP) {
        skip(input);
        if (field == Field.SKIP) return NOTHING;
      }
      if (!gather(input)) return NOTHING;
      gatheredBytes = 0;
      fieldIsWhole();
    }
  }

  private ByteBuffer slice() {
    int bytes = Math.min(rest.remaining(), CHUNK_BYTES);
    output = rest.slice(rest.position(), bytes);
    rest.position(rest.position() + bytes);
    return output;
  }

  private boolean gather(ByteBuffer input) {
    int bytes = Math.min(input.remaining(), fieldBytes - gatheredBytes);
    var to = field == Field.BLOCK ? stored ? plain : block : small;
    int from = field == Field.BLOCK && stored ? Lz4Frame.HISTORY_BYTES : 0;
    input.get(to, from + gatheredBytes, bytes);
    gatheredBytes += bytes;
    return gatheredBytes == fieldBytes;
  }

  private void skip(ByteBuffer input) {
    int bytes = (int) Math.min(input.remaining(), skipBytes);
    input.position(input.position() + bytes);
    skipBytes -= bytes;
    if (skipBytes == 0) frameIsOver();
  }

  private void expect(Field next, int bytes) {
    field = next;
    fieldBytes = bytes;
  }

  private void fieldIsWhole() throws DataException {
    switch (field) {
      case MAGIC -> begin(numbers.getInt(0));
      case DESCRIPTOR -> {
        if (fieldBytes < descriptorBytes()) fieldBytes = more(descriptorBytes());
        else readDescriptor();
      }
      case BLOCK_SIZE -> beginBlock(numbers.getInt(0));
      case BLOCK -> {
        blockBytes = fieldBytes;
        expect(Field.BLOCK_CHECK, has(Lz4Frame.BLOCK_CHECKSUM) ? Integer.BYTES : 0);
      }
      case BLOCK_CHECK -> {
        checkBlock();
        decodeBlock();
        expect(Field.BLOCK_SIZE, Integer.BYTES);
      }
      case CONTENT_CHECK -> checkContent();
      case SKIP_SIZE -> {
        skipBytes = Integer.toUnsignedLong(numbers.getInt(0));
        field = Field.SKIP;
      }
      case SKIP -> throw new AssertionError("not gathered");
    }
  }

  /// The field goes on to `bytes`; what was gathered stays.
  private int more(int bytes) {
    gatheredBytes = fieldBytes;
    return bytes;
  }

  private void begin(int magic) throws DataException {
    if (magic == Lz4Frame.MAGIC) {
      expect(Field.DESCRIPTOR, 2);
    } else if ((magic & Lz4Frame.MAGIC_SKIPPABLE_MASK) == Lz4Frame.MAGIC_SKIPPABLE) {
      expect(Field.SKIP_SIZE, Integer.BYTES);
    } else if (magic == Lz4Frame.MAGIC_LEGACY) {
      throw complaints.unsupported(
          frameEndBytes, "the legacy format of lz4 -l", "frames; read it with lz4 -dc, or write it without -l", null);
    } else if (frameEndBytes == 0) {
      throw complaints.otherFormat("04 22 4d 18");
    } else {
      throw complaints.goesOn(frameEndBytes, "nothing after it, or another frame");
    }
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private int descriptorBytes() {
    int said = small[0];
    return 2
        + ((said & Lz4Frame.CONTENT_SIZE) != 0 ? Long.BYTES : 0)
        + ((said & Lz4Frame.DICTIONARY) != 0 ? Integer.BYTES : 0)
        + 1;
  }

  private void readDescriptor() throws DataException {
    flags = small[0];
    blockBytesMax = Lz4Frame.blockBytes(small[1]);
    int last = fieldBytes - 1;
    if (small[last] != Lz4Frame.check(opened().hash().hash32(), small, 0, last)) {
      throw damaged("the checksum of the frame's header does not match");
    }
    if ((flags & Lz4Frame.VERSION_MASK) != Lz4Frame.VERSION || has(Lz4Frame.RESERVED) || blockBytesMax == 0) {
      throw complaints.unsupported(
          positionBytes(), "a frame of an unknown version", "version 1, written by lz4 1.4 or later", null);
    }
    if (has(Lz4Frame.DICTIONARY)) {
      throw complaints.unsupported(
          positionBytes(),
          "a frame needs a dictionary, which is not supported",
          "a frame without one; compress without it",
          null);
    }
    contentBytesSaid = has(Lz4Frame.CONTENT_SIZE) ? numbers.getLong(2) : -1;
    contentBytes = 0;
    historyBytes = 0;
    plainBytes = 0;
    hash().reset();
    plain = grown(plain, Lz4Frame.HISTORY_BYTES + blockBytesMax);
    expect(Field.BLOCK_SIZE, Integer.BYTES);
  }

  /// Without what it held: nothing does between two frames.
  private static byte[] grown(byte[] bytes, int length) {
    return bytes.length >= length ? bytes : new byte[length];
  }

  private void beginBlock(int size) throws DataException {
    if (size == 0) {
      expect(Field.CONTENT_CHECK, has(Lz4Frame.CONTENT_CHECKSUM) ? Integer.BYTES : 0);
      return;
    }
    stored = (size & Lz4Frame.STORED) != 0;
    int bytes = size & ~Lz4Frame.STORED;
    if (bytes > blockBytesMax || bytes == 0) {
      throw damaged("a block of " + bytes + " bytes, longer than the frame's " + ByteSizes.inWords(blockBytesMax));
    }
    keepHistory();
    if (!stored) block = grown(block, blockBytesMax);
    expect(Field.BLOCK, bytes);
  }

  /// Moves the end of what came before to the place before the next block.
  private void keepHistory() {
    if (has(Lz4Frame.BLOCKS_INDEPENDENT) || plainBytes == 0) return;
    int bytes = Math.min(Lz4Frame.HISTORY_BYTES, historyBytes + plainBytes);
    int from = Lz4Frame.HISTORY_BYTES + plainBytes - bytes;
    System.arraycopy(plain, from, plain, Lz4Frame.HISTORY_BYTES - bytes, bytes);
    historyBytes = bytes;
    plainBytes = 0;
  }

  private void checkBlock() throws DataException {
    if (!has(Lz4Frame.BLOCK_CHECKSUM)) return;
    var bytes = stored ? plain : block;
    int from = stored ? Lz4Frame.HISTORY_BYTES : 0;
    if (opened().hash().hash32().hash(bytes, from, blockBytes, 0) != numbers.getInt(0)) {
      throw damaged("the checksum of a block does not match");
    }
  }

  private void decodeBlock() throws DataException {
    plainBytes = stored ? blockBytes : decoded();
    if (has(Lz4Frame.CONTENT_CHECKSUM)) hash().update(plain, Lz4Frame.HISTORY_BYTES, plainBytes);
    contentBytes += plainBytes;
    rest = ByteBuffer.wrap(plain, Lz4Frame.HISTORY_BYTES, plainBytes);
  }

  private int decoded() throws DataException {
    int start = Lz4Frame.HISTORY_BYTES;
    if (historyBytes > 0) {
      int bytes = Lz4Blocks.decode(block, blockBytes, plain, start - historyBytes, start, start + blockBytesMax);
      if (bytes < 0) throw damaged("a block that cannot be decoded");
      return bytes;
    }
    try {
      return opened().lz4().safeDecompressor().decompress(block, 0, blockBytes, plain, start, blockBytesMax);
    } catch (LZ4Exception e) {
      throw complaints.damaged(positionBytes(), "a block that cannot be decoded", e);
    }
  }

  private void checkContent() throws DataException {
    if (has(Lz4Frame.CONTENT_CHECKSUM) && hash().getValue() != numbers.getInt(0)) {
      throw damaged("the checksum of the content does not match");
    }
    if (contentBytesSaid >= 0 && contentBytesSaid != contentBytes) {
      throw damaged(contentBytes + " bytes came out, the frame says " + contentBytesSaid);
    }
    frameIsOver();
  }

  private void frameIsOver() {
    frameEndBytes = positionBytes();
    expect(Field.MAGIC, Integer.BYTES);
  }

  private DataException damaged(String why) {
    return complaints.damaged(positionBytes(), why, null);
  }

  @Override
  void checkWhole() throws DataException {
    if (field != Field.MAGIC || gatheredBytes > 0) throw complaints.cutShort(positionBytes(), null);
  }

  private Lz4Library opened() {
    return requireNonNull(library, "not open");
  }

  private StreamingXXHash32 hash() {
    return requireNonNull(check, "not open");
  }

  @Override
  public void close() {
    super.close();
    if (check != null) check.close();
    check = null;
    block = Arrays.copyOf(block, 0);
    plain = Arrays.copyOf(plain, 0);
    rest = NOTHING;
    output = NOTHING;
  }
}
