package highwater.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64.Encoder;

/// One run of writing base64: whole groups of three bytes, or whole lines, are encoded by the JDK, the rest waits.
///
/// A MIME line is given, with its end, when a byte more is there: an end stands between lines only.
final class Base64EncodeStep extends TranslateStep {
  private static final int GROUP_BYTES = 3;
  private static final int LINE_BYTES = 57;
  private static final int LINES = 105;
  private static final int IN_BYTES = LINES * LINE_BYTES;

  /// The most bytes given at a time, a little less than 8 KiB.
  static final int OUT_BYTES = LINES * (LINE_BYTES / GROUP_BYTES * 4 + 2);

  /// The bytes gathered, those of a block that is not full, what the JDK makes of them, and the output.
  static final int HELD_BYTES = IN_BYTES + IN_BYTES + OUT_BYTES + OUT_BYTES;

  private final Encoder encoder;
  private final boolean mime;
  private final int unitBytes;
  private final byte[] in = new byte[IN_BYTES];
  private int inBytes;

  Base64EncodeStep(Encoder encoder, boolean mime) {
    super(OUT_BYTES);
    this.encoder = encoder;
    this.mime = mime;
    unitBytes = mime ? LINE_BYTES : GROUP_BYTES;
  }

  @Override
  void translate(ByteBuffer chunk, ByteBuffer out) {
    int count = Math.min(chunk.remaining(), IN_BYTES - inBytes);
    chunk.get(in, inBytes, count);
    inBytes += count;
    int units = inBytes / unitBytes;
    boolean more = chunk.hasRemaining() || inBytes % unitBytes != 0;
    if (mime && !more) units--;
    if (units == 0) return;
    encode(units * unitBytes, out);
    if (mime) out.put((byte) '\r').put((byte) '\n');
  }

  @Override
  void end(ByteBuffer out) {
    encode(inBytes, out);
  }

  /// Encodes the first `bytes` of those gathered.
  private void encode(int bytes, ByteBuffer out) {
    out.put(encoder.encode(bytes == IN_BYTES ? in : Arrays.copyOf(in, bytes)));
    inBytes -= bytes;
    System.arraycopy(in, bytes, in, 0, inBytes);
  }

  @Override
  public String toString() {
    return "Base64EncodeStep(" + inBytes + " bytes wait)";
  }
}
