package highwater.codec;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;

/// The hexadecimal format: two digits for each byte.
///
/// Both cases are read, whichever is written; anything else fails, whitespace too unless it is skipped.
public final class Hex {
  private static final String LOWER = "0123456789abcdef";
  private static final String UPPER = "0123456789ABCDEF";

  private final String alphabet;
  private final boolean skipsSpace;

  private Hex(String alphabet, boolean skipsSpace) {
    this.alphabet = alphabet;
    this.skipsSpace = skipsSpace;
  }

  /// Digits with `a` to `f`.
  public static Hex lowerCase() {
    return new Hex(LOWER, false);
  }

  /// Digits with `A` to `F`.
  public static Hex upperCase() {
    return new Hex(UPPER, false);
  }

  /// The same with spaces, tabs, CR and LF skipped when decoding.
  public Hex skippingWhitespace() {
    return new Hex(alphabet, true);
  }

  /// Makes digits of bytes, in chunks of at most 8 KiB.
  public PullStage<ByteBuffer, ByteBuffer> encode() {
    return StepStage.ofBytes(
        "hex", HexEncodeStep.OUT_BYTES, HexEncodeStep.OUT_BYTES, () -> new HexEncodeStep(alphabet));
  }

  /// Makes bytes of digits, in chunks of at most 8 KiB.
  ///
  /// Errors: [DataException] with the byte position for anything that is no digit, and for an odd number of them.
  public PullStage<ByteBuffer, ByteBuffer> decode() {
    var digits = new Digits("hex", LOWER, false, skipsSpace).also(UPPER);
    return StepStage.ofBytes(
        "unhex", DigitsDecodeStep.OUT_BYTES, DigitsDecodeStep.OUT_BYTES, () -> new DigitsDecodeStep("unhex", digits));
  }
}
