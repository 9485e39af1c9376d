package highwater.http;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.PullOrigin;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/// A server as the contract's giving peer.
final class GivingServer implements GivingPeer {
  /// What loopback sockets can hold: the sender's buffer and the receiver's at their largest.
  private static final long SOCKET_BYTES = 10L << 20;

  private final AtomicLong given = new AtomicLong();
  private final Giving giving;
  private final boolean chunked;
  private final boolean noticesGone;
  private final TestServer server;

  GivingServer(TestServer.Maker maker, Giving giving, boolean chunked) throws Exception {
    this.giving = giving;
    this.chunked = chunked;
    server = maker.start(this::serve);
    noticesGone = server instanceof RawServer;
  }

  private void serve(TestServer.Call call) throws Exception {
    // One that announces a length and dies after its last byte has given all: it announces one more.
    long length = giving.totalBytes() + (giving.then() == Giving.Then.DIE ? 1 : 0);
    var out = call.respond(200, chunked ? -1 : length);
    Pattern.write(counted(out), 0, giving.untilBytes(), giving.pieceBytes());
    switch (giving.then()) {
      case END -> out.close();
      case DIE -> {
        out.flush();
        throw new IOException("dies");
      }
      case STOP -> {
        out.flush();
        call.awaitGone();
        throw new IOException("was let go");
      }
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
    return HttpStreams.get(server.uri("/data")).retries(0);
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
  public void awaitLetGo() {
    if (noticesGone) Remains.await("the end of the connection", () -> server.active() == 0);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
