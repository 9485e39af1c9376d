package highwater.interop;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import java.nio.channels.SocketChannel;

/// The channel of a socket as an origin, read by a platform thread.
class SocketOriginContractTest extends OriginContract {
  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new GivingSocket(giving, server -> JavaIo.fromChannel(() -> SocketChannel.open(server)));
  }
}
