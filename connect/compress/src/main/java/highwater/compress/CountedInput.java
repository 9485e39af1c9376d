package highwater.compress;

import java.io.IOException;
import java.io.InputStream;

/// A decoder's input, with how far it was read and whether its end was seen.
///
/// Thread rule: the decoder's thread alone.
final class CountedInput extends InputStream {
  private final InputStream in;
  private byte[] again = {};
  private int againAt;
  private long bytes;
  private boolean atEnd;

  CountedInput(InputStream in) {
    this.in = in;
  }

  /// How many bytes were read.
  long bytes() {
    return bytes;
  }

  /// Whether somebody wanted more than there was.
  boolean atEnd() {
    return atEnd;
  }

  /// Has the next reads give `last`, which were the last bytes read.
  void unread(byte[] last) {
    again = last;
    againAt = 0;
    bytes -= last.length;
  }

  @Override
  public int read() throws IOException {
    if (againAt < again.length) {
      bytes++;
      return again[againAt++] & 0xFF;
    }
    int next = in.read();
    if (next < 0) atEnd = true;
    else bytes++;
    return next;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) return 0;
    if (againAt < again.length) {
      to[offset] = (byte) read();
      return 1;
    }
    int read = in.read(to, offset, length);
    if (read < 0) atEnd = true;
    else bytes += read;
    return read;
  }

  @Override
  public int available() throws IOException {
    return again.length - againAt + in.available();
  }
}
