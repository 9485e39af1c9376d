package highwater.contract;

import highwater.pipeline.PullOrigin;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A client that sends a request's body to a server whose handler makes the origin under test.
public final class GivingClient implements GivingPeer {
  /// What loopback sockets can hold: the sender's buffer and the receiver's at their largest.
  private static final long SOCKET_BYTES = 10L << 20;

  private final AtomicLong given = new AtomicLong();
  private final Giving giving;
  private final boolean chunked;
  private final RawClient client;
  private final CompletableFuture<PullOrigin<ByteBuffer>> recipe;
  private final AutoCloseable over;
  private final Thread thread;

  /// Sends to `path` of the server at `port`; `recipe` is completed by its handler, and `over` has the server end the exchange.
  public GivingClient(
      Giving giving,
      boolean chunked,
      int port,
      String path,
      CompletableFuture<PullOrigin<ByteBuffer>> recipe,
      AutoCloseable over)
      throws IOException {
    this.giving = giving;
    this.chunked = chunked;
    this.recipe = recipe;
    this.over = over;
    client = new RawClient(port);
    thread = Thread.ofVirtual().start(() -> give(path));
  }

  private void give(String path) {
    // One that announces a length and dies after its last byte has given all: it announces one more.
    long length = giving.totalBytes() + (giving.then() == Giving.Then.DIE ? 1 : 0);
    try (client) {
      client.head(
          "PUT " + path + " HTTP/1.1",
          "Host: localhost",
          "Connection: close",
          chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length);
      var out = client.body(chunked);
      Pattern.write(counted(out), 0, giving.untilBytes(), giving.pieceBytes());
      if (giving.then() == Giving.Then.DIE) return;
      if (giving.then() == Giving.Then.END && chunked) out.close();
      client.drain();
    } catch (IOException e) {
      // It was let go.
    }
  }

  private OutputStream counted(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        given.addAndGet(length);
      }
    };
  }

  @Override
  public PullOrigin<ByteBuffer> origin() {
    return recipe.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public long givenBytes() {
    return given.get();
  }

  @Override
  public long outsideBytes() {
    return SOCKET_BYTES;
  }

  @Override
  public void awaitLetGo() throws Exception {
    over.close();
    Remains.await("the end of the connection", () -> !thread.isAlive());
  }

  @Override
  public void close() throws IOException {
    try {
      awaitLetGo();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
