package highwater.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What chunks hold, however it is cut: bytes one after another, objects one by one.
final class Content {
  private final List<Object> objects = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  static Content of(Iterable<?> chunks) {
    var content = new Content();
    chunks.forEach(content::add);
    return content;
  }

  /// Adds a copy of a chunk, and leaves the chunk as it is.
  void add(Object chunk) {
    if (chunk instanceof ByteBuffer buffer) bytes.writeBytes(bytesOf(buffer));
    else objects.add(chunk);
  }

  static byte[] bytesOf(ByteBuffer buffer) {
    var copy = new byte[buffer.remaining()];
    buffer.get(buffer.position(), copy);
    return copy;
  }

  /// The bytes, in one buffer.
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Content that && objects.equals(that.objects) && buffer().equals(that.buffer());
  }

  @Override
  public int hashCode() {
    return objects.hashCode();
  }

  @Override
  public String toString() {
    if (bytes.size() == 0) return objects.toString();
    var text = bytes.toString(StandardCharsets.ISO_8859_1);
    return bytes.size() + " bytes: " + (text.length() > 200 ? text.substring(0, 200) + "…" : text);
  }

  // ---------------------------------------------------------------- cutting

  /// Every way that a contract cuts `chunks`: as they are, byte by byte, at every place once where they are short, and
  /// at random. Objects cannot be cut.
  static <T> List<List<T>> cuts(List<T> chunks, long seed) {
    var cuts = new ArrayList<List<T>>();
    cuts.add(copies(chunks));
    if (chunks.isEmpty() || !(chunks.getFirst() instanceof ByteBuffer)) return cuts;
    var all = of(chunks).bytes.toByteArray();
    if (all.length <= 4096) cuts.add(cut(all, position -> position + 1));
    int places = Math.min(all.length, 257);
    for (int i = 1; i < places; i++) {
      int at = all.length <= places ? i : (int) ((long) all.length * i / places);
      cuts.add(cut(all, position -> position < at ? at : all.length));
    }
    var random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      cuts.add(cut(all, position -> position + 1 + random.nextInt(Math.max(1, all.length / 4))));
    }
    return cuts;
  }

  private interface Next {
    int end(int position);
  }

  @SuppressWarnings("unchecked") // Called where T is ByteBuffer.
  private static <T> List<T> cut(byte[] all, Next next) {
    var pieces = new ArrayList<ByteBuffer>();
    for (int position = 0; position < all.length; ) {
      int end = Math.min(all.length, next.end(position));
      pieces.add(ByteBuffer.wrap(all, position, end - position).slice());
      position = end;
    }
    return (List<T>) pieces;
  }

  /// The same chunks, each buffer a copy of its own.
  static <T> List<T> copies(List<T> chunks) {
    return as(chunks, buffer -> ByteBuffer.wrap(bytesOf(buffer)));
  }

  /// The same chunks as buffers of every kind in turn: direct, read-only, and with other bytes before and behind.
  static <T> List<T> ofEveryKind(List<T> chunks) {
    var kind = new int[1];
    return as(
        chunks,
        buffer ->
            switch (kind[0]++ % 3) {
              case 0 -> ByteBuffer.allocateDirect(buffer.remaining()).put(buffer.duplicate()).flip();
              case 1 -> ByteBuffer.wrap(bytesOf(buffer)).asReadOnlyBuffer();
              default -> {
                var wide = ByteBuffer.allocate(buffer.remaining() + 7);
                wide.position(3).put(buffer.duplicate());
                yield wide.flip().position(3);
              }
            });
  }

  private interface Making {
    ByteBuffer from(ByteBuffer buffer);
  }

  @SuppressWarnings("unchecked") // A ByteBuffer for a ByteBuffer.
  private static <T> List<T> as(List<T> chunks, Making making) {
    var made = new ArrayList<T>(chunks.size());
    for (var chunk : chunks) made.add(chunk instanceof ByteBuffer buffer ? (T) making.from(buffer) : chunk);
    return made;
  }
}
