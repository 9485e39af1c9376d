package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;

/// An origin that waits for its connection, against a client of `java.net`.
class TcpListenOriginContractTest extends OriginContract {
  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new MeetingPeers.Gives(giving, new Meeting.Listening(PeerSocket::plain, NetStreams.listen("127.0.0.1", 0)));
  }
}
