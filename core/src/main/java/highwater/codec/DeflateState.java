package highwater.codec;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// What deflates one block after another: zlib, or the system's libdeflate, whichever the block asks for.
///
/// It holds one of the two at a time, in native memory that [#end()] gives back. Thread rule: one thread at a time.
final class DeflateState {
  /// What zlib allocates for window 15 and memory level 8: window, chain and hash tables of 64 KiB each, at most 80 KiB
  /// for pending symbols (64 KiB in older versions), and its fixed fields.
  private static final int ZLIB_BYTES = 280 << 10;

  private final int level;
  private @Nullable Deflater zlib;
  private Libdeflate.@Nullable State libdeflate;

  DeflateState(int level) {
    this.level = level;
  }

  /// The most native memory that one holds.
  static int bytesMax() {
    return Libdeflate.file() == null ? ZLIB_BYTES : Math.max(ZLIB_BYTES, Libdeflate.STATE_BYTES);
  }

  /// Deflates `input` behind what `output` holds, with zlib: as the stream's end, or ended on a byte border so that another
  /// block can follow. False where it does not fit, or may not have: a flush that fills the output to the last byte may not be
  /// complete.
  boolean deflateAfter(ByteBuffer dictionary, ByteBuffer input, ByteBuffer output, boolean last) {
    var state = zlib();
    if (dictionary.hasRemaining()) state.setDictionary(dictionary);
    state.setInput(input);
    if (last) {
      state.finish();
      state.deflate(output);
      return state.finished();
    }
    state.deflate(output, Deflater.SYNC_FLUSH);
    return output.hasRemaining() && !input.hasRemaining();
  }

  /// The same with libdeflate, which knows of nothing before the block.
  boolean deflateByItself(ByteBuffer input, ByteBuffer output, boolean last) {
    return libdeflate().deflate(input, output, last);
  }

  private Deflater zlib() {
    if (libdeflate != null) end();
    var state = zlib;
    if (state == null) zlib = state = new Deflater(level, true);
    return state;
  }

  private Libdeflate.State libdeflate() {
    if (zlib != null) end();
    var state = libdeflate;
    if (state == null) libdeflate = state = Libdeflate.newState(level);
    return state;
  }

  /// Forgets the last block.
  void reset() {
    if (zlib != null) zlib.reset();
  }

  /// Gives its memory back.
  void end() {
    if (zlib != null) zlib.end();
    if (libdeflate != null) libdeflate.end();
    zlib = null;
    libdeflate = null;
  }
}
