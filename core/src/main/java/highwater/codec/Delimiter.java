package highwater.codec;

import java.util.HexFormat;

/// A sequence of bytes that is looked for byte by byte, by the method of Knuth, Morris and Pratt: its state is how many
/// bytes of the delimiter the input ends with, so it does not matter where the input is cut.
final class Delimiter {
  private static final int MOST_BYTES = 256;

  private final byte[] bytes;

  /// For each number of bytes that match: how many still match where the next does not.
  private final int[] shorter;

  Delimiter(byte[] delimiter) {
    if (delimiter.length == 0 || delimiter.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "delimiter: " + delimiter.length + " bytes (expected: 1 to " + MOST_BYTES + " bytes)");
    }
    bytes = delimiter.clone();
    shorter = new int[bytes.length + 1];
    for (int i = 1, matched = 0; i < bytes.length; i++) {
      while (matched > 0 && bytes[i] != bytes[matched]) matched = shorter[matched];
      if (bytes[i] == bytes[matched]) matched++;
      shorter[i + 1] = matched;
    }
  }

  int length() {
    return bytes.length;
  }

  /// How many bytes match after `next`, where `matched`, fewer than all, did before.
  int advance(int matched, byte next) {
    int state = matched;
    while (state > 0 && bytes[state] != next) state = shorter[state];
    return bytes[state] == next ? state + 1 : state;
  }

  byte[] toArray() {
    return bytes.clone();
  }

  /// Its bytes in hexadecimal digits.
  @Override
  public String toString() {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
