package highwater.interop;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A server that takes the bytes of one client: they are whole when the connection ends, and not when it is reset.
public final class TakingSocket implements TakingPeer {
  /// What each end asks the system for; it gives twice that, and some.
  public static final int BUFFER_BYTES = 64 << 10;

  /// More than the two ends' buffers ever hold then.
  private static final long OUTSIDE_BYTES = 1 << 20;

  private final Taking taking;
  private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final PullTarget<ByteBuffer> target;
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final Thread thread;
  private volatile long takenBytes;
  private volatile byte @Nullable [] whole;

  /// Starts one whose client writes as `target` says.
  public TakingSocket(Taking taking, Function<InetSocketAddress, PullTarget<ByteBuffer>> target) throws IOException {
    this.taking = taking;
    this.target = target.apply((InetSocketAddress) server.getLocalSocketAddress());
    server.setReceiveBufferSize(BUFFER_BYTES);
    thread = Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    try (server;
        var client = server.accept()) {
      var taken = take(client);
      switch (taking.then()) {
        case KEEP -> whole = taken;
        case DIE, REFUSE -> client.setSoLinger(true, 0);
        case STOP -> {
          letGo.await();
          client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
      }
    } catch (IOException | InterruptedException e) {
      // The connection was reset, or never made.
    }
  }

  private byte[] take(Socket client) throws IOException {
    var taken = new ByteArrayOutputStream();
    var piece = new byte[taking.pieceBytes()];
    while (takenBytes < taking.untilBytes()) {
      int length = (int) Math.min(piece.length, taking.untilBytes() - takenBytes);
      int read = client.getInputStream().read(piece, 0, length);
      if (read < 0) break;
      taken.write(piece, 0, read);
      takenBytes = taken.size();
    }
    return taken.toByteArray();
  }

  @Override
  public PullTarget<ByteBuffer> target() {
    return target;
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
    return OUTSIDE_BYTES;
  }

  @Override
  public void awaitLetGo() {
    letGo.countDown();
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
