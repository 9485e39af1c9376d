package highwater.net;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;

/// A target that waits for its connection, against a client of `java.net`.
class TcpListenTargetContractTest extends TargetContract {
  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new MeetingPeers.Takes(taking, new Meeting.Listening(PeerSocket::plain, NetStreams.listen("127.0.0.1", 0)));
  }
}
