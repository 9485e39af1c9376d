package highwater.jdbc;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.pipeline.PullOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

/// The contract of origins: the rows of a query, of PostgreSQL through a gate, and of the databases inside this process.
class QueryContractTest {
  private static PullOrigin<ByteBuffer> origin(DataSource source, String table, int fetchRows) {
    return JdbcStreams.query(source, "select data from " + table + " order by place")
        .<ByteBuffer>map(result -> ByteBuffer.wrap(result.getBytes(1)))
        .weighedBy(ByteBuffer::remaining)
        .rowAtMost(PatternRows.ROW_BYTES)
        .fetchSize(fetchRows);
  }

  @Nested
  class OfPostgres extends OriginContract {
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
        gate = new PostgresGate(giving, null, 1);
        this.table = table;
      }

      @Override
      public PullOrigin<ByteBuffer> origin() {
        return QueryContractTest.origin(PostgresServer.source(gate.port()), table, 1);
      }

      @Override
      public long givenBytes() {
        return gate.given.get();
      }

      @Override
      public long outsideBytes() {
        // None: the server gives what it is asked for.
        return 0;
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

  @Nested
  class OfSqlite extends InProcess {
    @Override
    Database database() {
      return Database.SQLITE;
    }
  }

  @Nested
  class OfH2 extends InProcess {
    @Override
    Database database() {
      return Database.H2;
    }
  }

  abstract static class InProcess extends OriginContract {
    abstract Database database();

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }

    @Override
    protected GivingPeer peer(Giving giving) throws Exception {
      var source = database().source();
      var table = PatternRows.table(source, database().bytes, giving.totalBytes(), giving.untilBytes());
      return new GivingPeer() {
        @Override
        public PullOrigin<ByteBuffer> origin() {
          return QueryContractTest.origin(source, table, 100);
        }

        @Override
        public long givenBytes() {
          return -1;
        }

        @Override
        public long outsideBytes() {
          return 0;
        }

        @Override
        public void close() {}
      };
    }
  }
}
