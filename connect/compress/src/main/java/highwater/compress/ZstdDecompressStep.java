package highwater.compress;

import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of unzstd: frames one after the other.
final class ZstdDecompressStep extends DecodeStep {
  /// zstd's codes (`zstd_errors.h`), which it promises to keep.
  private static final int PREFIX_UNKNOWN = 10;

  private static final int WINDOW_TOO_LARGE = 16;
  private static final int DICTIONARY_WRONG = 32;

  private final int windowLogMax;
  private @Nullable ZstdDecompressCtx context;
  private @Nullable DirectInput direct;
  private ByteBuffer output = NOTHING;

  /// Whether zstd may hold output that had no room. Otherwise it is not called without input: it takes that, done often
  /// enough, for a caller that is lost.
  private boolean mayHoldMore;

  private boolean inFrame;
  private long frameEndBytes;

  ZstdDecompressStep(String name, int windowLogMax, ExpansionLimit limit) {
    super(new Complaints(name, "zstd"), limit);
    this.windowLogMax = windowLogMax;
  }

  @Override
  public void open(PartContext part) throws IOException {
    // The first context loads the native code, and on a JVM from 22 on what calls it.
    NativeLibrary.load(complaints.stage(), "zstd-jni", () -> context = new ZstdDecompressCtx());
    direct = new DirectInput();
    output = ByteBuffer.allocateDirect(CHUNK_BYTES);
    requireNonNull(context).setLongMax(windowLogMax);
  }

  @Override
  ByteBuffer decode(ByteBuffer input) throws DataException {
    output.clear();
    while (output.hasRemaining() && (input.hasRemaining() || mayHoldMore)) {
      int inputBytes = input.remaining();
      int room = output.remaining();
      boolean frameOver = decompress(input);
      mayHoldMore = !output.hasRemaining();
      if (input.remaining() < inputBytes) inFrame = true;
      if (frameOver && (input.remaining() < inputBytes || output.remaining() < room)) {
        inFrame = false;
        frameEndBytes = positionBytes();
      }
    }
    return output.flip();
  }

  private boolean decompress(ByteBuffer input) throws DataException {
    var open = requireNonNull(context, "not open");
    try {
      return requireNonNull(direct).give(input, piece -> open.decompressDirectByteBufferStream(output, piece));
    } catch (ZstdException e) {
      throw failure(e);
    }
  }

  private DataException failure(ZstdException e) {
    long at = positionBytes();
    // zstd-jni gives them negative where they come from a stream.
    return switch ((int) Math.abs(e.getErrorCode())) {
      case PREFIX_UNKNOWN ->
          frameEndBytes == 0
              ? complaints.otherFormat("28 b5 2f fd")
              : complaints.goesOn(frameEndBytes, "nothing after it, or another frame");
      case WINDOW_TOO_LARGE ->
          complaints.unsupported(
              at,
              "a frame needs a window of more than " + ByteSizes.inWords(1L << windowLogMax),
              "at most that; if there is memory for it: a larger windowLogMax, up to 31 (in the command:"
                  + " unzstd,long=31)",
              e);
      case DICTIONARY_WRONG ->
          complaints.unsupported(
              at, "a frame needs a dictionary, which is not supported", "a frame without one; compress without it", e);
      default -> complaints.damaged(at, String.valueOf(e.getMessage()), e);
    };
  }

  @Override
  void checkWhole() throws DataException {
    if (inFrame) throw complaints.cutShort(positionBytes(), null);
  }

  @Override
  public void close() {
    super.close();
    if (context != null) context.close();
    context = null;
    direct = null;
    output = NOTHING;
  }
}
