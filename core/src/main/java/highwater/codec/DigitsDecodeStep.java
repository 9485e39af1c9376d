package highwater.codec;

import java.nio.ByteBuffer;

/// One run of reading hex or base64: digit by digit, a byte as soon as its bits are there.
///
/// Not by the JDK's decoders: those take text without its padding and with bits that mean nothing, and do not say where
/// an error is.
final class DigitsDecodeStep extends TranslateStep {
  /// The most bytes given at a time, and all that is held.
  static final int OUT_BYTES = 8 << 10;

  private final String name;
  private final Digits digits;
  private int bits;

  /// How many of `bits` are of a byte that is not complete; fewer than eight.
  private int bitCount;

  /// The padding seen.
  private int pads;

  private long position;

  DigitsDecodeStep(String name, Digits digits) {
    super(OUT_BYTES);
    this.name = name;
    this.digits = digits;
  }

  @Override
  void translate(ByteBuffer chunk, ByteBuffer out) throws DataException {
    while (chunk.hasRemaining() && out.hasRemaining()) {
      take(chunk.get() & 0xFF, out);
      position++;
    }
  }

  private void take(int character, ByteBuffer out) throws DataException {
    int value = digits.value(character);
    switch (value) {
      case Digits.SPACE -> {}
      case Digits.OTHER -> throw failure("is no digit of " + digits.inWords(), character);
      case Digits.PAD -> {
        if (pads == padsDue()) throw failure("is padding where none belongs", character);
        checkSpareBits();
        pads++;
      }
      default -> {
        if (pads > 0) throw failure("follows the padding: nothing may", character);
        bits = bits << digits.bits() | value;
        bitCount += digits.bits();
        if (bitCount >= Byte.SIZE) {
          bitCount -= Byte.SIZE;
          out.put((byte) (bits >>> bitCount));
          bits &= (1 << bitCount) - 1;
        }
      }
    }
  }

  /// How many characters fill the group: of four digits, three carry two bytes and two carry one.
  private int padsDue() {
    return bitCount >= digits.bits() ? 0 : bitCount / 2;
  }

  @Override
  void end(ByteBuffer out) throws DataException {
    boolean inDigit = bitCount >= digits.bits();
    if (inDigit || (digits.isPadded() && pads < padsDue())) {
      throw new DataException(
          (name + ": unexpected end of input after " + position + " bytes, within a group of digits")
              + " (expected: whole groups; it is cut short, or lacks its padding)",
          position);
    }
    checkSpareBits();
  }

  /// The bits behind the last byte say nothing, so that they must be zero.
  private void checkSpareBits() throws DataException {
    if (bits == 0) return;
    throw new DataException(
        (name + ": the last digit before byte " + position + " has bits that belong to no byte")
            + " (expected: zeros there, as every encoder writes; the input is damaged or cut short)",
        position);
  }

  private DataException failure(String what, int character) {
    var shown = character > ' ' && character < 0x7F ? "'" + (char) character + "'" : String.format("0x%02X", character);
    return new DataException(
        (name + ": byte " + position + " of the input, " + shown + ", " + what)
            + (" (expected: " + digits.inWords() + "; leave whitespace out, or say skippingWhitespace())"),
        position);
  }

  @Override
  public String toString() {
    return "DigitsDecodeStep(" + name + ", " + position + " bytes in)";
  }
}
