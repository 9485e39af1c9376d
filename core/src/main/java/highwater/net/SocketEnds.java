package highwater.net;

import highwater.Diagnosis.Cause;
import highwater.Done;
import highwater.DuplexStream;
import highwater.Feed;
import highwater.Sink;
import highwater.Source;
import highwater.Waiting;
import highwater.memory.ChunkBuffers;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// Both sides of a live duplex over one connection. Each read and each write is tried in a turn of its own.
///
/// It holds a buffer only while it reads, so one that waits costs none.
final class SocketEnds implements Source<ByteBuffer>, Sink<ByteBuffer>, Waiting {
  private final Strand strand;
  private final Link link;
  private final int chunkBytes;
  private @Nullable Feed<ByteBuffer> feed;
  private boolean asked;
  private @Nullable ByteBuffer chunk;
  private @Nullable Done written;
  private @Nullable Done finishing;
  private boolean turnQueued;
  private boolean closed;
  private boolean resets;

  /// The connection that is there already, until it is begun.
  private @Nullable SocketChannel accepted;

  private @Nullable Runnable onDestroy;

  /// What moves the bytes instead of the stream.
  private @Nullable Passages passages;

  /// One whose connection is `accepted`, or made.
  SocketEnds(Strand strand, int chunkBytes, Links links, @Nullable SocketChannel accepted) {
    this.strand = strand;
    this.chunkBytes = chunkBytes;
    this.accepted = accepted;
    link = links.link(strand, this::queueTurn);
  }

  Link link() {
    return link;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  /// A destroy resets from now on, also behind the end.
  void resetsAlways() {
    resets = true;
  }

  @Override
  public void start(Feed<ByteBuffer> feed) {
    this.feed = feed;
    var there = accepted;
    accepted = null;
    if (there == null) {
      link.begin();
      return;
    }
    try {
      link.begin(there);
      queueTurn();
    } catch (IOException e) {
      feed.fail(e);
    }
  }

  @Override
  public void read(Feed<ByteBuffer> feed) {
    asked = true;
    queueTurn();
  }

  @Override
  public void write(ByteBuffer chunk, Done done) {
    this.chunk = chunk;
    written = done;
    queueTurn();
  }

  @Override
  public void finish(Done done) {
    finishing = done;
    queueTurn();
  }

  void queueTurn() {
    if (turnQueued || closed) return;
    turnQueued = true;
    strand.execute(this::turn);
  }

  private void turn() {
    turnQueued = false;
    var out = feed;
    if (closed || out == null) return;
    try {
      if (link.isOpen()) {
        goOnWriting();
        if (passages != null) passages.go();
        else goOnReading(out);
      }
      if (!closed) link.awaitWhereBlocked();
    } catch (IOException e) {
      out.fail(e);
    }
  }

  private void goOnWriting() throws IOException {
    var rest = chunk;
    if (rest != null) {
      while (rest.hasRemaining()) if (link.write(rest) == 0) return;
      if (!link.flush()) return;
      chunk = null;
      var done = written;
      written = null;
      if (done != null) done.ok();
    }
    var ended = finishing;
    if (closed || ended == null || !link.endOutput()) return;
    finishing = null;
    ended.ok();
  }

  private void goOnReading(Feed<ByteBuffer> out) throws IOException {
    if (!asked || closed) return;
    var buffer = ChunkBuffers.take(chunkBytes);
    ByteBuffer copy;
    try {
      int read = link.read(buffer);
      if (read == 0) return;
      asked = false;
      if (read < 0) {
        out.end();
        return;
      }
      copy = ByteBuffer.allocate(read).put(buffer.flip()).flip();
    } finally {
      ChunkBuffers.giveBack(buffer);
    }
    out.push(copy);
  }

  /// Has `told` run when the connection is closed.
  void onDestroy(Runnable told) {
    onDestroy = told;
  }

  // For a relay.

  /// Leaves the moving of bytes to `passages`, behind what the stream holds already.
  void passBy(Passages passages) {
    this.passages = passages;
    queueTurn();
  }

  /// Whether the connection is open and has sent all that its stream was given.
  boolean isFree() throws IOException {
    return !closed && chunk == null && link.isOpen();
  }

  boolean isClosed() {
    return closed;
  }

  /// The bytes have been moved to both ends: the stream ends as well.
  void passedBy(DuplexStream<ByteBuffer, ByteBuffer> stream) {
    passages = null;
    asked = false;
    if (feed != null) feed.end();
    stream.end();
    stream.resume();
    var _ = stream.read();
  }

  void fail(IOException e) {
    if (feed != null) feed.fail(e);
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    closed = true;
    if (error == null && link.isOutputEnded() && !resets) link.close();
    else link.reset();
    if (onDestroy != null) onDestroy.run();
    done.ok();
  }

  @Override
  public @Nullable String waitsFor() {
    return link.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }
}
