package highwater.archive;

import highwater.codec.DataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One run of writing a tar: POSIX's ustar, with a pax header before the entries that need one, for a name that is long or not
/// ASCII, 8 GiB or more, a time before 1970 or after 2242. Owners are left out.
final class TarWriter extends WritingStep {
  /// What a name may have at most; more than any file system takes.
  static final int NAME_BYTES_MAX = 65_535;

  /// The most that one entry's headers hold: two names in a pax header, padded, and a header for each.
  static final long HELD_BYTES = 4L * NAME_BYTES_MAX + 4L * TarHeader.BYTES;

  /// GNU tar reads and writes so many bytes at a time, and some tapes no other number.
  private static final int RECORD_BYTES = 20 * TarHeader.BYTES;

  private static final int END_BYTES = 2 * TarHeader.BYTES;
  private static final byte[] ZEROS = new byte[END_BYTES + RECORD_BYTES];
  private static final int PAX_MODE = 0644;

  TarWriter(String name) {
    super(name);
  }

  @Override
  void begin(Piece.Entry entry) throws DataException {
    if (entry.sizeBytes() < 0) {
      throw failure(
          "the size of " + Shown.name(entry.name()) + " is not known before its data",
          "a size, which stands before the data in a tar; a zip can do without");
    }
    var pathText = entry.kind() == Piece.Kind.FOLDER ? entry.name() + "/" : entry.name();
    var path = pathText.getBytes(StandardCharsets.UTF_8);
    var link = entry.linkTarget().getBytes(StandardCharsets.UTF_8);
    checkName(entry.name(), NAME_BYTES_MAX, path.length);
    checkName(entry.linkTarget(), NAME_BYTES_MAX, link.length);
    long size = entry.sizeBytes();
    long seconds = seconds(entry.modified());
    int prefix = prefixBytes(path);
    boolean ownPath = !isAscii(path) || prefix < 0;
    boolean ownLink = !isAscii(link) || link.length > TarHeader.NAME_BYTES;
    boolean ownSize = size > TarHeader.OCTAL_MAX;
    boolean ownTime = seconds < 0 || seconds > TarHeader.OCTAL_MAX;
    var header = TarHeader.of(type(entry), mode(entry), ownSize ? 0 : size, ownTime ? 0 : seconds);
    if (ownPath) cut(path, header, 0);
    else if (prefix == 0) System.arraycopy(path, 0, header, 0, path.length);
    else {
      System.arraycopy(path, 0, header, TarHeader.PREFIX, prefix);
      System.arraycopy(path, prefix + 1, header, 0, path.length - prefix - 1);
    }
    cut(link, header, TarHeader.LINK);
    TarHeader.summed(header);
    if (!ownPath && !ownLink && !ownSize && !ownTime) {
      write(header, 0, header.length);
      return;
    }
    var records = new ByteArrayOutputStream();
    if (ownPath) record(records, "path", path);
    if (ownLink) record(records, "linkpath", link);
    if (ownSize) record(records, "size", ascii(size));
    if (ownTime) record(records, "mtime", ascii(seconds));
    write(withPax(records.toByteArray(), header));
  }

  private void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  private static byte[] withPax(byte[] records, byte[] header) {
    var pax = TarHeader.of('x', PAX_MODE, records.length, 0);
    cut(ascii("PaxHeader"), pax, 0);
    TarHeader.summed(pax);
    var all = new byte[2 * TarHeader.BYTES + records.length + TarHeader.paddingBytes(records.length)];
    System.arraycopy(pax, 0, all, 0, TarHeader.BYTES);
    System.arraycopy(records, 0, all, TarHeader.BYTES, records.length);
    System.arraycopy(header, 0, all, all.length - TarHeader.BYTES, TarHeader.BYTES);
    return all;
  }

  private static byte[] ascii(Object value) {
    return value.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// A record, whose length counts its own digits.
  private static void record(ByteArrayOutputStream to, String key, byte[] value) {
    int rest = 1 + key.length() + 1 + value.length + 1;
    int length = rest + 1;
    while (rest + Integer.toString(length).length() != length) length = rest + Integer.toString(length).length();
    to.writeBytes(ascii(length + " " + key + "="));
    to.writeBytes(value);
    to.write('\n');
  }

  private static boolean isAscii(byte[] text) {
    for (byte next : text) if (next < 0) return false;
    return true;
  }

  /// As much of `text` as its field of 100 bytes has room for.
  private static void cut(byte[] text, byte[] block, int offset) {
    System.arraycopy(text, 0, block, offset, Math.min(text.length, TarHeader.NAME_BYTES));
  }

  /// How many bytes of a path go before its name, 0 where it fits without, -1 where it does not fit.
  private static int prefixBytes(byte[] path) {
    if (path.length <= TarHeader.NAME_BYTES) return 0;
    // The / between is not kept, and one at the end belongs to the name.
    for (int i = Math.max(1, path.length - 1 - TarHeader.NAME_BYTES); i < path.length - 1; i++) {
      if (path[i] == '/') return i <= TarHeader.PREFIX_BYTES ? i : -1;
    }
    return -1;
  }

  private static long seconds(@Nullable Instant modified) {
    return modified == null ? 0 : modified.getEpochSecond();
  }

  private static int mode(Piece.Entry entry) {
    if (entry.mode() >= 0) return entry.mode();
    return switch (entry.kind()) {
      case FOLDER -> 0755;
      case LINK -> 0777;
      default -> 0644;
    };
  }

  private char type(Piece.Entry entry) throws DataException {
    return switch (entry.kind()) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case LINK -> '2';
      case FOLDER -> '5';
      case DEVICE, FIFO ->
          throw failure(Shown.name(entry.name()) + " is a " + TarReader.word(entry.kind()), "files, folders and links");
    };
  }

  @Override
  void data(ByteBuffer bytes) {
    pass(bytes);
  }

  @Override
  void end(Piece.Entry entry, long dataBytes) {
    write(ZEROS, 0, TarHeader.paddingBytes(dataBytes));
  }

  @Override
  void tail() {
    long end = positionBytes() + END_BYTES;
    write(ZEROS, 0, END_BYTES + (int) (Math.ceilDiv(end, RECORD_BYTES) * RECORD_BYTES - end));
  }
}
