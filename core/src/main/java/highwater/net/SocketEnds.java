package highwater.net;

import highwater.Diagnosis.Cause;
import highwater.Done;
import highwater.Feed;
import highwater.Sink;
import highwater.Source;
import highwater.Waiting;
import highwater.memory.ChunkBuffers;
import highwater.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  SocketEnds(Connector connector, Strand strand) {
    this.strand = strand;
    chunkBytes = connector.settings().chunkBytes();
    link = connector.link(strand, this::queueTurn);
  }

  @Override
  public void start(Feed<ByteBuffer> feed) {
    this.feed = feed;
    try {
      link.begin();
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

  private void queueTurn() {
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
        goOnReading(out);
      }
      if (!closed) link.await();
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

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    closed = true;
    if (error == null && link.isOutputEnded()) link.close();
    else link.reset();
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
