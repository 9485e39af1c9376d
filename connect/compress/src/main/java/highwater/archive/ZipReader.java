package highwater.archive;

import static highwater.archive.ZipFields.extra;
import static highwater.archive.ZipFields.i32;
import static highwater.archive.ZipFields.i64;
import static highwater.archive.ZipFields.u16;
import static highwater.archive.ZipFields.u32;
import static java.util.Objects.requireNonNull;

import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// One run of reading a zip from its first byte to its last, without going back.
///
/// ```
/// RECORD ─┬─ local header ─▶ BODY ─▶ [DESCRIPTOR] ─▶ (End) ─▶ RECORD
///         ├─ directory entry ─▶ RECORD          each is one of those read, at the same place, and every one of those is there
///         └─ [zip64 end, locator,] end ─▶ COMMENT ─▶ OVER
/// ```
/// A zip says everything twice, and programs differ in what they believe: an entry that only the directory has, or that it has
/// under another name, is for the one program what another does not see. Here both must agree.
final class ZipReader extends ReadingStep {
  /// The largest record with all its fields, gathered in a buffer that doubles, and names made of it.
  static final long HELD_BYTES = 1 << 20;

  /// What zlib allocates to inflate.
  static final int INFLATER_BYTES = 48 << 10;

  private static final int END64_BYTES_MAX = 64 << 10;
  private static final int DOS_YEAR = 1980;

  private enum At {
    RECORD,
    BODY,
    DESCRIPTOR,
    COMMENT,
    OVER
  }

  /// Which records may come: those of a phase, or of one behind it.
  private enum Phase {
    ENTRIES,
    DIRECTORY,
    END64,
    LOCATOR64
  }

  private final ZipIndex index = new ZipIndex();
  private final CRC32 crc = new CRC32();
  private final MessageDigest digest = sha256();
  private @Nullable Inflater inflater;
  private @Nullable ByteBuffer buffer;
  private At at = At.RECORD;
  private Phase phase = Phase.ENTRIES;

  /// Of the entry that is being read.
  private long offset;

  private byte[] rawName = {};
  private String entryName = "";
  private boolean isFolder;
  private int method;
  private boolean isDescribed;
  private boolean isZip64;
  private long saidCrc;
  private long saidCompressed;
  private long saidSize;
  private long compressedBytes;
  private long sizeBytes;

  /// Of the directory.
  private long directoryOffset = -1;

  private long directoryEntries;
  private long directoryEnd;
  private long end64Offset;
  private boolean end64Seen;
  private int commentBytes;

  ZipReader(String name, ExpansionLimit limit, int entriesMax, boolean lends) {
    super(name, limit, entriesMax, lends);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  @Override
  public void open(PartContext context) {
    inflater = new Inflater(true);
    buffer = ChunkBuffers.take(CHUNK_BYTES);
  }

  @Override
  public void close() {
    super.close();
    if (inflater != null) inflater.end();
    if (buffer != null) ChunkBuffers.giveBack(buffer);
    inflater = null;
    buffer = null;
  }

  @Override
  @Nullable Piece advance() throws DataException {
    while (true) {
      switch (at) {
        case RECORD -> {
          int bytes = recordBytes();
          if (bytes == 0 || !gather(bytes)) return null;
          drop();
          var piece = record(bytes);
          if (piece != null) return piece;
        }
        case BODY -> {
          var piece = body();
          if (piece != null || at == At.BODY) return piece;
        }
        case DESCRIPTOR -> {
          if (!isDescriptorRead()) return null;
          return endEntry();
        }
        case COMMENT -> {
          int skipped = Math.min(commentBytes, input.remaining());
          input.position(input.position() + skipped);
          commentBytes -= skipped;
          if (commentBytes > 0) return null;
          at = At.OVER;
        }
        case OVER -> {
          if (input.hasRemaining()) {
            throw failure("the archive has ended but the input goes on", "nothing after it; cut the input there");
          }
          return null;
        }
      }
    }
  }

  // ---------------------------------------------------------------- records

  /// How many bytes the record has that begins here; 0 while too little of it was read to know.
  private int recordBytes() throws DataException {
    if (!gather(ZipFields.SIGNATURE_BYTES)) return 0;
    int fixed =
        switch (i32(held, 0)) {
          case ZipFields.LOCAL -> ZipFields.LOCAL_BYTES;
          case ZipFields.CENTRAL -> ZipFields.CENTRAL_BYTES;
          case ZipFields.END -> ZipFields.END_BYTES;
          case ZipFields.END64 -> ZipFields.END64_BYTES;
          case ZipFields.LOCATOR64 -> ZipFields.LOCATOR64_BYTES;
          default -> throw unknownRecord();
        };
    if (!gather(fixed)) return 0;
    return switch (i32(held, 0)) {
      case ZipFields.LOCAL -> fixed + u16(held, 26) + u16(held, 28);
      case ZipFields.CENTRAL -> fixed + u16(held, 28) + u16(held, 30) + u16(held, 32);
      case ZipFields.END64 -> end64Bytes();
      default -> fixed;
    };
  }

  private int end64Bytes() throws DataException {
    long bytes = 12 + i64(held, 4);
    if (bytes < ZipFields.END64_BYTES || bytes > END64_BYTES_MAX)
      throw damaged("a zip64 record of " + bytes + " bytes");
    return (int) bytes;
  }

  private DataException unknownRecord() {
    if (positionBytes() == ZipFields.SIGNATURE_BYTES) {
      return failure(
          "not in zip format",
          "50 4b 03 04 at byte 0; a program that unpacks itself has its zip further behind: cut it off");
    }
    return damaged("no record of a zip where one should begin");
  }

  private @Nullable Piece record(int bytes) throws DataException {
    long start = positionBytes() - bytes;
    return switch (i32(held, 0)) {
      case ZipFields.LOCAL -> {
        if (phase != Phase.ENTRIES) throw damaged("an entry behind the directory");
        yield local(start);
      }
      case ZipFields.CENTRAL -> {
        if (phase == Phase.ENTRIES) {
          phase = Phase.DIRECTORY;
          directoryOffset = start;
        }
        if (phase != Phase.DIRECTORY) throw damaged("an entry of the directory behind its end");
        yield central();
      }
      case ZipFields.END64 -> {
        beginEnd(start, Phase.END64);
        end64Offset = start;
        end64(start);
        yield null;
      }
      case ZipFields.LOCATOR64 -> {
        if (phase != Phase.END64) throw damaged("a zip64 locator without its record");
        phase = Phase.LOCATOR64;
        if (i64(held, 8) != end64Offset) throw lie("its locator says that the zip64 record is at byte " + i64(held, 8));
        yield null;
      }
      default -> {
        if (phase == Phase.END64) throw damaged("a zip64 record without its locator");
        if (phase != Phase.LOCATOR64) beginEnd(start, Phase.LOCATOR64);
        end(start);
        yield null;
      }
    };
  }

  private Piece.Entry local(long start) throws DataException {
    int nameEnd = ZipFields.LOCAL_BYTES + u16(held, 26);
    int extraEnd = nameEnd + u16(held, 28);
    int flags = u16(held, 6);
    method = u16(held, 8);
    offset = start;
    rawName = java.util.Arrays.copyOfRange(held, ZipFields.LOCAL_BYTES, nameEnd);
    entryName = name(rawName, flags, nameEnd, extraEnd);
    var shown = Shown.name(entryName);
    if ((flags & (ZipFields.ENCRYPTED | ZipFields.MASKED)) != 0) {
      throw failure(
          shown + " is encrypted", "entries that are not; unpack it with a program that asks for the password");
    }
    if ((flags & ZipFields.PATCHED) != 0) throw failure(shown + " is a patch", "whole entries");
    if (method != ZipFields.STORED && method != ZipFields.DEFLATED) {
      throw failure(
          shown + " is compressed by method " + method, "0 (stored) or 8 (deflate); pack it again with one of them");
    }
    isDescribed = (flags & ZipFields.DESCRIBED) != 0;
    saidCrc = u32(held, 14);
    saidCompressed = u32(held, 18);
    saidSize = u32(held, 22);
    int zip64 = extra(held, nameEnd, extraEnd, ZipFields.EXTRA_ZIP64);
    isZip64 = zip64 >= 0;
    if (saidSize == ZipFields.IN_ZIP64 || saidCompressed == ZipFields.IN_ZIP64) {
      int at = zip64;
      if (saidSize == ZipFields.IN_ZIP64) {
        saidSize = inZip64(at, zip64);
        at += Long.BYTES;
      }
      if (saidCompressed == ZipFields.IN_ZIP64) saidCompressed = inZip64(at, zip64);
    }
    isFolder = entryName.endsWith("/");
    if (isDescribed && method == ZipFields.STORED) {
      // Only one without data can be told: its descriptor comes at once.
      saidSize = 0;
      saidCompressed = 0;
    }
    if (method == ZipFields.STORED && saidCompressed != saidSize) {
      throw damaged(shown + " is stored, and its two sizes differ");
    }
    if (isFolder && saidSize != 0) throw damaged("the folder " + shown + " has data");
    compressedBytes = 0;
    sizeBytes = 0;
    crc.reset();
    if (method == ZipFields.DEFLATED) requireNonNull(inflater).reset();
    at = At.BODY;
    var kind = isFolder ? Piece.Kind.FOLDER : Piece.Kind.FILE;
    long size = isDescribed && method == ZipFields.DEFLATED && !isFolder ? -1 : saidSize;
    return new Piece.Entry(
        isFolder ? withoutSlash(entryName) : entryName, kind, size, -1, modified(nameEnd, extraEnd), "");
  }

  private static String withoutSlash(String name) {
    return name.length() == 1 ? name : name.substring(0, name.length() - 1);
  }

  /// The number at `at` in the extra field of zip64 whose data begins at `field`.
  private long inZip64(int at, int field) throws DataException {
    if (field < 0 || at + Long.BYTES > field + u16(held, field - 2)) throw damaged("a zip64 field that is too short");
    long number = i64(held, at);
    if (number < 0) throw damaged("a size of " + Long.toUnsignedString(number) + " bytes");
    return number;
  }

  private String name(byte[] raw, int flags, int extraFrom, int extraTo) throws DataException {
    var name = decoded(raw, flags, extraFrom, extraTo);
    if (name.isEmpty()) throw damaged("an entry without a name");
    if (name.indexOf('\0') >= 0) throw damaged("the name " + Shown.name(name) + " with a zero byte");
    return name;
  }

  /// The name: UTF-8 where it says so, or where it is, also where a field beside it says it in UTF-8; else as DOS wrote it.
  private String decoded(byte[] raw, int flags, int extraFrom, int extraTo) throws DataException {
    if ((flags & ZipFields.UTF8) != 0) return utf8(raw, 0, raw.length);
    int field = extra(held, extraFrom, extraTo, ZipFields.EXTRA_NAME);
    if (field >= 0 && u16(held, field - 2) > 5 && held[field] == 1) {
      var sum = new CRC32();
      sum.update(raw);
      if (sum.getValue() == u32(held, field + 1)) return utf8(held, field + 5, u16(held, field - 2) - 5);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      if (!Charset.isSupported("IBM437")) return utf8(raw, 0, raw.length);
      return new String(raw, Charset.forName("IBM437"));
    }
  }

  private @Nullable Instant modified(int extraFrom, int extraTo) {
    int field = extra(held, extraFrom, extraTo, ZipFields.EXTRA_TIME);
    if (field >= 0 && u16(held, field - 2) >= 5 && (held[field] & 1) != 0)
      return Instant.ofEpochSecond(i32(held, field + 1));
    int time = u16(held, 10);
    int date = u16(held, 12);
    try {
      return LocalDateTime.of(
              DOS_YEAR + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, 2 * (time & 31))
          .atZone(ZoneId.systemDefault())
          .toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  // ---------------------------------------------------------------- bodies

  /// The next data; null where there is no more input, or at the descriptor.
  private @Nullable Piece body() throws DataException {
    return method == ZipFields.STORED ? stored() : inflated();
  }

  private @Nullable Piece stored() throws DataException {
    if (sizeBytes == saidSize) {
      compressedBytes = sizeBytes;
      return endBody();
    }
    var data = take(saidSize - sizeBytes);
    if (data == null) return null;
    crc.update(data.bytes().duplicate());
    sizeBytes += data.bytes().remaining();
    return data;
  }

  private @Nullable Piece inflated() throws DataException {
    var zlib = requireNonNull(inflater, "open() comes first");
    var output = requireNonNull(buffer).clear();
    while (true) {
      long left = isDescribed ? Long.MAX_VALUE : saidCompressed - compressedBytes;
      var window = input.slice(input.position(), (int) Math.min(left, input.remaining()));
      zlib.setInput(window);
      int bytes;
      try {
        bytes = zlib.inflate(output);
      } catch (DataFormatException e) {
        throw damaged("the data of " + Shown.name(entryName) + " is no deflate data: " + e.getMessage());
      }
      zlib.setInput(NOTHING);
      input.position(input.position() + window.position());
      compressedBytes += window.position();
      if (bytes > 0) return inflated(output.flip());
      if (zlib.finished()) return endBody();
      if (zlib.needsDictionary()) throw damaged("the data of " + Shown.name(entryName) + " wants a dictionary");
      if (left == window.position()) throw damaged("the data of " + Shown.name(entryName) + " is cut short");
      if (!input.hasRemaining()) return null;
      if (window.position() == 0) throw damaged("the data of " + Shown.name(entryName) + " leads nowhere");
    }
  }

  private Piece inflated(ByteBuffer bytes) throws DataException {
    crc.update(bytes.duplicate());
    sizeBytes += bytes.remaining();
    if (isFolder) throw damaged("the folder " + Shown.name(entryName) + " has data");
    if (!isDescribed && sizeBytes > saidSize) throw otherThanSaid();
    return data(bytes);
  }

  private DataException otherThanSaid() {
    return damaged(
        (Shown.name(entryName) + " is said to have " + ByteSizes.grouped(saidSize) + " bytes (")
            + (ByteSizes.grouped(saidCompressed) + " compressed), and has " + ByteSizes.grouped(sizeBytes) + " (")
            + (ByteSizes.grouped(compressedBytes) + ")"));
  }

  /// The end of the entry, or null where its descriptor comes first.
  private @Nullable Piece endBody() throws DataException {
    if (isDescribed) {
      at = At.DESCRIPTOR;
      return null;
    }
    if (compressedBytes != saidCompressed || sizeBytes != saidSize) throw otherThanSaid();
    if (crc.getValue() != saidCrc) throw otherCrc();
    return endEntry();
  }

  private DataException otherCrc() {
    return damaged("the data of " + Shown.name(entryName) + " does not match its CRC-32");
  }

  /// Reads the descriptor: with or without a signature, in zip64 with longer numbers.
  private boolean isDescriptorRead() throws DataException {
    if (!gather(ZipFields.SIGNATURE_BYTES)) return false;
    int from = i32(held, 0) == ZipFields.DESCRIPTOR ? ZipFields.SIGNATURE_BYTES : 0;
    if (method == ZipFields.STORED) {
      if (from == 0) throw endless();
      if (!gather(from + Integer.BYTES)) return false;
      if (i32(held, from) != 0) throw endless();
    }
    boolean isLong = isZip64 || compressedBytes >= ZipFields.IN_ZIP64 || sizeBytes >= ZipFields.IN_ZIP64;
    if (!gather(from + (isLong ? 20 : 12))) return false;
    drop();
    if (u32(held, from) != crc.getValue()) throw otherCrc();
    saidCompressed = isLong ? i64(held, from + 4) : u32(held, from + 4);
    saidSize = isLong ? i64(held, from + 12) : u32(held, from + 8);
    if (saidCompressed != compressedBytes || saidSize != sizeBytes) throw otherThanSaid();
    return true;
  }

  private DataException endless() {
    return failure(
        Shown.name(entryName) + " is stored, and its length stands behind it, so that nobody can know where it ends",
        "its length before it, or deflate; pack it again");
  }

  private Piece endEntry() {
    fingerprint(rawName, entryName, method, crc.getValue(), compressedBytes, sizeBytes);
    index.add(offset, high, low);
    at = At.RECORD;
    return Piece.END;
  }

  // ---------------------------------------------------------------- the directory

  private long high;
  private long low;

  /// Makes the fingerprint of an entry, into [#high] and [#low].
  private void fingerprint(byte[] raw, String name, int method, long crc, long compressed, long size) {
    var numbers = ByteBuffer.allocate(5 * Long.BYTES);
    digest.update(numbers.putLong(raw.length).putLong(method).putLong(crc).putLong(compressed).putLong(size).flip());
    digest.update(raw);
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    var made = ByteBuffer.wrap(digest.digest());
    high = made.getLong();
    low = made.getLong();
  }

  private @Nullable Piece central() throws DataException {
    directoryEntries++;
    int nameEnd = ZipFields.CENTRAL_BYTES + u16(held, 28);
    int extraEnd = nameEnd + u16(held, 30);
    var raw = java.util.Arrays.copyOfRange(held, ZipFields.CENTRAL_BYTES, nameEnd);
    var name = name(raw, u16(held, 8), nameEnd, extraEnd);
    long compressed = u32(held, 20);
    long size = u32(held, 24);
    long start = u32(held, 42);
    int zip64 = extra(held, nameEnd, extraEnd, ZipFields.EXTRA_ZIP64);
    int at = zip64;
    if (size == ZipFields.IN_ZIP64) {
      size = inZip64(at, zip64);
      at += Long.BYTES;
    }
    if (compressed == ZipFields.IN_ZIP64) {
      compressed = inZip64(at, zip64);
      at += Long.BYTES;
    }
    if (start == ZipFields.IN_ZIP64) start = inZip64(at, zip64);
    fingerprint(raw, name, u16(held, 10), u32(held, 16), compressed, size);
    if (!index.take(start, high, low)) {
      throw lie(
          "it has " + Shown.name(name) + " at byte " + start + ", and no such entry is there, or it has it twice");
    }
    return attributes(name);
  }

  private @Nullable Piece attributes(String name) throws DataException {
    int system = u16(held, 4) >> 8;
    int mode = u16(held, 40);
    // Old builds of Maven wrote -1 for what they did not know.
    boolean isKnown = mode != 0 && mode != ZipFields.UNKNOWN_MODE;
    if ((system != ZipFields.UNIX && system != ZipFields.MACOS) || !isKnown) return null;
    boolean folder = name.endsWith("/");
    var kind =
        switch (mode & ZipFields.TYPE_BITS) {
          case 0 -> folder ? Piece.Kind.FOLDER : Piece.Kind.FILE;
          // Info-ZIP says FIFO of data that it was given by one.
          case ZipFields.TYPE_FILE, ZipFields.TYPE_FIFO -> Piece.Kind.FILE;
          case ZipFields.TYPE_FOLDER -> Piece.Kind.FOLDER;
          case ZipFields.TYPE_LINK -> Piece.Kind.LINK;
          default -> null;
        };
    if (kind == null || folder != (kind == Piece.Kind.FOLDER)) {
      throw failure(
          Shown.name(name) + " is neither a file nor a folder nor a link, or not what its name says", "these alone");
    }
    return new Piece.Attributes(folder ? withoutSlash(name) : name, kind, mode & ZipFields.MODE_BITS);
  }

  private void beginEnd(long start, Phase next) throws DataException {
    if (phase == Phase.END64 || phase == Phase.LOCATOR64) throw damaged("two ends of the directory");
    phase = next;
    directoryEnd = start;
    if (directoryOffset < 0) directoryOffset = start;
    if (!index.isAllTaken()) {
      throw lie("it has " + directoryEntries + " entries, and the archive has " + index.entries());
    }
  }

  private void end64(long start) throws DataException {
    end64Seen = true;
    checkEnd(i64(held, 24), i64(held, 32), i64(held, 40), i64(held, 48));
    assert start == directoryEnd : start;
  }

  private void end(long start) throws DataException {
    assert start >= directoryEnd : start;
    int entriesHere = u16(held, 8);
    int entries = u16(held, 10);
    long bytes = u32(held, 12);
    long from = u32(held, 16);
    // Where zip64 has said it, a field may say it again or point there.
    checkEnd(
        end64Seen && entriesHere == ZipFields.IN_ZIP64_COUNT ? directoryEntries : entriesHere,
        end64Seen && entries == ZipFields.IN_ZIP64_COUNT ? directoryEntries : entries,
        end64Seen && bytes == ZipFields.IN_ZIP64 ? directoryEnd - directoryOffset : bytes,
        end64Seen && from == ZipFields.IN_ZIP64 ? directoryOffset : from);
    commentBytes = u16(held, 20);
    at = At.COMMENT;
  }

  private void checkEnd(long entriesHere, long entries, long bytes, long from) throws DataException {
    if (entriesHere != directoryEntries || entries != directoryEntries) {
      throw lie("its end says " + entries + " entries, and it has " + directoryEntries);
    }
    if (bytes != directoryEnd - directoryOffset || from != directoryOffset) {
      throw lie(
          ("its end says " + bytes + " bytes from byte " + from + " on, and it has " + (directoryEnd - directoryOffset))
              + (" from byte " + directoryOffset + " on"));
    }
  }

  private DataException lie(String what) {
    return failure(
        "the directory lies: " + what,
        "a directory that says what the archive holds; do not trust where it comes from");
  }

  @Override
  void checkWhole() throws DataException {
    switch (at) {
      case OVER -> {}
      case COMMENT -> throw cutShort("within the comment at the end of the zip");
      case BODY, DESCRIPTOR -> throw cutShort("within " + Shown.name(entryName));
      case RECORD -> {
        if (positionBytes() < ZipFields.SIGNATURE_BYTES) throw failure("not in zip format", "50 4b 03 04 at byte 0");
        throw cutShort(
            switch (phase) {
              case ENTRIES -> "before the directory at the end of the zip";
              case DIRECTORY -> "within the directory at the end of the zip";
              case END64, LOCATOR64 -> "within the end of the zip";
            });
      }
    }
  }
}
