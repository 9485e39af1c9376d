package highwater.http;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import org.junit.jupiter.api.Nested;

/// GET keeps the contract of origins, whoever serves.
class HttpOriginContractTest {
  @Nested
  class ChunksOfSockets extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new GivingServer(RawServer::new, giving, true);
    }
  }

  @Nested
  class LengthOfSockets extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new GivingServer(RawServer::new, giving, false);
    }
  }

  @Nested
  class ChunksOfTheJdk extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new GivingServer(JdkServer::new, giving, true);
    }
  }

  @Nested
  class ChunksOfJetty extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new GivingServer(JettyServer::new, giving, true);
    }
  }

  @Nested
  class LengthOfJetty extends OriginContract {
    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      return new GivingServer(JettyServer::new, giving, false);
    }
  }
}
