package highwater.jdbc;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The contract of origins: COPY out of PostgreSQL, through a gate.
class CopyOriginContractTest extends OriginContract {
  @Override
  protected GivingPeer peer(Giving giving) throws Exception {
    return new Peer(
        giving, PatternRows.table(PostgresServer.get().source(), "bytea", giving.totalBytes(), giving.untilBytes()));
  }

  @Override
  protected int cancels() {
    return 10;
  }

  private static final class Peer implements GivingPeer {
    private final PostgresGate gate;
    private final String table;

    Peer(Giving giving, String table) throws IOException {
      gate = new PostgresGate(giving, null, 2);
      this.table = table;
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return Hexadecimal.decoded(
          PostgresCopy.out(
              PostgresServer.source(gate.port()),
              "copy (select encode(data, 'hex') from " + table + " order by place) to stdout"));
    }

    @Override
    public long givenBytes() {
      return gate.given.get();
    }

    @Override
    public long outsideBytes() {
      return 8 << 20;
    }

    @Override
    public void awaitLetGo() {
      gate.awaitLetGo();
    }

    @Override
    public void close() throws IOException {
      gate.close();
    }
  }
}
