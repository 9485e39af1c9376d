package highwater.archive;

import static java.util.Objects.requireNonNull;

import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of reading a tar: POSIX's (ustar, pax), GNU's and the oldest.
///
/// ```
///        ┌──────────────────────────────────────────────────────────────────────┐
///        ▼                                                                      │
///     HEADER ─┬─▶ META (pax, GNU long name) ─▶ HEADER                           │
///             ├─▶ MAP (GNU sparse) ─┐                                           │
///             ├─▶ MAP_TEXT (pax sparse) ─▶ BODY ─▶ (End) ─▶ PADDING ────────────┘
///             └─▶ zeros ─▶ ZEROS ─▶ zeros ─▶ TRAILER ─▶ the end of the input
/// ```
/// Headers are gathered, bodies are slices of the input. An archive is whole only with its two blocks of zeros.
final class TarReader extends ReadingStep {
  /// The most bytes of a pax header or a long name.
  static final int META_BYTES_MAX = 256 << 10;

  /// What one run may hold beside a chunk: the header that is gathered, what was read in three of them, two bytes a character,
  /// and the map of a sparse file, while it grows.
  static final long HELD_BYTES = 2L * META_BYTES_MAX + 3L * 2 * META_BYTES_MAX + 3L * Sparse.SEGMENTS_MAX * Long.BYTES;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();
  private static final int MODE_BITS = 0_7777;

  private enum At {
    HEADER,
    META,
    MAP,
    MAP_TEXT,
    BODY,
    PADDING,
    ZEROS,
    TRAILER
  }

  /// The header that is read, alone: its sum is taken over all of an array.
  private final byte[] block = new byte[TarHeader.BYTES];

  private At at = At.HEADER;

  /// Of a block that describes the next header: what it is, and its length without padding.
  private char metaType;

  private int metaBytes;
  private Map<String, String> pax = Map.of();
  private @Nullable String longName;
  private @Nullable String longLink;
  private @Nullable Instant globalTime;

  /// Of the entry that is being read: the bytes of its body still to come in the input, and the padding behind.
  private long bodyBytes;

  private int paddingBytes;

  /// Of a sparse file: where its data lies, how large it is, and how much of it was given.
  private @Nullable Sparse sparse;

  private long realBytes;
  private long givenBytes;

  /// What is given once the map of a sparse file is complete.
  private Piece.@Nullable Entry mapped;

  /// The numbers of a map in text still to come, and the offset before a length.
  private long mapNumbers = -1;

  private long mapNumber;
  private long mapOffset = -1;
  private boolean headerSeen;

  TarReader(String name, ExpansionLimit limit, int entriesMax, boolean lends) {
    super(name, limit, entriesMax, lends);
  }

  @Override
  @Nullable Piece advance() throws DataException {
    while (true) {
      switch (at) {
        case HEADER -> {
          if (!gather(TarHeader.BYTES)) return null;
          drop();
          System.arraycopy(held, 0, block, 0, TarHeader.BYTES);
          var entry = header(block);
          if (entry != null) return entry;
        }
        case META -> {
          int bytes = metaBytes + TarHeader.paddingBytes(metaBytes);
          if (!gather(bytes)) return null;
          drop();
          meta(held);
          at = At.HEADER;
        }
        case MAP -> {
          if (!gather(TarHeader.BYTES)) return null;
          drop();
          pairs(held, 0, TarHeader.SPARSE_PAIRS_MORE);
          if (held[TarHeader.SPARSE_MORE_AGAIN] == 0) return beginMapped();
        }
        case MAP_TEXT -> {
          if (!gather(TarHeader.BYTES)) return null;
          drop();
          if (isMapTextRead()) return beginMapped();
        }
        case BODY -> {
          var piece = body();
          if (piece != null) return piece;
          return null;
        }
        case PADDING -> {
          int skipped = Math.min(paddingBytes, input.remaining());
          input.position(input.position() + skipped);
          paddingBytes -= skipped;
          if (paddingBytes > 0) return null;
          at = At.HEADER;
        }
        case ZEROS -> {
          if (!gather(TarHeader.BYTES)) return null;
          drop();
          if (!TarHeader.isZero(held)) {
            throw damaged("one block of zeros, and then no second one, which together end an archive");
          }
          at = At.TRAILER;
        }
        case TRAILER -> {
          trailer();
          return null;
        }
      }
    }
  }

  // ---------------------------------------------------------------- headers

  /// Understands a header; the entry it begins, or null where there is more to read first.
  private Piece.@Nullable Entry header(byte[] block) throws DataException {
    if (TarHeader.isZero(block)) {
      if (isDescribed()) throw damaged("a description of an entry, and no entry behind it");
      headerSeen = true;
      at = At.ZEROS;
      return null;
    }
    if (!TarHeader.hasSum(block)) {
      throw headerSeen
          ? damaged("a header whose checksum does not match")
          : failure(
              "not in tar format",
              "a tar, whose header begins at byte 0; if it is compressed, gunzip or decompress comes first");
    }
    headerSeen = true;
    char type = (char) (block[TarHeader.TYPE] & 0xFF);
    long size = number(block, TarHeader.SIZE, TarHeader.NUMBER_BYTES, "size");
    return switch (type) {
      case 'x', 'g', 'L', 'K' -> {
        beginMeta(type, size);
        yield null;
      }
      case 'V' -> {
        // A label of the whole archive.
        if (size != 0) throw damaged("a label with a body");
        yield null;
      }
      default -> entry(block, type, size);
    };
  }

  private boolean isDescribed() {
    return longName != null || longLink != null || !pax.isEmpty();
  }

  private void beginMeta(char type, long size) throws DataException {
    if (size > META_BYTES_MAX) {
      throw failure(
          "a header of " + ByteSizes.grouped(size) + " bytes", "at most " + ByteSizes.inWords(META_BYTES_MAX));
    }
    metaType = type;
    metaBytes = (int) size;
    at = At.META;
  }

  private void meta(byte[] bytes) throws DataException {
    switch (metaType) {
      case 'L' -> longName = utf8(bytes, 0, TarHeader.textBytes(bytes, 0, metaBytes));
      case 'K' -> longLink = utf8(bytes, 0, TarHeader.textBytes(bytes, 0, metaBytes));
      case 'x' -> pax = records(bytes, true);
      default -> {
        var global = records(bytes, false);
        var time = global.get("mtime");
        if (time != null) globalTime = instant(time);
        for (var key : new String[] {"path", "linkpath", "size", "GNU.sparse.name"}) {
          if (global.containsKey(key)) {
            throw failure("a " + key + " for all entries at once", "an archive whose entries have each their own");
          }
        }
      }
    }
  }

  /// The records `LENGTH KEY=VALUE\n` of a pax header.
  private Map<String, String> records(byte[] bytes, boolean ofOneEntry) throws DataException {
    var records = new HashMap<String, String>();
    Sparse map = null;
    for (int from = 0; from < metaBytes; ) {
      int digit = from;
      long length = 0;
      while (digit < metaBytes && bytes[digit] >= '0' && bytes[digit] <= '9' && length <= metaBytes) {
        length = 10 * length + bytes[digit++] - '0';
      }
      int end = (int) Math.min(from + length, Integer.MAX_VALUE);
      if (digit == from || digit >= metaBytes || bytes[digit] != ' ' || end > metaBytes || end <= digit + 1) {
        throw damaged("a pax header with a record whose length is wrong");
      }
      if (bytes[end - 1] != '\n') throw damaged("a pax header with a record that does not end with a line");
      int equals = digit + 1;
      while (equals < end && bytes[equals] != '=') equals++;
      if (equals == end) throw damaged("a pax header with a record without =");
      var key = utf8(bytes, digit + 1, equals - digit - 1);
      // Only these are read; others may hold anything, also what is no text.
      if (isRead(key)) {
        var value = utf8(bytes, equals + 1, end - 2 - equals);
        if (value.indexOf('\0') >= 0) throw damaged("a pax header with a zero byte in " + key);
        // Sparse 0.0 repeats its keys, so that their order says what belongs together.
        if (key.equals("GNU.sparse.offset")) mapOffset = count(value, key);
        else if (key.equals("GNU.sparse.numbytes")) {
          if (map == null) map = new Sparse();
          segment(map, mapOffset, count(value, key));
        } else records.put(key, value);
      }
      from = end;
    }
    if (ofOneEntry) sparse = map;
    return records;
  }

  private static boolean isRead(String key) {
    return switch (key) {
      case "path", "linkpath", "size", "mtime", "hdrcharset" -> true;
      default -> key.startsWith("GNU.sparse.");
    };
  }

  /// The entry of a header, with all that was said of it before.
  private Piece.@Nullable Entry entry(byte[] block, char type, long sizeOfHeader) throws DataException {
    var said = pax;
    var name = longName != null ? longName : said.containsKey("path") ? said.get("path") : name(block);
    var link = longLink != null ? longLink : said.containsKey("linkpath") ? said.get("linkpath") : link(block);
    long size = said.containsKey("size") ? count(said.get("size"), "size") : sizeOfHeader;
    var time = said.get("mtime");
    var modified = time != null ? instant(time) : globalTime != null ? globalTime : time(block);
    int mode = (int) number(block, TarHeader.MODE, TarHeader.ID_BYTES, "mode") & MODE_BITS;
    pax = Map.of();
    longName = null;
    longLink = null;
    if (said.containsKey("GNU.sparse.name")) name = requireNonNull(said.get("GNU.sparse.name"));
    if (requireNonNull(name).isEmpty()) throw damaged("an entry without a name");
    var kind = kind(type, name);
    // Readers differ in whether such a body is there: what it holds could be an entry for one and data for another.
    if (kind != Piece.Kind.FILE && size != 0) {
      throw failure(
          "the " + word(kind) + " " + Shown.name(name) + " has a body of " + ByteSizes.grouped(size) + " bytes",
          "data of files alone");
    }
    if (kind == Piece.Kind.FOLDER) name = withoutSlashes(name);
    boolean links = kind == Piece.Kind.LINK || kind == Piece.Kind.HARD_LINK;
    var target = links ? requireNonNull(link) : "";
    begin(size);
    var entry = new Piece.Entry(name, kind, size, mode, modified, target);
    return kind == Piece.Kind.FILE ? sparse(block, type, said, entry) : entry;
  }

  private static String withoutSlashes(String name) {
    int end = name.length();
    while (end > 1 && name.charAt(end - 1) == '/') end--;
    return name.substring(0, end);
  }

  static String word(Piece.Kind kind) {
    return switch (kind) {
      case FILE -> "file";
      case FOLDER -> "folder";
      case LINK -> "link";
      case HARD_LINK -> "hard link";
      case DEVICE -> "device";
      case FIFO -> "FIFO";
    };
  }

  private Piece.Kind kind(char type, String name) throws DataException {
    return switch (type) {
      // The oldest know no folders: there a / at the end says so.
      case '0', '\0', '7' -> name.endsWith("/") ? Piece.Kind.FOLDER : Piece.Kind.FILE;
      case 'S' -> Piece.Kind.FILE;
      case '1' -> Piece.Kind.HARD_LINK;
      case '2' -> Piece.Kind.LINK;
      case '3', '4' -> Piece.Kind.DEVICE;
      case '5' -> Piece.Kind.FOLDER;
      case '6' -> Piece.Kind.FIFO;
      default ->
          throw failure(
              "the entry " + Shown.name(name) + " is of type " + Shown.name(String.valueOf(type)),
              "files, folders, links, devices and FIFOs; not the parts of incremental or of divided archives");
    };
  }

  private String name(byte[] block) throws DataException {
    var name = utf8(block, 0, TarHeader.textBytes(block, 0, TarHeader.NAME_BYTES));
    if (!TarHeader.isUstar(block)) return name;
    int prefix = TarHeader.textBytes(block, TarHeader.PREFIX, TarHeader.PREFIX_BYTES);
    return prefix == 0 ? name : utf8(block, TarHeader.PREFIX, prefix) + "/" + name;
  }

  private String link(byte[] block) throws DataException {
    return utf8(block, TarHeader.LINK, TarHeader.textBytes(block, TarHeader.LINK, TarHeader.NAME_BYTES));
  }

  private Instant time(byte[] block) throws DataException {
    long seconds = signed(block, TarHeader.TIME, TarHeader.NUMBER_BYTES, "mtime");
    try {
      return Instant.ofEpochSecond(seconds);
    } catch (DateTimeException e) {
      throw noTime(String.valueOf(seconds));
    }
  }

  private Instant instant(String seconds) throws DataException {
    try {
      var exact = new BigDecimal(seconds);
      // A short text may be a number of a billion digits.
      if (exact.precision() > 40 || Math.abs((long) exact.scale()) > 40) throw new NumberFormatException();
      var whole = exact.setScale(0, java.math.RoundingMode.FLOOR);
      long nanos = exact.subtract(whole).movePointRight(9).longValue();
      return Instant.ofEpochSecond(whole.longValueExact(), nanos);
    } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
      throw noTime(seconds);
    }
  }

  private DataException noTime(String seconds) {
    return damaged("the time " + Shown.name(seconds) + ", which is none");
  }

  private long number(byte[] block, int offset, int length, String what) throws DataException {
    long number = signed(block, offset, length, what);
    if (number < 0) throw damaged("a " + what + " of " + number);
    return number;
  }

  private long signed(byte[] block, int offset, int length, String what) throws DataException {
    try {
      return TarHeader.number(block, offset, length);
    } catch (IllegalArgumentException e) {
      throw damaged("a " + what + " that is no number");
    }
  }

  private long count(@Nullable String digits, String what) throws DataException {
    try {
      long number = Long.parseLong(requireNonNull(digits));
      if (number >= 0) return number;
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw damaged("a " + what + " of " + Shown.name(requireNonNull(digits)));
  }

  // ---------------------------------------------------------------- bodies

  private void begin(long size) throws DataException {
    if (size > Long.MAX_VALUE - TarHeader.BYTES) throw damaged("a size of " + size);
    bodyBytes = size;
    paddingBytes = TarHeader.paddingBytes(size);
    at = At.BODY;
  }

  private @Nullable Piece body() throws DataException {
    if (sparse != null) {
      var piece = sparseBody(sparse);
      if (piece != null || givenBytes < realBytes) return piece;
      sparse = null;
    }
    if (bodyBytes > 0) {
      var data = take(bodyBytes);
      if (data != null) bodyBytes -= data.bytes().remaining();
      return data;
    }
    at = At.PADDING;
    return Piece.END;
  }

  private @Nullable Piece sparseBody(Sparse map) {
    if (givenBytes == realBytes) return null;
    long length = map.dataAt(givenBytes);
    Piece.Data data;
    if (length > 0) {
      data = take(length);
      if (data == null) return null;
      bodyBytes -= data.bytes().remaining();
    } else {
      int zeros = (int) Math.min(map.zerosAt(givenBytes, realBytes), CHUNK_BYTES);
      data = data(ZEROS.slice(0, zeros));
    }
    givenBytes += data.bytes().remaining();
    return data;
  }

  // ---------------------------------------------------------------- sparse files

  /// The entry, where it is sparse with its real size; null where the map is still to be read.
  private Piece.@Nullable Entry sparse(byte[] block, char type, Map<String, String> said, Piece.Entry entry)
      throws DataException {
    var mapOfPax = sparse;
    sparse = null;
    if (type == 'S') {
      sparse = new Sparse();
      realBytes = number(block, TarHeader.SPARSE_SIZE, TarHeader.NUMBER_BYTES, "size");
      mapped = entry;
      pairs(block, TarHeader.SPARSE, TarHeader.SPARSE_PAIRS);
      if (block[TarHeader.SPARSE_MORE] == 0) return beginMapped();
      at = At.MAP;
      return null;
    }
    if (said.containsKey("GNU.sparse.major")) {
      if (!"1".equals(said.get("GNU.sparse.major")) || !"0".equals(said.get("GNU.sparse.minor"))) {
        throw failure(
            "the sparse file " + Shown.name(entry.name()) + " is of a version that is not known",
            "0.0, 0.1 or 1.0 of GNU tar's");
      }
      sparse = new Sparse();
      realBytes = count(said.getOrDefault("GNU.sparse.realsize", ""), "GNU.sparse.realsize");
      mapped = entry;
      mapNumbers = -1;
      mapNumber = 0;
      at = At.MAP_TEXT;
      return null;
    }
    var list = said.get("GNU.sparse.map");
    if (list == null && mapOfPax == null) return entry;
    sparse = mapOfPax != null ? mapOfPax : new Sparse();
    realBytes = count(said.getOrDefault("GNU.sparse.size", ""), "GNU.sparse.size");
    mapped = entry;
    if (list != null) {
      for (int from = 0; from <= list.length(); ) {
        int comma = list.indexOf(',', from);
        if (comma < 0) throw damaged("a sparse map with an offset without a length");
        int end = list.indexOf(',', comma + 1);
        if (end < 0) end = list.length();
        segment(
            sparse,
            count(list.substring(from, comma), "sparse map"),
            count(list.substring(comma + 1, end), "sparse map"));
        from = end + 1;
      }
    }
    return beginMapped();
  }

  private void pairs(byte[] block, int offset, int pairs) throws DataException {
    for (int i = 0; i < pairs; i++) {
      int from = offset + 2 * TarHeader.NUMBER_BYTES * i;
      if (block[from] == 0 && block[from + TarHeader.NUMBER_BYTES] == 0) return;
      long start = number(block, from, TarHeader.NUMBER_BYTES, "offset");
      long length = number(block, from + TarHeader.NUMBER_BYTES, TarHeader.NUMBER_BYTES, "length");
      segment(requireNonNull(sparse), start, length);
    }
  }

  private void segment(Sparse map, long offset, long length) throws DataException {
    try {
      map.add(offset, length);
    } catch (IllegalArgumentException e) {
      throw damaged("a sparse map with " + e.getMessage());
    }
  }

  /// Reads a block of a map in decimal lines: how many segments, then the offset and the length of each. True once it is
  /// complete; the rest of the block is filled up.
  private boolean isMapTextRead() throws DataException {
    bodyBytes -= TarHeader.BYTES;
    if (bodyBytes < 0) throw damaged("a sparse map without an end");
    for (int i = 0; i < TarHeader.BYTES; i++) {
      byte next = held[i];
      if (next != '\n') {
        if (next < '0' || next > '9' || mapNumber > Long.MAX_VALUE / 100) {
          throw damaged("a sparse map with something that is no number");
        }
        mapNumber = 10 * mapNumber + next - '0';
        continue;
      }
      if (mapNumbers < 0) {
        if (mapNumber > Sparse.SEGMENTS_MAX) throw damaged("a sparse map of " + mapNumber + " segments");
        mapNumbers = 2 * mapNumber;
      } else {
        if (mapNumbers % 2 == 0) mapOffset = mapNumber;
        else segment(requireNonNull(sparse), mapOffset, mapNumber);
        mapNumbers--;
      }
      mapNumber = 0;
      if (mapNumbers == 0) return true;
    }
    return false;
  }

  private Piece.Entry beginMapped() throws DataException {
    var map = requireNonNull(sparse);
    var entry = requireNonNull(mapped);
    if (map.dataBytes() != bodyBytes || map.endBytes() > realBytes) {
      throw damaged(
          "the sparse file " + Shown.name(entry.name()) + " with a map that does not fit its " + bodyBytes + " bytes");
    }
    mapped = null;
    givenBytes = 0;
    at = At.BODY;
    return new Piece.Entry(entry.name(), entry.kind(), realBytes, entry.mode(), entry.modified(), "");
  }

  // ---------------------------------------------------------------- the end

  /// Reads the zeros that fill up the last record.
  private void trailer() throws DataException {
    while (input.hasRemaining()) {
      boolean zeros = input.remaining() < Long.BYTES ? input.get() == 0 : input.getLong() == 0;
      if (!zeros) {
        throw failure("the archive has ended but the input goes on", "nothing after it, or zeros; cut the input there");
      }
    }
  }

  @Override
  void checkWhole() throws DataException {
    switch (at) {
      case TRAILER -> {}
      case ZEROS -> {
        if (heldBytes() > 0) throw cutShort("within the two blocks of zeros that end a tar");
        throw cutShort("behind the first of the two blocks of zeros that end a tar");
      }
      case HEADER -> {
        if (!headerSeen) throw failure("not in tar format", "a tar, which has blocks of 512 bytes");
        throw cutShort(
            heldBytes() > 0 ? "within a header" : "behind an entry, without the two blocks of zeros that end a tar");
      }
      case META, MAP, MAP_TEXT -> throw cutShort("within a header");
      case BODY, PADDING -> throw cutShort("within the data of an entry");
    }
  }
}
