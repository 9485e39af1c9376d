package highwater.compress;

import highwater.codec.DataException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;

/// bzip2 streams one after the other, then what bzip2(1) lets follow: anything that does not begin like a stream.
///
/// commons-compress can read on by itself, but takes garbage for an error. It reads byte by byte, and stops at the last of
/// a stream.
final class Bzip2Streams implements PullDecoder {
  private static final byte[] MAGIC = {'B', 'Z', 'h'};

  private long garbageBytes;

  @Override
  public InputStream open(CountedInput in, Complaints complaints) {
    return new Streams(in, complaints);
  }

  @Override
  public long garbageBytes() {
    return garbageBytes;
  }

  private final class Streams extends InputStream {
    private final CountedInput in;
    private final Complaints complaints;
    private @Nullable InputStream current;
    private boolean first = true;
    private boolean over;

    Streams(CountedInput in, Complaints complaints) {
      this.in = in;
      this.complaints = complaints;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      while (!over) {
        if (current == null) {
          current = next();
          over = current == null;
        } else {
          int bytes = current.read(to, offset, length);
          if (bytes >= 0) return bytes;
          current = null;
        }
      }
      return -1;
    }

    /// The next stream, or null after the last.
    private @Nullable InputStream next() throws IOException {
      var header = new byte[MAGIC.length + 1];
      for (int i = 0; i < header.length; i++) {
        int next = in.read();
        if (next < 0 && i == 0 && !first) return null;
        if (next < 0) throw complaints.cutShort(in.bytes(), null);
        boolean right = i < MAGIC.length ? next == MAGIC[i] : next >= '1' && next <= '9';
        if (!right) {
          if (first) throw otherFormat();
          dropGarbage(i + 1);
          return null;
        }
        header[i] = (byte) next;
      }
      first = false;
      in.unread(header);
      return new BZip2CompressorInputStream(in);
    }

    private DataException otherFormat() {
      return complaints.otherFormat("42 5a 68, BZh");
    }

    /// Reads on to the end, so that whatever looks at the input before this stage sees all of it.
    private void dropGarbage(long begun) throws IOException {
      garbageBytes = begun;
      var bytes = new byte[1 << 10];
      for (int read; (read = in.read(bytes)) >= 0; ) garbageBytes += read;
    }
  }
}
