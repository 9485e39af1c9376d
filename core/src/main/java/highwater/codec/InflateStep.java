package highwater.codec;

import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/// One run of zlib's or the raw format: exactly one stream, with nothing after it.
final class InflateStep implements Step<ByteBuffer, ByteBuffer> {
  private final String name;
  private final InflateBuffer zlib;
  private boolean ending;

  InflateStep(String name, InflateBuffer zlib) {
    this.name = name;
    this.zlib = zlib;
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
    if (inflated() > 0) return Progress.READY;
    if (zlib.isFinished()) {
      if (zlib.input().hasRemaining()) throw goesOn();
      zlib.letGo();
      return ending ? Progress.DONE : Progress.HUNGRY;
    }
    if (zlib.needsDictionary()) throw needsDictionary();
    if (ending) throw truncated();
    zlib.letGo();
    return Progress.HUNGRY;
  }

  @Override
  public ByteBuffer next() {
    return zlib.output();
  }

  @Override
  public void close() {
    zlib.close();
  }

  private int inflated() throws DataException {
    try {
      return zlib.inflate();
    } catch (DataFormatException e) {
      long at = zlib.positionBytes();
      throw new DataException(
          (name + ": damaged data before byte " + at + ": " + e.getMessage())
              + " (expected: "
              + (name.equals("inflate") ? "the zlib format" : "deflate data")
              + "; read gzip with gunzip, or fetch the input again)",
          at,
          e);
    }
  }

  private DataException goesOn() {
    long at = zlib.positionBytes();
    return new DataException(
        (name + ": the data ends at byte " + at + " but the input goes on")
            + " (expected: nothing after it; cut the input there, or use gzip, which may be"
            + " concatenated)",
        at);
  }

  private DataException needsDictionary() {
    long at = zlib.positionBytes();
    return new DataException(
        name + ": the data needs a preset dictionary, which is not supported: write it without one", at);
  }

  private DataException truncated() {
    long at = zlib.positionBytes();
    return new DataException(
        (name + ": unexpected end of input after " + at + " bytes")
            + (at == 0 ? ": it is empty" : ": it is cut short, fetch it again"),
        at);
  }
}
