package highwater.interop;

import highwater.blocking.CallThread;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/// The stream of a socket as a target, undone by a reset.
class OutputStreamTargetContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new TakingSocket(
        taking,
        server ->
            JavaIo.toOutputStream(() -> new SocketStream(server), OutputStreamTargetContractTest::reset)
                .on(CallThread.VIRTUAL));
  }

  private static void reset(OutputStream stream) throws IOException {
    ((SocketStream) stream).reset();
  }

  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }

  /// Knows its socket.
  private static final class SocketStream extends FilterOutputStream {
    private final Socket socket;

    SocketStream(InetSocketAddress server) throws IOException {
      this(new Socket(server.getAddress(), server.getPort()));
    }

    private SocketStream(Socket socket) throws IOException {
      super(socket.getOutputStream());
      this.socket = socket;
      socket.setSendBufferSize(TakingSocket.BUFFER_BYTES);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
