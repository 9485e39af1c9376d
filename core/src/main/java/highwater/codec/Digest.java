package highwater.codec;

import java.util.HexFormat;

/// The hash of everything that passed in one run.
///
/// @param algorithm its canonical name, such as `SHA-256` or `CRC-32`
/// @param hex the value in lower-case hexadecimal digits, most significant first
/// @param bytes how many bytes it covers
public record Digest(String algorithm, String hex, long bytes) {
  /// The value, most significant byte first.
  public byte[] value() {
    return HexFormat.of().parseHex(hex);
  }
}
