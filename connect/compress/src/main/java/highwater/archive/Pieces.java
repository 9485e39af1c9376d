package highwater.archive;

import highwater.StreamOptions;

/// How streams of pieces are set up: data weighs its bytes, all else as much as a header.
final class Pieces {
  private static final int HEAD_BYTES = 512;

  /// Pieces in, bytes out.
  static final StreamOptions IN =
      StreamOptions.bytes().withWritableObjects().<Piece>withSizer(Pieces::bytes, StreamOptions.BYTE_MARK);

  /// Bytes in, pieces out.
  static final StreamOptions OUT =
      StreamOptions.bytes().withReadableObjects().<Piece>withSizer(Pieces::bytes, StreamOptions.BYTE_MARK);

  /// Pieces on both sides.
  static final StreamOptions BOTH = StreamOptions.objects().<Piece>withSizer(Pieces::bytes, StreamOptions.BYTE_MARK);

  private Pieces() {}

  private static long bytes(Piece piece) {
    return piece instanceof Piece.Data(var bytes) ? bytes.remaining() : HEAD_BYTES;
  }
}
