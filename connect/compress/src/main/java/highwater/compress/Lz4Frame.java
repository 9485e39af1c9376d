package highwater.compress;

import net.jpountz.xxhash.XXHash32;

/// The numbers of the lz4 frame format, version 1.6: what a writer and a reader share.
final class Lz4Frame {
  static final int MAGIC = 0x184D2204;
  static final int MAGIC_LEGACY = 0x184C2102;

  /// Frames to be skipped have any of 16 magic numbers.
  static final int MAGIC_SKIPPABLE = 0x184D2A50;

  static final int MAGIC_SKIPPABLE_MASK = 0xFFFF_FFF0;

  static final int VERSION = 0x40;
  static final int VERSION_MASK = 0xC0;
  static final int BLOCKS_INDEPENDENT = 0x20;
  static final int BLOCK_CHECKSUM = 0x10;
  static final int CONTENT_SIZE = 0x08;
  static final int CONTENT_CHECKSUM = 0x04;
  static final int RESERVED = 0x02;
  static final int DICTIONARY = 0x01;

  /// In a block's size: it is stored as it is.
  static final int STORED = 0x8000_0000;

  static final int BLOCK_BYTES_MAX = 4 << 20;

  /// How far back a match reaches.
  static final int HISTORY_BYTES = 64 << 10;

  /// The longest descriptor: flags, size, content size, dictionary, check.
  static final int DESCRIPTOR_BYTES_MAX = 2 + 8 + 4 + 1;

  private Lz4Frame() {}

  /// The byte that says how long blocks may be: 4 is 64 KiB, 5 is 256 KiB, ...
  static byte sizeCode(int blockBytes) {
    return (byte) (((Integer.numberOfTrailingZeros(blockBytes) - 8) / 2) << 4);
  }

  /// How long blocks may be; 0 where the code is not one of the four.
  static int blockBytes(byte sizeCode) {
    int code = (sizeCode >> 4) & 7;
    return (sizeCode & 0x8F) != 0 || code < 4 ? 0 : 1 << (8 + 2 * code);
  }

  /// The check of a descriptor.
  static byte check(XXHash32 hash, byte[] bytes, int from, int length) {
    return (byte) (hash.hash(bytes, from, length, 0) >>> 8);
  }
}
