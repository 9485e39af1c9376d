package highwater.archive;

/// The records of a zip, by where their fields are. Source: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.
final class ZipFields {
  static final int LOCAL = 0x04034b50;
  static final int DESCRIPTOR = 0x08074b50;
  static final int CENTRAL = 0x02014b50;
  static final int END = 0x06054b50;
  static final int END64 = 0x06064b50;
  static final int LOCATOR64 = 0x07064b50;

  static final int SIGNATURE_BYTES = 4;
  static final int LOCAL_BYTES = 30;
  static final int CENTRAL_BYTES = 46;
  static final int END_BYTES = 22;
  static final int END64_BYTES = 56;
  static final int LOCATOR64_BYTES = 20;

  static final int STORED = 0;
  static final int DEFLATED = 8;

  static final int ENCRYPTED = 1;
  static final int DESCRIBED = 1 << 3;
  static final int PATCHED = 1 << 5;
  static final int UTF8 = 1 << 11;
  static final int MASKED = 1 << 13;

  /// In a field of two or four bytes: the number is in the extra field of zip64.
  static final int IN_ZIP64_COUNT = 0xFFFF;

  static final long IN_ZIP64 = 0xFFFF_FFFFL;

  static final int EXTRA_ZIP64 = 0x0001;
  static final int EXTRA_TIME = 0x5455;
  static final int EXTRA_NAME = 0x7075;

  static final int UNIX = 3;
  static final int MACOS = 19;
  static final int TYPE_BITS = 0_170000;
  static final int TYPE_FILE = 0_100000;
  static final int TYPE_FOLDER = 0_040000;
  static final int TYPE_LINK = 0_120000;
  static final int TYPE_FIFO = 0_010000;
  static final int MODE_BITS = 0_7777;
  static final int UNKNOWN_MODE = 0xFFFF;

  private ZipFields() {}

  static int u16(byte[] from, int at) {
    return (from[at] & 0xFF) | (from[at + 1] & 0xFF) << 8;
  }

  static int i32(byte[] from, int at) {
    return u16(from, at) | u16(from, at + 2) << 16;
  }

  static long u32(byte[] from, int at) {
    return i32(from, at) & 0xFFFF_FFFFL;
  }

  static long i64(byte[] from, int at) {
    return u32(from, at) | u32(from, at + 4) << 32;
  }

  /// Where the data of the extra field `id` begins among the fields from `from` to `to`; -1 where there is none, or the fields
  /// are broken. Its length stands in the two bytes before.
  static int extra(byte[] bytes, int from, int to, int id) {
    int at = from;
    while (at + 4 <= to) {
      int length = u16(bytes, at + 2);
      if (at + 4 + length > to) return -1;
      if (u16(bytes, at) == id) return at + 4;
      at += 4 + length;
    }
    return -1;
  }
}
