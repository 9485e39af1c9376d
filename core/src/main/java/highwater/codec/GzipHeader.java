package highwater.codec;

import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Reads one member header of RFC 1952, a byte at a time, keeping nothing but its check.
final class GzipHeader {
  private static final int FLAG_CHECK = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;
  private static final int FLAGS_RESERVED = 0xE0;

  /// The fields in the order they come; EXTRA to CHECK only where a flag says so.
  private enum Field {
    MAGIC_1,
    MAGIC_2,
    METHOD,
    FLAGS,
    TIME_EFFORT_SYSTEM,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    CHECK,
    COMPLETE
  }

  private static final int TIME_EFFORT_SYSTEM_BYTES = 6;

  private final CRC32 crc = new CRC32();
  private Field field = Field.MAGIC_1;
  private int fieldBytes;
  private int number;
  private int flags;
  private int extraBytes;

  /// Makes ready for the next header.
  void restart() {
    crc.reset();
    flags = 0;
    enter(Field.MAGIC_1);
  }

  /// Makes ready for the next header, whose two magic bytes were read already.
  void restartAfterMagic() {
    restart();
    crc.update(GunzipStep.MAGIC_1);
    crc.update(GunzipStep.MAGIC_2);
    enter(Field.METHOD);
  }

  boolean isComplete() {
    return field == Field.COMPLETE;
  }

  /// Takes the next byte; null when all is well, else what is wrong with the header.
  @Nullable String accept(int next) {
    if (field != Field.CHECK) crc.update(next);
    fieldBytes++;
    switch (field) {
      case MAGIC_1 -> {
        if (next != GunzipStep.MAGIC_1) return notGzip();
        enter(Field.MAGIC_2);
      }
      case MAGIC_2 -> {
        if (next != GunzipStep.MAGIC_2) return notGzip();
        enter(Field.METHOD);
      }
      case METHOD -> {
        if (next != GunzipStep.METHOD_DEFLATE) {
          return "compression method " + next + " (expected: 8, deflate; nothing else is known)";
        }
        enter(Field.FLAGS);
      }
      case FLAGS -> {
        if ((next & FLAGS_RESERVED) != 0) {
          return String.format("reserved flags %02x are set in the header", next & FLAGS_RESERVED)
              + " (expected: none; it is damaged, encrypted, or of a later format)";
        }
        flags = next;
        enter(Field.TIME_EFFORT_SYSTEM);
      }
      case TIME_EFFORT_SYSTEM -> {
        if (fieldBytes == TIME_EFFORT_SYSTEM_BYTES) enter(Field.EXTRA_LENGTH);
      }
      case EXTRA_LENGTH -> {
        number |= next << (Byte.SIZE * (fieldBytes - 1));
        if (fieldBytes == Short.BYTES) {
          extraBytes = number;
          enter(Field.EXTRA);
        }
      }
      case EXTRA -> {
        if (fieldBytes == extraBytes) enter(Field.NAME);
      }
      case NAME -> {
        if (next == 0) enter(Field.COMMENT);
      }
      case COMMENT -> {
        if (next == 0) enter(Field.CHECK);
      }
      case CHECK -> {
        number |= next << (Byte.SIZE * (fieldBytes - 1));
        if (fieldBytes == Short.BYTES) {
          int actual = (int) crc.getValue() & 0xFFFF;
          if (number != actual) {
            return String.format("the header's check is %04x, it says %04x", actual, number)
                + ": the header is damaged, fetch the input again";
          }
          enter(Field.COMPLETE);
        }
      }
      case COMPLETE -> throw new AssertionError("a byte after the header");
    }
    return null;
  }

  /// Goes to `next`, or to the first field after it that is there.
  private void enter(Field next) {
    field = next;
    while (!isPresent(field)) field = after(field);
    fieldBytes = 0;
    number = 0;
  }

  /// What comes after a field that may be absent.
  private static Field after(Field absent) {
    return switch (absent) {
      case EXTRA_LENGTH -> Field.EXTRA;
      case EXTRA -> Field.NAME;
      case NAME -> Field.COMMENT;
      case COMMENT -> Field.CHECK;
      case CHECK -> Field.COMPLETE;
      case MAGIC_1, MAGIC_2, METHOD, FLAGS, TIME_EFFORT_SYSTEM, COMPLETE -> throw new AssertionError(absent);
    };
  }

  private boolean isPresent(Field candidate) {
    return switch (candidate) {
      case EXTRA_LENGTH -> (flags & FLAG_EXTRA) != 0;
      case EXTRA -> (flags & FLAG_EXTRA) != 0 && extraBytes > 0;
      case NAME -> (flags & FLAG_NAME) != 0;
      case COMMENT -> (flags & FLAG_COMMENT) != 0;
      case CHECK -> (flags & FLAG_CHECK) != 0;
      case MAGIC_1, MAGIC_2, METHOD, FLAGS, TIME_EFFORT_SYSTEM, COMPLETE -> true;
    };
  }

  private static String notGzip() {
    return "not in gzip format (expected: 1f 8b; leave gunzip out if the input is plain)";
  }
}
