package highwater.archive;

import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarUtils;

/// One block of 512 bytes that begins an entry of a tar, and where its fields are; numbers and sums are read and written by
/// commons-compress.
///
/// Source: POSIX `pax`, GNU tar's manual, "Basic Tar Format".
final class TarHeader {
  static final int BYTES = 512;
  static final int NAME_BYTES = 100;
  static final int PREFIX_BYTES = 155;

  /// The largest number that eleven octal digits hold: 8 GiB less one.
  static final long OCTAL_MAX = 077777777777L;

  static final int MODE = 100;
  static final int UID = 108;
  static final int GID = 116;
  static final int ID_BYTES = 8;
  static final int SIZE = 124;
  static final int TIME = 136;
  static final int NUMBER_BYTES = 12;
  static final int SUM = 148;
  static final int TYPE = 156;
  static final int LINK = 157;
  static final int MAGIC = 257;
  static final int MAJOR = 329;
  static final int MINOR = 337;
  static final int PREFIX = 345;

  /// GNU's old sparse files: four pairs of numbers here, and more in blocks behind where this is set.
  static final int SPARSE = 386;

  static final int SPARSE_PAIRS = 4;
  static final int SPARSE_MORE = 482;
  static final int SPARSE_SIZE = 483;
  static final int SPARSE_PAIRS_MORE = 21;
  static final int SPARSE_MORE_AGAIN = 504;

  private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0, '0', '0'};

  private TarHeader() {}

  static boolean isZero(byte[] block) {
    for (int i = 0; i < BYTES; i++) if (block[i] != 0) return false;
    return true;
  }

  static boolean hasSum(byte[] block) {
    try {
      return TarUtils.verifyCheckSum(block);
    } catch (IllegalArgumentException e) {
      return false; // No number at all.
    }
  }

  /// Whether the header is POSIX's, whose names may have a prefix; GNU's has other things there.
  static boolean isUstar(byte[] block) {
    return Arrays.equals(block, MAGIC, MAGIC + 6, USTAR, 0, 6);
  }

  /// A number; throws `IllegalArgumentException` where it is none.
  static long number(byte[] block, int offset, int length) {
    return TarUtils.parseOctalOrBinary(block, offset, length);
  }

  /// How many bytes the text at `offset` has, which a zero byte ends unless the field does.
  static int textBytes(byte[] block, int offset, int most) {
    int length = 0;
    while (length < most && block[offset + length] != 0) length++;
    return length;
  }

  /// Makes a POSIX header, but for names; everything but the sum.
  static byte[] of(char type, int mode, long sizeBytes, long seconds) {
    var block = new byte[BYTES];
    TarUtils.formatLongOctalBytes(mode, block, MODE, ID_BYTES);
    TarUtils.formatLongOctalBytes(0, block, UID, ID_BYTES);
    TarUtils.formatLongOctalBytes(0, block, GID, ID_BYTES);
    TarUtils.formatLongOctalBytes(sizeBytes, block, SIZE, NUMBER_BYTES);
    TarUtils.formatLongOctalBytes(seconds, block, TIME, NUMBER_BYTES);
    block[TYPE] = (byte) type;
    System.arraycopy(USTAR, 0, block, MAGIC, USTAR.length);
    TarUtils.formatLongOctalBytes(0, block, MAJOR, ID_BYTES);
    TarUtils.formatLongOctalBytes(0, block, MINOR, ID_BYTES);
    return block;
  }

  /// Puts in the sum; last.
  static byte[] summed(byte[] block) {
    Arrays.fill(block, SUM, SUM + ID_BYTES, (byte) ' ');
    TarUtils.formatCheckSumOctalBytes(TarUtils.computeCheckSum(block), block, SUM, ID_BYTES);
    return block;
  }

  /// The bytes that fill up the last block of a body.
  static int paddingBytes(long sizeBytes) {
    return (int) (-sizeBytes & (BYTES - 1));
  }
}
