package highwater.interop;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/// The channel of a socket as a target: a reset tells of a failure without being asked for.
class SocketTargetContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new TakingSocket(taking, server -> JavaIo.toChannel(() -> connect(server)));
  }

  private static SocketChannel connect(InetSocketAddress server) throws IOException {
    var channel = SocketChannel.open().setOption(StandardSocketOptions.SO_SNDBUF, TakingSocket.BUFFER_BYTES);
    channel.connect(server);
    return channel;
  }

  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }
}
