package highwater.http;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A server as the contract's taking peer: what it takes for whole is a body that came to its end.
final class TakingServer implements TakingPeer {
  private static final long SOCKET_BYTES = 10L << 20;

  private final AtomicLong taken = new AtomicLong();
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final Taking taking;
  private final TestServer server;
  private volatile byte @Nullable [] whole;

  TakingServer(TestServer.Maker maker, Taking taking) throws Exception {
    this.taking = taking;
    server = maker.start(this::serve);
  }

  private void serve(TestServer.Call call) throws Exception {
    var body = call.body();
    var kept = new ByteArrayOutputStream();
    var piece = new byte[taking.pieceBytes()];
    while (kept.size() < taking.untilBytes()) {
      int read = body.read(piece, 0, (int) Math.min(piece.length, taking.untilBytes() - kept.size()));
      if (read < 0) break;
      kept.write(piece, 0, read);
      taken.addAndGet(read);
    }
    switch (taking.then()) {
      case KEEP -> {
        body.transferTo(kept);
        whole = kept.toByteArray();
        call.respond(201, 0).close();
      }
      case REFUSE -> {
        body.readAllBytes();
        var words = "no such bucket\nhere".getBytes(StandardCharsets.UTF_8);
        try (var out = call.respond(403, words.length)) {
          out.write(words);
        }
      }
      case DIE -> throw new IOException("dies");
      case STOP -> {
        letGo.await();
        // Must be a failure, or the body would have been whole.
        body.transferTo(kept);
        whole = kept.toByteArray();
      }
    }
  }

  @Override
  public PullTarget<ByteBuffer> target() {
    return HttpStreams.put(server.uri("/data"));
  }

  @Override
  public byte @Nullable [] whole() {
    Remains.awaitQuiet(server::active);
    Remains.await("the end of every request", () -> server.active() == 0);
    return whole;
  }

  @Override
  public long takenBytes() {
    return taken.get();
  }

  @Override
  public long outsideBytes() {
    return SOCKET_BYTES;
  }

  @Override
  public void awaitLetGo() {
    letGo.countDown();
    Remains.await("the end of every request", () -> server.active() == 0);
  }

  @Override
  public void close() throws IOException {
    letGo.countDown();
    server.close();
  }
}
