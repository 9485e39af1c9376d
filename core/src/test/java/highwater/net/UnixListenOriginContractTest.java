package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// An origin that waits for a connection of a Unix domain socket.
class UnixListenOriginContractTest extends OriginContract {
  @TempDir Path sockets;
  private int made;

  /// The system has no reset there: whoever dies looks like one that ends.
  @Override
  protected boolean tellsDeathFromEnd() {
    return false;
  }

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new MeetingPeers.Gives(giving, new Meeting.ListeningAtAPath(sockets.resolve("s" + made++)));
  }
}
