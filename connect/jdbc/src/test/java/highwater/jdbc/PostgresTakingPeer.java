package highwater.jdbc;

import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import java.io.IOException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A table of PostgreSQL that takes the pattern, through a gate; one that refuses does so at its first row or at the commit.
abstract class PostgresTakingPeer implements TakingPeer {
  private final PostgresGate gate;
  private final String table;
  private final int bytesEach;

  PostgresTakingPeer(Taking taking, int bytesEach) throws Exception {
    this.bytesEach = bytesEach;
    gate = new PostgresGate(null, taking, bytesEach);
    var server = PostgresServer.get();
    table = PatternRows.empty(server.source(), "serial primary key", "bytea");
    if (taking.then() != Taking.Then.REFUSE) return;
    server.execute(
        "create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused';"
            + " end $$");
    server.execute(
        taking.untilBytes() == 0
            ? "create trigger refuse before insert on " + table + " for each row execute function refuse()"
            : "create constraint trigger refuse after insert on "
                + table
                + " deferrable initially deferred for each row execute function refuse()");
  }

  final DataSource source() {
    return PostgresServer.source(gate.port());
  }

  final String table() {
    return table;
  }

  @Override
  public byte @Nullable [] whole() throws Exception {
    return PatternRows.content(PostgresServer.get().source(), table);
  }

  /// Transactions that still hold a lock on the table: the server notices the end of a client a little later.
  @Override
  public List<String> leftovers() {
    Remains.await(
        "the end of every transaction on " + table,
        () ->
            PostgresServer.get()
                .ask("select count(*) from pg_locks where relation = '" + table + "'::regclass")
                .equals("0"));
    return List.of();
  }

  @Override
  public long takenBytes() {
    return gate.taken.get() / bytesEach;
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
