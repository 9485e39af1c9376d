package highwater.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Bytes that tell their position, so that one that is lost, doubled or moved shows.
public final class Pattern {
  private Pattern() {}

  /// The byte at `position`.
  public static byte at(long position) {
    long mixed = (position + 1) * 0x9E37_79B9_7F4A_7C15L;
    return (byte) (mixed >>> 56);
  }

  /// The first `length` bytes.
  public static byte[] bytes(int length) {
    var bytes = new byte[length];
    for (int i = 0; i < length; i++) bytes[i] = at(i);
    return bytes;
  }

  /// Throws unless `chunk` begins at `position`; returns the position behind it. Leaves the chunk as it is.
  public static long check(ByteBuffer chunk, long position) {
    for (int i = chunk.position(); i < chunk.limit(); i++, position++) {
      if (chunk.get(i) != at(position)) throw new AssertionError("wrong byte at " + position);
    }
    return position;
  }

  /// Writes the bytes from `from` up to `to`, in pieces of at most `pieceBytes`.
  public static void write(OutputStream out, long from, long to, int pieceBytes) throws IOException {
    var piece = new byte[pieceBytes];
    for (long position = from; position < to; ) {
      int length = (int) Math.min(pieceBytes, to - position);
      for (int i = 0; i < length; i++) piece[i] = at(position + i);
      out.write(piece, 0, length);
      out.flush();
      position += length;
    }
  }

  /// Reads to the end and returns how many bytes came; throws at a wrong one.
  public static long read(InputStream in) throws IOException {
    var piece = new byte[1 << 16];
    long position = 0;
    for (int read; (read = in.read(piece)) >= 0; ) position = check(ByteBuffer.wrap(piece, 0, read), position);
    return position;
  }
}
