package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A connection of TLS as an origin, against a server of the JDK.
class TlsOriginContractTest extends OriginContract {
  @TempDir static Path keyFolder;
  private static TestKeys keys = TestKeys.NONE;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(keyFolder, "localhost");
  }

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    var trust = keys.trust();
    return new MeetingPeers.Gives(giving, new Meeting.Connecting(keys::servingPeer, connector -> connector.tls(trust)));
  }
}
