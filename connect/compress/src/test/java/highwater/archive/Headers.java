package highwater.archive;

import highwater.codec.ExpansionLimit;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Steps driven by hand, without a run around them.
final class Headers {
  private Headers() {}

  /// The first entry of a tar of which there is no more than the beginning.
  static Piece.Entry of(byte[] beginning) {
    try {
      var reader = new TarReader("untar", ExpansionLimit.DEFAULT, 1, false);
      reader.offer(ByteBuffer.wrap(beginning));
      reader.poll();
      return (Piece.Entry) reader.next();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// What an entry's header is in a tar.
  static byte[] written(Piece.Entry entry) {
    try {
      var writer = new TarWriter("tar");
      writer.open(null);
      writer.poll();
      writer.offer(entry);
      var bytes = new ByteArrayOutputStream();
      writer.poll();
      var held = writer.gathered().duplicate().flip();
      while (held.hasRemaining()) bytes.write(held.get());
      writer.close();
      return bytes.toByteArray();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// All pieces of an archive, in the order they come.
  static List<Piece> pieces(highwater.pipeline.Step<ByteBuffer, Piece> reader, byte[] archive) throws Exception {
    var pieces = new ArrayList<Piece>();
    reader.offer(ByteBuffer.wrap(archive));
    boolean finished = false;
    while (true) {
      switch (reader.poll()) {
        case READY -> pieces.add(reader.next());
        case DONE -> {
          return pieces;
        }
        default -> {
          if (finished) throw new AssertionError("HUNGRY after the end");
          finished = true;
          reader.finish();
        }
      }
    }
  }
}
