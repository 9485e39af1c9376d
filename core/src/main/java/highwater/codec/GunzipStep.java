package highwater.codec;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/// One run of gunzip: members one after the other, each checked, then what gzip(1) lets follow.
///
/// ```
/// HEADER ─▶ DATA ─▶ TRAILER ─▶ BETWEEN ─┬─ 1f 8b ▶ HEADER
///                                       ├─ 00 ───▶ PADDING ── not 00 ▶ GARBAGE
///                                       └─ other ▶ GARBAGE
/// ```
///
/// A member after padding is garbage too: gzip 1.12 drops it with a warning, so this does.
final class GunzipStep implements Step<ByteBuffer, ByteBuffer> {
  static final int MAGIC_1 = 0x1F;
  static final int MAGIC_2 = 0x8B;
  static final int METHOD_DEFLATE = 8;

  private static final int TRAILER_BYTES = 8;

  private enum Phase {
    HEADER,
    DATA,
    TRAILER,
    BETWEEN,
    PADDING,
    GARBAGE
  }

  private final InflateBuffer zlib;
  private final Consumer<String> warning;
  private final GzipHeader header = new GzipHeader();
  private final CRC32 crc = new CRC32();
  private Phase phase = Phase.HEADER;
  private long member = 1;
  private long memberBytes;
  private long trailer;
  private int trailerBytes;
  private boolean magic1Seen;
  private long garbageBytes;
  private boolean ending;
  private boolean warned;

  GunzipStep(InflateBuffer zlib, Consumer<String> warning) {
    this.zlib = zlib;
    this.warning = warning;
  }

  @Override
  public void open(PartContext context) {
    zlib.open();
  }

  @Override
  public void offer(ByteBuffer chunk) {
    zlib.offer(chunk);
  }

  @Override
  public void finish() {
    ending = true;
  }

  @Override
  public Progress poll() throws DataException {
    do {
      switch (phase) {
        case HEADER -> readHeader();
        case DATA -> {
          if (inflated() > 0) return Progress.READY;
          if (zlib.isFinished()) phase = Phase.TRAILER;
        }
        case TRAILER -> readTrailer();
        case BETWEEN -> readBetween();
        case PADDING -> skipPadding();
        case GARBAGE -> skipGarbage();
      }
    } while (zlib.input().hasRemaining());
    zlib.letGo();
    if (!ending) return Progress.HUNGRY;
    end();
    return Progress.DONE;
  }

  @Override
  public ByteBuffer next() {
    return zlib.output();
  }

  @Override
  public void close() {
    zlib.close();
  }

  @Override
  public String toString() {
    return "GunzipStep(" + phase + ", member " + member + ", " + zlib + ")";
  }

  private void readHeader() throws DataException {
    var input = zlib.input();
    while (input.hasRemaining()) {
      var wrong = header.accept(input.get() & 0xFF);
      if (wrong != null) throw failure(wrong);
      if (header.isComplete()) {
        beginData();
        return;
      }
    }
  }

  private void beginData() {
    header.restart();
    zlib.restart();
    crc.reset();
    memberBytes = 0;
    phase = Phase.DATA;
  }

  private int inflated() throws DataException {
    try {
      int bytes = zlib.inflate();
      if (bytes > 0) {
        crc.update(zlib.output());
        zlib.output().rewind();
        memberBytes += bytes;
      }
      return bytes;
    } catch (DataFormatException e) {
      long at = zlib.positionBytes();
      var what = "damaged data before byte " + at + ": " + e.getMessage() + ": fetch the input again";
      throw new DataException(prefix() + what, at, e);
    }
  }

  private void readTrailer() throws DataException {
    var input = zlib.input();
    while (input.hasRemaining()) {
      trailer |= (input.get() & 0xFFL) << (Byte.SIZE * trailerBytes);
      if (++trailerBytes == TRAILER_BYTES) {
        checkTrailer((int) trailer, (int) (trailer >>> Integer.SIZE));
        trailer = 0;
        trailerBytes = 0;
        phase = Phase.BETWEEN;
        return;
      }
    }
  }

  /// The length is kept modulo 2^32, so a member may be longer than that.
  private void checkTrailer(int expectedCrc, int expectedLength) throws DataException {
    int actualCrc = (int) crc.getValue();
    if (expectedCrc != actualCrc) {
      throw failure(
          String.format("CRC-32 is %08x, the trailer says %08x", actualCrc, expectedCrc)
              + ": the data is damaged, do not use it");
    }
    if (expectedLength != (int) memberBytes) {
      throw failure(
          (memberBytes + " bytes came out, the trailer says ")
              + (Integer.toUnsignedLong(expectedLength) + " (modulo 2^32)")
              + ": the data is damaged, do not use it");
    }
  }

  private void readBetween() {
    var input = zlib.input();
    while (input.hasRemaining()) {
      int next = input.get() & 0xFF;
      if (magic1Seen) {
        magic1Seen = false;
        if (next == MAGIC_2) {
          header.restartAfterMagic();
          member++;
          phase = Phase.HEADER;
        } else {
          garbageBytes = 2;
          phase = Phase.GARBAGE;
        }
        return;
      } else if (next == MAGIC_1) {
        magic1Seen = true;
      } else if (next == 0) {
        phase = Phase.PADDING;
        return;
      } else {
        garbageBytes = 1;
        phase = Phase.GARBAGE;
        return;
      }
    }
  }

  private void skipPadding() {
    var input = zlib.input();
    while (input.hasRemaining()) {
      if (input.get() != 0) {
        garbageBytes = 1;
        phase = Phase.GARBAGE;
        return;
      }
    }
  }

  /// Reads on to the end, so that whatever looks at the input before this stage sees all of it.
  private void skipGarbage() {
    var input = zlib.input();
    garbageBytes += input.remaining();
    input.position(input.limit());
  }

  private void end() throws DataException {
    boolean whole =
        switch (phase) {
          case HEADER, DATA, TRAILER -> false;
          case BETWEEN -> !magic1Seen;
          case PADDING, GARBAGE -> true;
        };
    if (!whole) throw truncated();
    if (phase == Phase.GARBAGE && !warned) {
      warned = true;
      long at = zlib.positionBytes() - garbageBytes;
      warning.accept(
          ("gunzip: " + ByteSizes.inWords(garbageBytes) + " of garbage ignored, from byte " + at)
              + " on, after the last member");
    }
  }

  private DataException truncated() {
    if (zlib.positionBytes() == 0) {
      return new DataException("gunzip: the input is empty (expected: a gzip file)", 0);
    }
    var where =
        switch (phase) {
          case HEADER, BETWEEN -> "the header";
          case DATA -> "the data";
          case TRAILER, PADDING, GARBAGE -> "the trailer";
        };
    return failure("unexpected end of input in " + where + ": it is cut short, fetch it again");
  }

  private DataException failure(String what) {
    long at = zlib.positionBytes();
    return new DataException(prefix() + what + " (byte " + at + " of the input)", at);
  }

  private String prefix() {
    return member == 1 ? "gunzip: " : "gunzip: member " + member + ": ";
  }
}
