package highwater.archive;

import static java.util.Objects.requireNonNull;

import highwater.codec.DataException;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// One run of writing a zip: files deflated, with their sizes behind them; zip64 where a size is not known or large.
///
/// What the directory at the end will say of each entry is kept in blocks until then; that is all that grows.
final class ZipWriter extends WritingStep {
  /// What zlib allocates to deflate.
  static final int DEFLATER_BYTES = 280 << 10;

  static final int BLOCK_BYTES = 64 << 10;
  private static final int NAME_BYTES_MAX = 65_535;

  /// The most that an entry's header holds, before it is gathered and while it is kept for the directory: two names each.
  static final long HELD_BYTES = 5L * NAME_BYTES_MAX;

  /// From here on deflated data may not fit four bytes, should it be no smaller than the file.
  private static final long SURELY_SHORT_BYTES = 0xF000_0000L;

  private static final int VERSION = 20;
  private static final int VERSION_ZIP64 = 45;
  private static final int MADE_BY_UNIX = ZipFields.UNIX << 8 | 30;
  private static final int DOS_FOLDER = 0x10;
  private static final int DOS_YEAR = 1980;
  private static final int DOS_YEAR_MAX = 2107;
  private static final int TIME_EXTRA_BYTES = 9;

  private final int level;
  private final long directoryBytesMax;
  private final CRC32 crc = new CRC32();
  private final List<ByteBuffer> directory = new ArrayList<>();
  private @Nullable Deflater deflater;

  /// Of the entry that is being written.
  private byte[] path = {};

  private long offset;
  private boolean isDeflated;
  private boolean isZip64;
  private int flags;
  private int dosTime;
  private int dosDate;
  private byte[] time = {};
  private int linkBytes;

  /// What was deflated and has ended, until zlib has given all.
  private Piece.@Nullable Entry ended;

  /// Of the directory, once it is written: the block that comes next, -1 before.
  private int nextBlock = -1;

  private long directoryOffset;
  private long directoryBytes;
  private long entries;

  ZipWriter(String name, int level, long directoryBytesMax) {
    super(name);
    this.level = level;
    this.directoryBytesMax = directoryBytesMax;
  }

  @Override
  public void open(PartContext context) throws Exception {
    super.open(context);
    deflater = new Deflater(level, true);
  }

  @Override
  public void close() {
    super.close();
    if (deflater != null) deflater.end();
    deflater = null;
    directory.clear();
  }

  private Deflater deflater() {
    return requireNonNull(deflater, "open() comes first");
  }

  private static ByteBuffer record(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(ByteBuffer record) {
    write(record.array(), record.arrayOffset(), record.position());
  }

  @Override
  void begin(Piece.Entry entry) throws DataException {
    offset = positionBytes();
    var name = entry.kind() == Piece.Kind.FOLDER ? entry.name() + "/" : entry.name();
    path = name.getBytes(StandardCharsets.UTF_8);
    checkName(entry.name(), NAME_BYTES_MAX, path.length);
    var data = new byte[0];
    switch (entry.kind()) {
      case FILE, FOLDER -> {}
      case LINK -> {
        data = entry.linkTarget().getBytes(StandardCharsets.UTF_8);
        checkName(entry.linkTarget(), NAME_BYTES_MAX, data.length);
      }
      case HARD_LINK, DEVICE, FIFO ->
          throw failure(
              Shown.name(entry.name()) + " is a " + TarReader.word(entry.kind()),
              "files, folders and symbolic links, as a zip has nothing else");
    }
    isDeflated = entry.kind() == Piece.Kind.FILE && entry.sizeBytes() != 0;
    isZip64 = isDeflated && (entry.sizeBytes() < 0 || entry.sizeBytes() >= SURELY_SHORT_BYTES);
    flags = (isDeflated ? ZipFields.DESCRIBED : 0) | (path.length == name.length() ? 0 : ZipFields.UTF8);
    time(entry.modified());
    crc.reset();
    crc.update(data);
    ended = null;
    if (isDeflated) deflater().reset();
    int extraBytes = time.length + (isZip64 ? 20 : 0);
    var header = record(ZipFields.LOCAL_BYTES + path.length + extraBytes + data.length);
    header.putInt(ZipFields.LOCAL).putShort((short) (isZip64 ? VERSION_ZIP64 : VERSION)).putShort((short) flags);
    header.putShort((short) (isDeflated ? ZipFields.DEFLATED : ZipFields.STORED));
    header.putShort((short) dosTime).putShort((short) dosDate);
    int sizes = isZip64 ? (int) ZipFields.IN_ZIP64 : data.length;
    header.putInt(isDeflated ? 0 : (int) crc.getValue()).putInt(sizes).putInt(sizes);
    header.putShort((short) path.length).putShort((short) extraBytes).put(path);
    if (isZip64) header.putShort((short) ZipFields.EXTRA_ZIP64).putShort((short) 16).putLong(0).putLong(0);
    header.put(time).put(data);
    write(header);
    linkBytes = data.length;
  }

  /// Twice: as DOS had it, in this machine's zone and steps of two seconds, and in seconds since 1970 where these fit.
  private void time(@Nullable Instant modified) {
    dosTime = 0;
    dosDate = (1 << 5) | 1;
    time = new byte[0];
    if (modified == null) return;
    var local = modified.atZone(ZoneId.systemDefault());
    if (local.getYear() >= DOS_YEAR && local.getYear() <= DOS_YEAR_MAX) {
      dosTime = (local.getHour() << 11) | (local.getMinute() << 5) | (local.getSecond() / 2);
      dosDate = ((local.getYear() - DOS_YEAR) << 9) | (local.getMonthValue() << 5) | local.getDayOfMonth();
    }
    long seconds = modified.getEpochSecond();
    if (seconds != (int) seconds) return;
    time = new byte[TIME_EXTRA_BYTES];
    var extra = ByteBuffer.wrap(time).order(ByteOrder.LITTLE_ENDIAN);
    extra.putShort((short) ZipFields.EXTRA_TIME).putShort((short) 5).put((byte) 1).putInt((int) seconds);
  }

  @Override
  void data(ByteBuffer bytes) {
    crc.update(bytes.duplicate());
    deflater().setInput(bytes);
  }

  @Override
  void end(Piece.Entry entry, long dataBytes) throws DataException {
    if (!isDeflated) {
      remember(entry, ZipFields.STORED, linkBytes, linkBytes);
      return;
    }
    deflater().finish();
    ended = entry;
  }

  @Override
  boolean more() throws DataException {
    if (nextBlock >= 0) return moreOfDirectory();
    if (!isDeflated) return false;
    var buffer = gathered();
    int bytes = deflater().deflate(buffer);
    put(bytes);
    if (bytes > 0) return true;
    var entry = ended;
    if (entry == null || !deflater().finished()) return false;
    long compressed = deflater().getBytesWritten();
    long size = deflater().getBytesRead();
    var descriptor = record(24);
    descriptor.putInt(ZipFields.DESCRIPTOR).putInt((int) crc.getValue());
    if (isZip64) descriptor.putLong(compressed).putLong(size);
    else descriptor.putInt((int) compressed).putInt((int) size);
    write(descriptor);
    isDeflated = false;
    remember(entry, ZipFields.DEFLATED, compressed, size);
    return true;
  }

  // ---------------------------------------------------------------- the directory

  private void remember(Piece.Entry entry, int method, long compressed, long size) throws DataException {
    boolean large = size >= ZipFields.IN_ZIP64 || compressed >= ZipFields.IN_ZIP64;
    boolean far = offset >= ZipFields.IN_ZIP64;
    int zip64Bytes = (large ? 16 : 0) + (far ? 8 : 0);
    int extraBytes = time.length + (zip64Bytes == 0 ? 0 : 4 + zip64Bytes);
    var record = record(ZipFields.CENTRAL_BYTES + path.length + extraBytes);
    record.putInt(ZipFields.CENTRAL).putShort((short) MADE_BY_UNIX);
    record.putShort((short) (isZip64 || zip64Bytes > 0 ? VERSION_ZIP64 : VERSION)).putShort((short) flags);
    record.putShort((short) method).putShort((short) dosTime).putShort((short) dosDate).putInt((int) crc.getValue());
    record.putInt(large ? (int) ZipFields.IN_ZIP64 : (int) compressed);
    record.putInt(large ? (int) ZipFields.IN_ZIP64 : (int) size);
    record.putShort((short) path.length).putShort((short) extraBytes).putShort((short) 0);
    record.putShort((short) 0).putShort((short) 0).putInt(attributes(entry));
    record.putInt(far ? (int) ZipFields.IN_ZIP64 : (int) offset).put(path);
    if (zip64Bytes > 0) record.putShort((short) ZipFields.EXTRA_ZIP64).putShort((short) zip64Bytes);
    if (large) record.putLong(size).putLong(compressed);
    if (far) record.putLong(offset);
    record.put(time);
    keep(record.flip());
    entries++;
  }

  private static int attributes(Piece.Entry entry) {
    return switch (entry.kind()) {
      case FOLDER -> (ZipFields.TYPE_FOLDER | known(entry.mode(), 0755)) << 16 | DOS_FOLDER;
      case LINK -> (ZipFields.TYPE_LINK | 0777) << 16;
      default -> (ZipFields.TYPE_FILE | known(entry.mode(), 0644)) << 16;
    };
  }

  private static int known(int mode, int otherwise) {
    return mode < 0 ? otherwise : mode;
  }

  private void keep(ByteBuffer record) throws DataException {
    directoryBytes += record.remaining();
    if (directoryBytes > directoryBytesMax) {
      throw failure(
          "the directory of "
              + ByteSizes.grouped(entries)
              + " entries has more than "
              + ByteSizes.inWords(directoryBytesMax),
          "fewer entries, or a tar; if there is memory for it: a larger directoryAtMost, in the command"
              + " zip,directory=SIZE");
    }
    while (record.hasRemaining()) {
      if (directory.isEmpty() || !directory.getLast().hasRemaining()) directory.add(ByteBuffer.allocate(BLOCK_BYTES));
      var block = directory.getLast();
      int length = Math.min(block.remaining(), record.remaining());
      block.put(block.position(), record, record.position(), length);
      block.position(block.position() + length);
      record.position(record.position() + length);
    }
  }

  @Override
  void tail() {
    nextBlock = 0;
    directoryOffset = positionBytes();
  }

  private boolean moreOfDirectory() {
    if (nextBlock > directory.size()) return false;
    if (nextBlock < directory.size()) {
      write(directory.get(nextBlock));
    } else {
      writeEnd();
    }
    nextBlock++;
    return true;
  }

  private void writeEnd() {
    boolean many = entries >= ZipFields.IN_ZIP64_COUNT;
    boolean far = directoryOffset >= ZipFields.IN_ZIP64 || directoryBytes >= ZipFields.IN_ZIP64;
    long end64 = positionBytes();
    var end = record(ZipFields.END64_BYTES + ZipFields.LOCATOR64_BYTES + ZipFields.END_BYTES);
    if (many || far) {
      end.putInt(ZipFields.END64).putLong(ZipFields.END64_BYTES - 12).putShort((short) MADE_BY_UNIX);
      end.putShort((short) VERSION_ZIP64).putInt(0).putInt(0).putLong(entries).putLong(entries);
      end.putLong(directoryBytes).putLong(directoryOffset);
      end.putInt(ZipFields.LOCATOR64).putInt(0).putLong(end64).putInt(1);
    }
    int count = many ? ZipFields.IN_ZIP64_COUNT : (int) entries;
    end.putInt(ZipFields.END).putShort((short) 0).putShort((short) 0).putShort((short) count).putShort((short) count);
    end.putInt(directoryBytes >= ZipFields.IN_ZIP64 ? (int) ZipFields.IN_ZIP64 : (int) directoryBytes);
    end.putInt(directoryOffset >= ZipFields.IN_ZIP64 ? (int) ZipFields.IN_ZIP64 : (int) directoryOffset);
    end.putShort((short) 0);
    write(end);
  }
}
