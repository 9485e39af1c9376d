package highwater.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One run of writing hexadecimal digits; into an array, where `HexFormat` would make strings.
final class HexEncodeStep extends TranslateStep {
  /// The most bytes given at a time, and all that is held.
  static final int OUT_BYTES = 8 << 10;

  private final byte[] alphabet;

  HexEncodeStep(String alphabet) {
    super(OUT_BYTES);
    this.alphabet = alphabet.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  void translate(ByteBuffer chunk, ByteBuffer out) {
    while (chunk.hasRemaining() && out.hasRemaining()) {
      int next = chunk.get() & 0xFF;
      out.put(alphabet[next >>> 4]).put(alphabet[next & 0xF]);
    }
  }

  @Override
  void end(ByteBuffer out) {}

  @Override
  public String toString() {
    return "HexEncodeStep";
  }
}
