package highwater.net;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// A connection of a Unix domain socket as a target.
class UnixTargetContractTest extends TargetContract {
  @TempDir Path sockets;
  private int made;

  /// The system has no reset there: a run that fails looks like one that ends.
  @Override
  protected boolean tellsFailureFromEnd() {
    return false;
  }

  /// Nor can a peer that has read everything say anything but its end.
  @Override
  protected boolean hearsAnAnswer() {
    return false;
  }

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new MeetingPeers.Takes(taking, new Meeting.AtAPath(sockets.resolve("s" + made++)));
  }
}
