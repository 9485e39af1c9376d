package highwater.compress;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.xxhash.StreamingXXHash32;
import org.jspecify.annotations.Nullable;

/// One run of lz4: a block is filled, compressed (or stored, where that is not larger), and passes on.
///
/// ```
/// TAKING ──finish()──▶ ENDING ──the last block and the end mark are out──▶ OVER
/// ```
final class Lz4CompressStep implements Step<ByteBuffer, ByteBuffer> {
  /// lz4's hash table, which it has on the stack, or as an array in Java.
  static final int TABLE_BYTES = 16 << 10;

  private static final int HEADER_BYTES = 4 + 3;
  private static final int BLOCK_HEADER_BYTES = 4;
  private static final int TRAILER_BYTES = 4 + 4;

  private enum Phase {
    TAKING,
    ENDING,
    OVER
  }

  private final int blockBytes;
  private Phase phase = Phase.TAKING;
  private @Nullable LZ4Compressor lz4;
  private @Nullable StreamingXXHash32 check;
  private byte[] block = {};
  private ByteBuffer output = DecodeStep.NOTHING;
  private ByteBuffer input = DecodeStep.NOTHING;
  private int filledBytes;

  /// Whether the output is downstream's; before that, the header waits in it for the first block.
  private boolean lent;

  Lz4CompressStep(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /// What a block becomes at its worst, while lz4 works, with all that may be around it.
  static int outputBytes(int blockBytes) {
    return HEADER_BYTES + BLOCK_HEADER_BYTES + blockBytes + blockBytes / 255 + 16 + TRAILER_BYTES;
  }

  @Override
  public void open(PartContext context) {
    var library = Lz4Library.load();
    lz4 = library.lz4().fastCompressor();
    check = library.hash().newStreamingHash32(0);
    block = new byte[blockBytes];
    output = ByteBuffer.allocate(outputBytes(blockBytes)).order(ByteOrder.LITTLE_ENDIAN);
    var header = new byte[] {Lz4Frame.VERSION | Lz4Frame.BLOCKS_INDEPENDENT | Lz4Frame.CONTENT_CHECKSUM, 0, 0};
    header[1] = Lz4Frame.sizeCode(blockBytes);
    header[2] = Lz4Frame.check(library.hash().hash32(), header, 0, 2);
    output.putInt(Lz4Frame.MAGIC).put(header);
  }

  @Override
  public void offer(ByteBuffer chunk) {
    assert phase == Phase.TAKING && !input.hasRemaining() : this;
    input = chunk;
  }

  @Override
  public void finish() {
    assert phase == Phase.TAKING && !input.hasRemaining() : this;
    phase = Phase.ENDING;
  }

  @Override
  public Progress poll() {
    if (lent) output.clear();
    lent = false;
    fill();
    if (filledBytes == blockBytes) {
      putBlock();
    } else if (phase == Phase.ENDING) {
      if (filledBytes > 0) putBlock();
      output.putInt(0).putInt(requireNonNull(check).getValue());
      phase = Phase.OVER;
    } else {
      input = DecodeStep.NOTHING;
      return phase == Phase.OVER ? Progress.DONE : Progress.HUNGRY;
    }
    output.flip();
    lent = true;
    return Progress.READY;
  }

  private void fill() {
    int bytes = Math.min(input.remaining(), blockBytes - filledBytes);
    input.get(block, filledBytes, bytes);
    filledBytes += bytes;
  }

  private void putBlock() {
    requireNonNull(check).update(block, 0, filledBytes);
    int at = output.position();
    int start = at + BLOCK_HEADER_BYTES;
    int bytes = requireNonNull(lz4, "not open").compress(block, 0, filledBytes, output.array(), start);
    if (bytes < filledBytes) {
      output.putInt(at, bytes);
    } else {
      bytes = filledBytes;
      output.putInt(at, bytes | Lz4Frame.STORED).put(start, block, 0, bytes);
    }
    output.position(start + bytes);
    filledBytes = 0;
  }

  @Override
  public ByteBuffer next() {
    return output;
  }

  @Override
  public void close() {
    if (check != null) check.close();
    check = null;
    lz4 = null;
    block = new byte[0];
    input = DecodeStep.NOTHING;
    output = DecodeStep.NOTHING;
  }

  @Override
  public String toString() {
    return "Lz4CompressStep(" + phase + ", " + filledBytes + " bytes in the block)";
  }
}
