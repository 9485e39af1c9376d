package highwater.net;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.interop.TakingSocket;

/// A connection of TCP as a target, against a server of `java.net`: its end is the peer's answer, a reset tells of a failure.
class TcpTargetContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new TakingSocket(
        taking, server -> NetStreams.connect(server).systemBuffers(TakingSocket.BUFFER_BYTES, 0).target());
  }
}
