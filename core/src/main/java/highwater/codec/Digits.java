package highwater.codec;

import java.util.Arrays;

/// How text is read as digits that carry bits.
final class Digits {
  static final byte OTHER = -1;
  static final byte SPACE = -2;
  static final byte PAD = -3;

  private final String inWords;

  /// What each byte of the text means: a digit's value, or one of the constants above.
  private final byte[] values = new byte[1 << Byte.SIZE];

  private final int bits;
  private final boolean padded;

  /// The digits of `alphabet`, in the order of their values; their number is a power of two.
  Digits(String inWords, String alphabet, boolean padded, boolean skipsSpace) {
    this.inWords = inWords;
    this.padded = padded;
    bits = Integer.numberOfTrailingZeros(alphabet.length());
    Arrays.fill(values, OTHER);
    also(alphabet);
    if (padded) values['='] = PAD;
    if (skipsSpace) for (char space : " \t\r\n".toCharArray()) values[space] = SPACE;
  }

  /// Reads the digits of `alphabet` too, as those of the same value.
  Digits also(String alphabet) {
    for (int i = 0; i < alphabet.length(); i++) values[alphabet.charAt(i)] = (byte) i;
    return this;
  }

  /// What messages call the format.
  String inWords() {
    return inWords;
  }

  /// The value of the digit `character`, 0 to 255, or one of the constants above.
  int value(int character) {
    return values[character];
  }

  /// The bits of one digit.
  int bits() {
    return bits;
  }

  /// Whether `=` fills the last group of digits.
  boolean isPadded() {
    return padded;
  }
}
