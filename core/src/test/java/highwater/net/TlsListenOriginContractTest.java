package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// An origin that waits for a connection of TLS, against a client of the JDK.
class TlsListenOriginContractTest extends OriginContract {
  @TempDir static Path keyFolder;
  private static TestKeys keys = TestKeys.NONE;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TestKeys.make(keyFolder, "localhost");
  }

  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new MeetingPeers.Gives(
        giving, new Meeting.Listening(keys::connectingPeer, NetStreams.listen("127.0.0.1", 0).tls(keys.serving())));
  }
}
