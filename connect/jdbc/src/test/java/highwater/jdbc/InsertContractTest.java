package highwater.jdbc;

import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.PullTarget;
import java.nio.ByteBuffer;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/// The contract of targets: rows into a table, of PostgreSQL through a gate, and of the databases inside this process.
class InsertContractTest {
  private static PullTarget<ByteBuffer> target(DataSource source, String table) {
    return Hexadecimal.encoded(
        JdbcStreams.<ByteBuffer>insert(
                source,
                table,
                List.of("data"),
                (statement, chunk) -> {
                  var bytes = new byte[chunk.remaining()];
                  chunk.get(bytes);
                  statement.setBytes(1, bytes);
                })
            .weighedBy(ByteBuffer::remaining)
            .batchRows(10),
        false);
  }

  @Nested
  class OfPostgres extends TargetContract {
    @Override
    protected int cancels() {
      return 5;
    }

    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      return new PostgresTakingPeer(taking, 1) {
        @Override
        public PullTarget<ByteBuffer> target() {
          return InsertContractTest.target(source(), table());
        }
      };
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

  abstract static class InProcess extends TargetContract {
    abstract Database database();

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }

    @Override
    protected int cancels() {
      return 5;
    }

    @Override
    protected TakingPeer peer(Taking taking) throws Exception {
      var source = database().source();
      var table = PatternRows.empty(source, database().serial, database().bytes);
      return new TakingPeer() {
        @Override
        public PullTarget<ByteBuffer> target() {
          return InsertContractTest.target(source, table);
        }

        @Override
        public byte @Nullable [] whole() throws Exception {
          return PatternRows.content(source, table);
        }

        @Override
        public void close() {}
      };
    }
  }
}
