package highwater.codec;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/// One piece of a deflate stream that is compressed by itself: its plain bytes, the 32 KiB before them, and its output.
///
/// Pieces are spliced by ending each on a byte border (an empty stored block, as `pigz` does it), and lose little by
/// being cut because the 32 KiB before are given to zlib as its dictionary. Where zlib would need more room than stored
/// blocks do, the piece is stored instead: so [#deflatedBytesMax] is a bound by construction, whatever the zlib, the
/// level and the data.
///
/// Thread rule: filled on the strand, then a job's alone until its result is taken on the strand. `data` is never
/// moved, so the strand may copy the next block's dictionary from it while the job runs.
final class Block {
  /// How far back a deflate match reaches.
  static final int DICTIONARY_BYTES = 32 << 10;

  private static final int STORED_BYTES_MAX = 65_535;
  private static final int STORED_HEADER_BYTES = 5;

  /// Where the output goes; position and limit as the moment needs.
  final ByteBuffer output;

  private final int blockBytes;
  private final ByteBuffer data;
  private final ByteBuffer input;
  private final ByteBuffer dictionary;
  private int dataBytes;
  private int dictionaryBytes;
  private boolean last;
  private boolean mayUseLibdeflate;

  /// Makes a block for `blockBytes` plain bytes with room for `aroundBytes` of header and trailer.
  Block(int blockBytes, int aroundBytes) {
    this.blockBytes = blockBytes;
    data = ByteBuffer.allocateDirect(DICTIONARY_BYTES + blockBytes);
    input = data.duplicate();
    dictionary = data.duplicate();
    output = ByteBuffer.allocateDirect(outputBytes(blockBytes, aroundBytes));
  }

  /// The most bytes that `plainBytes` become: each stored block of at most 65,535 bytes has a header of 5.
  static int deflatedBytesMax(int plainBytes) {
    int pieces = Math.max(1, Math.ceilDiv(plainBytes, STORED_BYTES_MAX));
    return plainBytes + pieces * STORED_HEADER_BYTES;
  }

  /// What its two buffers take.
  int capacityBytes() {
    return data.capacity() + output.capacity();
  }

  /// The size of a block's output buffer.
  static int outputBytes(int blockBytes, int aroundBytes) {
    return deflatedBytesMax(blockBytes) + aroundBytes;
  }

  /// Empties the block, and takes the end of `previous` (which may be this one) as what comes before.
  void startAfter(Block previous) {
    int bytes = Math.min(DICTIONARY_BYTES, previous.dictionaryBytes + previous.dataBytes);
    int from = DICTIONARY_BYTES + previous.dataBytes - bytes;
    data.put(DICTIONARY_BYTES - bytes, previous.data, from, bytes);
    dictionaryBytes = bytes;
    dataBytes = 0;
    mayUseLibdeflate = false;
    output.clear();
  }

  /// Copies what fits of `chunk`, without moving it; tells how many bytes.
  int fill(ByteBuffer chunk) {
    int bytes = Math.min(chunk.remaining(), blockBytes - dataBytes);
    data.put(DICTIONARY_BYTES + dataBytes, chunk, chunk.position(), bytes);
    dataBytes += bytes;
    return bytes;
  }

  boolean isFull() {
    return dataBytes == blockBytes;
  }

  /// Marks the block as the stream's last.
  void makeLast() {
    last = true;
  }

  boolean isLast() {
    return last;
  }

  /// The plain bytes that it holds.
  int dataBytes() {
    return dataBytes;
  }

  /// Has it deflated by libdeflate, if that is sound.
  void mayUseLibdeflate() {
    mayUseLibdeflate = true;
  }

  /// Appends the deflated bytes to the output: deflated at `level`, or stored where that is not larger.
  void deflate(int level, Deflaters states) {
    int start = output.position();
    output.limit(start + deflatedBytesMax(dataBytes));
    if (level == Deflater.NO_COMPRESSION || !deflatedInto(states)) {
      output.position(start);
      store();
    }
    output.limit(output.capacity());
  }

  /// Tells whether there was room enough.
  private boolean deflatedInto(Deflaters states) {
    var state = states.borrow();
    try {
      input.limit(DICTIONARY_BYTES + dataBytes).position(DICTIONARY_BYTES);
      if (mayUseLibdeflate && Libdeflate.isSound()) return state.deflateByItself(input, output, last);
      dictionary.limit(DICTIONARY_BYTES).position(DICTIONARY_BYTES - dictionaryBytes);
      return state.deflateAfter(dictionary, input, output, last);
    } finally {
      states.giveBack(state);
    }
  }

  private void store() {
    int done = 0;
    do {
      int bytes = Math.min(dataBytes - done, STORED_BYTES_MAX);
      boolean finalBlock = last && done + bytes == dataBytes;
      output.put((byte) (finalBlock ? 1 : 0));
      output.putShort(Short.reverseBytes((short) bytes));
      output.putShort(Short.reverseBytes((short) ~bytes));
      output.put(output.position(), data, DICTIONARY_BYTES + done, bytes);
      output.position(output.position() + bytes);
      done += bytes;
    } while (done < dataBytes);
  }
}
