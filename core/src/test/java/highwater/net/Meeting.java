package highwater.net;

import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;

/// How the end under test and its peer find each other: one of them listens.
///
/// The peers' buffers in the system are small, so that what rests there can be bounded.
sealed interface Meeting extends AutoCloseable {
  int BUFFER_BYTES = 64 << 10;

  /// Waits for the peer's end of the next connection; throws when [#stop()] was called.
  PeerSocket meet() throws IOException;

  PullOrigin<ByteBuffer> origin();

  PullTarget<ByteBuffer> target();

  /// Nobody will come any more.
  void stop() throws IOException;

  @Override
  default void close() throws IOException {
    stop();
  }

  /// What makes a peer of a connection.
  interface Wrapping {
    PeerSocket wrap(Socket socket) throws IOException;
  }

  /// The peer listens, the end under test connects.
  final class Connecting implements Meeting {
    private final ServerSocket server = new ServerSocket();
    private final Wrapping wrapping;
    private final Connector connector;

    Connecting(Wrapping wrapping, UnaryOperator<Connector> settings) throws IOException {
      this.wrapping = wrapping;
      server.setReceiveBufferSize(BUFFER_BYTES);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
      connector = settings.apply(NetStreams.connect("localhost", server.getLocalPort()).systemBuffers(BUFFER_BYTES, 0));
    }

    @Override
    public PeerSocket meet() throws IOException {
      var socket = server.accept();
      try {
        return wrapping.wrap(socket);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return connector.origin();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return connector.target();
    }

    @Override
    public void stop() throws IOException {
      server.close();
    }
  }

  /// The end under test listens, the peer connects.
  final class Listening implements Meeting {
    private static final SocketAddress NOBODY = new InetSocketAddress(0);

    private final BlockingQueue<SocketAddress> addresses = new ArrayBlockingQueue<>(10);
    private final Wrapping wrapping;
    private final Listener listener;

    Listening(Wrapping wrapping, Listener listener) {
      this.wrapping = wrapping;
      this.listener = listener.systemBuffers(BUFFER_BYTES, 0).onListening(addresses::add);
    }

    @Override
    public PeerSocket meet() throws IOException {
      try {
        var address = addresses.take();
        if (address == NOBODY) throw new IOException("nobody listens");
        var socket = new Socket();
        socket.setReceiveBufferSize(BUFFER_BYTES);
        try {
          socket.connect(address);
          return wrapping.wrap(socket);
        } catch (IOException e) {
          socket.close();
          throw e;
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return listener.origin();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return listener.target();
    }

    @Override
    public void stop() {
      addresses.add(NOBODY);
    }
  }

  /// The peer listens at a path.
  final class AtAPath implements Meeting {
    private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final Connector connector;

    AtAPath(Path path) throws IOException {
      server.bind(UnixDomainSocketAddress.of(path));
      connector = NetStreams.connect(path).systemBuffers(BUFFER_BYTES, 0);
    }

    @Override
    public PeerSocket meet() throws IOException {
      var channel = server.accept();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      return PeerSocket.unix(channel);
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return connector.origin();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return connector.target();
    }

    @Override
    public void stop() throws IOException {
      server.close();
    }
  }

  /// The end under test listens at a path.
  final class ListeningAtAPath implements Meeting {
    private static final SocketAddress NOBODY = new InetSocketAddress(0);

    private final BlockingQueue<SocketAddress> addresses = new ArrayBlockingQueue<>(10);
    private final Listener listener;

    ListeningAtAPath(Path path) {
      listener = NetStreams.listen(path).systemBuffers(BUFFER_BYTES, 0).onListening(addresses::add);
    }

    @Override
    public PeerSocket meet() throws IOException {
      try {
        var address = addresses.take();
        if (address == NOBODY) throw new IOException("nobody listens");
        return PeerSocket.unix(SocketChannel.open(address));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return listener.origin();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return listener.target();
    }

    @Override
    public void stop() {
      addresses.add(NOBODY);
    }
  }
}
