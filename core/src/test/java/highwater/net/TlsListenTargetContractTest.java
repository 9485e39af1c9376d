package highwater.net;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A target that waits for a connection of TLS, against a client of the JDK.
class TlsListenTargetContractTest extends TargetContract {
  @TempDir static Path keyFolder;
  private static TestKeys keys = TestKeys.NONE;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(keyFolder, "localhost");
  }

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    return new MeetingPeers.Takes(
        taking, new Meeting.Listening(keys::connectingPeer, NetStreams.listen("127.0.0.1", 0).tls(keys.serving())));
  }
}
