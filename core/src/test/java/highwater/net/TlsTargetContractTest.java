package highwater.net;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A connection of TLS as a target, against a server of the JDK.
class TlsTargetContractTest extends TargetContract {
  @TempDir static Path keyFolder;
  private static TestKeys keys = TestKeys.NONE;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(keyFolder, "localhost");
  }

  @Override
  protected TakingPeer peer(Taking taking) throws Exception {
    var trust = keys.trust();
    return new MeetingPeers.Takes(taking, new Meeting.Connecting(keys::servingPeer, connector -> connector.tls(trust)));
  }
}
