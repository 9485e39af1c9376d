package highwater.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// One part of an object: filled on the strand, sent by one thread, released once.
final class UploadPart {
  final int number;
  final long position;
  private final int buffersWanted;
  private final List<NativeBuffer> buffers = new ArrayList<>(1);
  private long length;

  UploadPart(int number, long position, int buffersWanted) {
    this.number = number;
    this.position = position;
    this.buffersWanted = buffersWanted;
  }

  // The strand, while it is filled.

  void add(NativeBuffer buffer) {
    assert room() == null && buffers.size() < buffersWanted : this;
    buffers.add(buffer);
  }

  /// Its last buffer, where that has room.
  private @Nullable ByteBuffer room() {
    var last = buffers.isEmpty() ? null : buffers.getLast().bytes();
    return last != null && last.hasRemaining() ? last : null;
  }

  boolean wantsBuffer() {
    return room() == null && buffers.size() < buffersWanted;
  }

  boolean isFull() {
    return room() == null && buffers.size() == buffersWanted;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /// Copies what there is room for.
  void fill(ByteBuffer chunk) {
    var room = Objects.requireNonNull(room());
    int moved = Math.min(room.remaining(), chunk.remaining());
    room.put(room.position(), chunk, chunk.position(), moved);
    room.position(room.position() + moved);
    chunk.position(chunk.position() + moved);
    length += moved;
  }

  // Whoever sends it.

  long length() {
    return length;
  }

  /// The CRC-32 of its bytes, as S3 writes it.
  String crc32() {
    var crc = new CRC32();
    for (var buffer : buffers) crc.update(buffer.bytes().duplicate().flip());
    var bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue());
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /// Its bytes from the first on, without a copy of them; as often as the client sends them.
  InputStream body(Connection.Call call) {
    return new Body(call);
  }

  void releaseTo(PartBuffers pool) {
    for (var buffer : buffers) pool.giveBack(buffer);
    buffers.clear();
  }

  @Override
  public String toString() {
    return "part " + number + " (" + length + " bytes from byte " + position + ", " + buffers.size() + " buffers)";
  }

  private final class Body extends InputStream {
    private final Connection.Call call;
    private final ArrayList<ByteBuffer> views = new ArrayList<>();
    private int at;
    private int markedAt;
    private long markedPosition;

    Body(Connection.Call call) {
      this.call = call;
      for (var buffer : buffers) views.add(buffer.bytes().duplicate().flip());
      if (length > 0) call.moved();
    }

    private boolean advance() {
      while (at < views.size() && !views.get(at).hasRemaining()) at++;
      if (at < views.size()) {
        call.moved();
        return true;
      }
      call.bodyEnded();
      return false;
    }

    @Override
    public int read() {
      return advance() ? views.get(at).get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) {
      Objects.checkFromIndexSize(offset, count, bytes.length);
      if (count == 0) return 0;
      if (!advance()) return -1;
      var view = views.get(at);
      int read = Math.min(count, view.remaining());
      view.get(bytes, offset, read);
      return read;
    }

    @Override
    public int available() {
      return at < views.size() ? views.get(at).remaining() : 0;
    }

    @Override
    public boolean markSupported() {
      return true;
    }

    @Override
    public void mark(int limit) {
      markedAt = at;
      markedPosition = at < views.size() ? views.get(at).position() : 0;
    }

    @Override
    public void reset() {
      at = markedAt;
      for (int i = at; i < views.size(); i++) views.get(i).position(i == markedAt ? (int) markedPosition : 0);
    }
  }
}
