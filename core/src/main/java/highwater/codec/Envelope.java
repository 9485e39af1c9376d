package highwater.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/// What stands around deflate data: whose check value follows it.
enum Envelope {
  /// RFC 1952: CRC-32 and the length modulo 2^32, little-endian.
  GZIP(8),
  /// RFC 1950: Adler-32, big-endian.
  ZLIB(4),
  /// RFC 1951 alone.
  RAW(0);

  /// The bytes after the deflate data.
  final int trailerBytes;

  Envelope(int trailerBytes) {
    this.trailerBytes = trailerBytes;
  }

  /// A fresh check over the plain bytes, or null where the format has none.
  @Nullable Checksum newCheck() {
    return switch (this) {
      case GZIP -> new CRC32();
      case ZLIB -> new Adler32();
      case RAW -> null;
    };
  }

  /// Puts the trailer for `lengthBytes` plain bytes whose check is `check`.
  void putTrailer(ByteBuffer output, long check, long lengthBytes) {
    switch (this) {
      case GZIP -> {
        output.order(ByteOrder.LITTLE_ENDIAN);
        output.putInt((int) check).putInt((int) lengthBytes);
        output.order(ByteOrder.BIG_ENDIAN);
      }
      case ZLIB -> output.putInt((int) check);
      case RAW -> {}
    }
  }
}
