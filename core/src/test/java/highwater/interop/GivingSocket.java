package highwater.interop;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Function;

/// A server that gives its bytes to one client, and dies by a reset.
public final class GivingSocket implements GivingPeer {
  /// More than the two ends' buffers ever hold.
  private static final long OUTSIDE_BYTES = 8 << 20;

  private final Giving giving;
  private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final PullOrigin<ByteBuffer> origin;
  private final Thread thread;
  private volatile long givenBytes;

  /// Starts one whose clients read as `origin` says.
  public GivingSocket(Giving giving, Function<InetSocketAddress, PullOrigin<ByteBuffer>> origin) throws IOException {
    this.giving = giving;
    this.origin = origin.apply((InetSocketAddress) server.getLocalSocketAddress());
    thread = Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    try (server;
        var client = server.accept()) {
      give(client);
      switch (giving.then()) {
        case END -> {}
        case DIE -> client.setSoLinger(true, 0);
        case STOP -> {
          var _ = client.getInputStream().read();
        }
      }
    } catch (IOException e) {
      // It was let go, or never asked.
    }
  }

  private void give(Socket client) throws IOException {
    var out = client.getOutputStream();
    while (givenBytes < giving.untilBytes()) {
      long next = Math.min(giving.untilBytes(), givenBytes + giving.pieceBytes());
      Pattern.write(out, givenBytes, next, giving.pieceBytes());
      givenBytes = next;
    }
  }

  @Override
  public PullOrigin<ByteBuffer> origin() {
    return origin;
  }

  @Override
  public long givenBytes() {
    return givenBytes;
  }

  @Override
  public long outsideBytes() {
    return OUTSIDE_BYTES;
  }

  @Override
  public void awaitLetGo() {
    knock();
    Remains.await("the end of the connection", () -> !thread.isAlive());
  }

  /// Resets a connection behind the one that matters: a run that was over at once has made none.
  private void knock() {
    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Nobody waits for one.
    }
  }

  @Override
  public void close() throws IOException {
    awaitLetGo();
  }
}
