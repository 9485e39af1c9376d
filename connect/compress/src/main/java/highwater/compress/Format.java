package highwater.compress;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A format that can be told by its first bytes.
enum Format {
  GZIP("gzip", "1f8b"),
  ZSTD("zstd", "28b52ffd"),
  LZ4("lz4", "04224d18"),
  BZIP2("bzip2", "425a68"),
  XZ("xz", "fd377a585a00");

  /// As many first bytes as the longest magic number has.
  static final int MAGIC_BYTES_MAX = 6;

  private final String inWords;
  private final String magic;

  Format(String inWords, String magic) {
    this.inWords = inWords;
    this.magic = magic;
  }

  /// The format of input that begins with `first`; null when it is none of these.
  static @Nullable Format of(byte[] first) {
    for (var format : values()) {
      if (HexFormat.of().formatHex(first).startsWith(format.magic)) return format;
    }
    return isSkippable(first) ? ZSTD : null;
  }

  /// Whether it may become one of these with more bytes.
  static boolean mayBe(byte[] first) {
    for (var format : values()) {
      if (format.magic.startsWith(HexFormat.of().formatHex(first))) return true;
    }
    return false;
  }

  /// A frame to be skipped, which zstd and lz4 share; pzstd begins with one.
  private static boolean isSkippable(byte[] first) {
    return first.length >= 4 && (first[0] & 0xF0) == 0x50 && first[1] == 0x2A && first[2] == 0x4D && first[3] == 0x18;
  }

  @Override
  public String toString() {
    return inWords + " " + HexFormat.ofDelimiter(" ").formatHex(HexFormat.of().parseHex(magic));
  }
}
