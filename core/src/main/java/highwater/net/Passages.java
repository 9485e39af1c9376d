package highwater.net;

import highwater.memory.ChunkBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Moves the bytes of two connections into each other, beside their streams.
///
/// What is read from one is written to the other in the same turn, out of the same direct buffer. While one side takes no more,
/// the other is not read, and what is held is that buffer alone; a relay that waits for bytes holds none. The end of one is said
/// to the other when all before it is sent.
final class Passages {
  /// How many buffers are moved one way before other turns come.
  private static final int BUFFERS_A_TURN = 16;

  private final Passage there;
  private final Passage back;
  private final Connection one;
  private final Connection other;

  Passages(Connection one, Connection other) {
    this.one = one;
    this.other = other;
    there = new Passage(one, other);
    back = new Passage(other, one);
  }

  void begin() {
    one.ends().passBy(this);
    other.ends().passBy(this);
  }

  /// Goes on as far as both connections do without waiting. In a turn of either.
  void go() {
    boolean more = there.goes();
    more |= back.goes();
    if (more) one.ends().queueTurn();
    if (there.ended && back.ended) {
      one.ends().passedBy(one.stream());
      other.ends().passedBy(other.stream());
      return;
    }
    await(one.ends());
    await(other.ends());
  }

  /// Has the connection watched for what both directions need of it.
  private static void await(SocketEnds ends) {
    if (ends.isClosed()) return;
    try {
      ends.link().awaitWhereBlocked();
    } catch (IOException e) {
      ends.fail(e);
    }
  }

  /// Drops what has not arrived.
  void drop() {
    there.drop();
    back.drop();
  }

  /// One direction.
  private static final class Passage {
    private final SocketEnds from;
    private final SocketEnds to;
    private final Connection target;
    private @Nullable ByteBuffer moving;
    private boolean ending;
    private boolean ended;

    Passage(Connection source, Connection target) {
      from = source.ends();
      to = target.ends();
      this.target = target;
    }

    /// Moves what can be moved; whether more can at once.
    boolean goes() {
      if (ended || from.isClosed() || to.isClosed()) return false;
      try {
        if (!from.isFree()) return false;
      } catch (IOException e) {
        from.fail(e);
        return false;
      }
      try {
        // What the stream was given before goes first.
        if (!to.isFree() || target.stream().writableLength() > 0) return false;
      } catch (IOException e) {
        to.fail(e);
        return false;
      }
      for (int i = 0; i < BUFFERS_A_TURN; i++) if (!fill() || !empty()) return false;
      return true;
    }

    /// Reads where nothing is held; whether something is, or the end.
    private boolean fill() {
      if (ending || moving != null) return true;
      var buffer = ChunkBuffers.take(from.chunkBytes());
      int read = 0;
      try {
        read = from.link().read(buffer);
      } catch (IOException e) {
        from.fail(e);
      }
      if (read > 0) moving = buffer.flip();
      else ChunkBuffers.giveBack(buffer);
      ending = read < 0;
      return read != 0;
    }

    /// Writes what is held, and the end behind it; whether there may be more.
    private boolean empty() {
      try {
        var rest = moving;
        if (rest != null) {
          while (rest.hasRemaining()) if (to.link().write(rest) == 0) return false;
          drop();
        }
        if (!to.link().flush()) return false;
        if (ending) ended = to.link().endOutput();
        return !ending;
      } catch (IOException e) {
        to.fail(e);
        return false;
      }
    }

    void drop() {
      if (moving != null) ChunkBuffers.giveBack(moving);
      moving = null;
    }
  }
}
