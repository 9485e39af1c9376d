package highwater.http;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import org.junit.jupiter.api.Nested;

/// PUT keeps the contract of targets, whoever serves.
class HttpTargetContractTest {
  /// Each costs the time in which a server is known to have noticed.
  private static final int CANCELS = 8;

  @Nested
  class ToSockets extends TargetContract {
    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      return new TakingServer(RawServer::new, taking);
    }

    @Override
    protected int cancels() {
      return CANCELS;
    }
  }

  @Nested
  class ToTheJdk extends TargetContract {
    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      return new TakingServer(JdkServer::new, taking);
    }

    @Override
    protected int cancels() {
      return CANCELS;
    }
  }

  @Nested
  class ToJetty extends TargetContract {
    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      return new TakingServer(JettyServer::new, taking);
    }

    @Override
    protected int cancels() {
      return CANCELS;
    }
  }
}
