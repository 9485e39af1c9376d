package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.interop.GivingSocket;

/// A connection of TCP as an origin, against a server of `java.net`.
class TcpOriginContractTest extends OriginContract {
  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new GivingSocket(giving, server -> NetStreams.connect(server).origin());
  }
}
