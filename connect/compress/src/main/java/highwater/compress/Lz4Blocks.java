package highwater.compress;

/// Decodes blocks that refer to the bytes before them, for which lz4-java has no call.
///
/// A block is a list of sequences: a token with two lengths of 4 bits (15 goes on in further bytes), literals, then a match
/// at a distance of 2 bytes; the last has literals alone (lz4 block format).
final class Lz4Blocks {
  private static final int MATCH_BYTES_MIN = 4;
  private static final int LENGTH_GOES_ON = 15;

  private Lz4Blocks() {}

  /// Decodes `length` bytes of `from` into `to`, from `start` on and before `end`; matches reach back to 0. Returns how
  /// many bytes came out, or -1 where the block is damaged.
  static int decode(byte[] from, int length, byte[] to, int historyStart, int start, int end) {
    int in = 0;
    int out = start;
    while (in < length) {
      int token = from[in++] & 0xFF;
      int literals = token >>> 4;
      if (literals == LENGTH_GOES_ON) {
        int next;
        do {
          if (in >= length) return -1;
          next = from[in++] & 0xFF;
          literals += next;
          if (literals > end - out) return -1;
        } while (next == 0xFF);
      }
      if (literals > length - in || literals > end - out) return -1;
      System.arraycopy(from, in, to, out, literals);
      in += literals;
      out += literals;
      if (in == length) return out - start;
      if (length - in < 2) return -1;
      int distance = (from[in] & 0xFF) | ((from[in + 1] & 0xFF) << 8);
      in += 2;
      int match = token & LENGTH_GOES_ON;
      if (match == LENGTH_GOES_ON) {
        int next;
        do {
          if (in >= length) return -1;
          next = from[in++] & 0xFF;
          match += next;
          if (match > end - out) return -1;
        } while (next == 0xFF);
      }
      match += MATCH_BYTES_MIN;
      if (distance == 0 || distance > out - historyStart || match > end - out) return -1;
      copyMatch(to, out - distance, out, match);
      out += match;
    }
    // A block ends with literals, be they none; a match at its very end is damage.
    return -1;
  }

  /// A match may reach into what it makes: then the bytes repeat.
  private static void copyMatch(byte[] bytes, int from, int to, int length) {
    int distance = to - from;
    if (distance >= length) {
      System.arraycopy(bytes, from, bytes, to, length);
    } else {
      for (int i = 0; i < length; i++) bytes[to + i] = bytes[from + i];
    }
  }
}
