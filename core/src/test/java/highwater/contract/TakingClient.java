package highwater.contract;

import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client that takes the response of a server whose handler makes the target under test: whole is a body of status 200 that
/// came to its end.
public final class TakingClient implements TakingPeer {
  /// What the sockets of both sides hold at most.
  private static final long SOCKET_BYTES = 10L << 20;

  private final Taking taking;
  private final RawClient client;
  private final CompletableFuture<PullTarget<ByteBuffer>> recipe;
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final Thread thread;
  private volatile long takenBytes;
  private volatile byte @Nullable [] whole;

  /// Asks for `path` of the server at `port`; `recipe` is completed by its handler.
  public TakingClient(Taking taking, int port, String path, CompletableFuture<PullTarget<ByteBuffer>> recipe)
      throws IOException {
    this.taking = taking;
    this.recipe = recipe;
    client = new RawClient(port);
    client.head("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close");
    thread = Thread.ofVirtual().start(this::take);
  }

  private void take() {
    try (client) {
      target();
      if (taking.untilBytes() == 0 && taking.then() == Taking.Then.DIE) {
        client.reset();
        return;
      }
      if (taking.untilBytes() == 0) letGo.await();
      take(client.answer());
    } catch (IOException | InterruptedException e) {
      // The response broke off, or there was none.
    }
  }

  private void take(InputStream body) throws IOException, InterruptedException {
    var taken = new ByteArrayOutputStream();
    var piece = new byte[taking.pieceBytes()];
    while (taken.size() < taking.untilBytes()) {
      int read = body.read(piece, 0, (int) Math.min(piece.length, taking.untilBytes() - taken.size()));
      if (read < 0) break;
      taken.write(piece, 0, read);
      takenBytes = taken.size();
    }
    if (taking.then() == Taking.Then.DIE) {
      client.reset();
      return;
    }
    if (taking.then() == Taking.Then.STOP) letGo.await();
    // Must fail where the run did, or the body would have been whole.
    body.transferTo(taken);
    if (client.status() == 200) whole = taken.toByteArray();
  }

  @Override
  public PullTarget<ByteBuffer> target() {
    return recipe.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Override
  public byte @Nullable [] whole() {
    awaitLetGo();
    return whole;
  }

  @Override
  public long takenBytes() {
    return takenBytes;
  }

  @Override
  public long outsideBytes() {
    return SOCKET_BYTES;
  }

  @Override
  public void awaitLetGo() {
    letGo.countDown();
    Remains.await("the end of the connection", () -> !thread.isAlive());
  }

  @Override
  public void close() throws IOException {
    letGo.countDown();
    client.close();
    awaitLetGo();
  }
}
