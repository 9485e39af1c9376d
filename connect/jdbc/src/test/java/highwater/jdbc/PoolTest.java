package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import highwater.contract.Giving;
import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A HikariCP of one connection: whatever a run did with it, the next one finds it as new, and the server knows of nothing.
@Timeout(60)
class PoolTest {
  private static final AtomicInteger TABLES = new AtomicInteger();
  private static final int ROWS = 300_000;

  private final PostgresServer server = PostgresServer.get();
  private final String table = "pool" + TABLES.incrementAndGet();

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private static HikariDataSource pool(DataSource source) {
    var config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(20_000);
    return new HikariDataSource(config);
  }

  private static String ask(DataSource pool, String sql) throws SQLException {
    try (var connection = pool.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      assertThat(connection.getAutoCommit()).isTrue();
      result.next();
      return result.getString(1);
    }
  }

  private static String backend(DataSource pool) throws SQLException {
    return ask(pool, "select pg_backend_pid()");
  }

  /// The pool works, and the server sees its connection idle, outside of any transaction.
  private void assertAsNew(HikariDataSource pool) throws SQLException {
    var backend = backend(pool);
    assertThat(server.ask("select state from pg_stat_activity where pid = " + backend)).isEqualTo("idle");
    assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
  }

  private static final class Boom extends IOException {
    private static final long serialVersionUID = 1L;

    Boom() {
      super("boom");
    }
  }

  private static ByteBuffer line(int i) {
    return ByteBuffer.wrap((i + ",name of " + i + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Lines of CSV, and at `failAt` a failure.
  private static Origin<ByteBuffer> lines(int count, int failAt, AtomicLong given) {
    return Pipeline.from(
            Origin.fromIterable(
                () ->
                    new Iterator<Integer>() {
                      private int at;

                      @Override
                      public boolean hasNext() {
                        return at < count;
                      }

                      @Override
                      public Integer next() {
                        given.set(at);
                        if (at == failAt) throw new java.io.UncheckedIOException(new Boom());
                        return at++;
                      }
                    }))
        .map(PoolTest::line)
        .asOrigin();
  }

  private String copyIn() {
    server.execute("create table " + table + " (id integer primary key, name text)");
    return "copy " + table + " from stdin (format csv)";
  }

  private String count() {
    return server.ask("select count(*) from " + table);
  }

  @Test
  void aCopyThatFailsAtHalfLeavesNoRowAndItsConnectionWorks() throws Exception {
    try (var pool = pool(server.source())) {
      var before = backend(pool);
      var given = new AtomicLong();
      var copy = PostgresCopy.in(pool, copyIn());
      assertThatThrownBy(() -> Pipeline.from(lines(ROWS, ROWS / 2, given)).to(copy).run())
          .hasRootCauseInstanceOf(Boom.class);
      assertThat(given.get()).isEqualTo(ROWS / 2);
      assertThat(count()).isEqualTo("0");
      assertAsNew(pool);
      assertThat(backend(pool)).isEqualTo(before);
      Pipeline.from(lines(1000, -1, given)).to(copy).run();
      assertThat(count()).isEqualTo("1000");
    }
  }

  @Test
  void aCopyWithARowThatIsWrongLeavesNoneAndItsConnectionWorks() throws Exception {
    try (var pool = pool(server.source())) {
      var copy = PostgresCopy.in(pool, copyIn());
      server.execute("insert into " + table + " values (200000, 'there')");
      var failure = catchThrowable(() -> Pipeline.from(lines(ROWS, -1, new AtomicLong())).to(copy).run());
      assertThat(failure).isInstanceOf(PipelineException.class);
      assertThat(failure.getCause().getMessage())
          .startsWith("cannot write copy in at byte ")
          .contains("duplicate key")
          .contains("[23505]")
          .doesNotContain("\n");
      assertThat(count()).isEqualTo("1");
      assertAsNew(pool);
    }
  }

  @Test
  void aCopyIsSeenWhenAllHasSucceededAndNotBefore() throws Exception {
    try (var pool = pool(server.source())) {
      var copy = PostgresCopy.in(pool, copyIn());
      var given = new AtomicLong();
      var run = Pipeline.from(lines(ROWS, -1, given)).to(copy).start();
      Remains.await("half", () -> given.get() > ROWS / 2);
      assertThat(count()).isIn("0", Integer.toString(ROWS));
      run.join();
      assertThat(count()).isEqualTo(Integer.toString(ROWS));
    }
  }

  /// pgjdbc#3163, #4027: what is left of a COPY poisons the connection.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20})
  void aCopyOutThatIsNeededNoLongerIsDrained(int chunks) throws Exception {
    try (var pool = pool(server.source())) {
      var before = backend(pool);
      for (int i = 0; i < 5; i++) {
        var copy =
            PostgresCopy.out(pool, "copy (select n, repeat('x', 100) from generate_series(1, 500000) n) to stdout");
        assertThat(Pipeline.from(copy).take(chunks).count().run()).isEqualTo(chunks);
        assertAsNew(pool);
      }
      assertThat(backend(pool)).isEqualTo(before);
    }
  }

  @Test
  void aCopyOutThatIsCancelledAnywhereLeavesItsConnectionAsNew() throws Exception {
    try (var pool = pool(server.source())) {
      for (int i = 0; i < 20; i++) {
        int at = i * 3;
        var moved = new AtomicLong();
        var copy =
            PostgresCopy.out(pool, "copy (select n, repeat('x', 100) from generate_series(1, 500000) n) to stdout");
        var run = Pipeline.from(copy).to(Target.forEach(_ -> moved.incrementAndGet())).start();
        Remains.await("chunks", () -> moved.get() >= at);
        run.cancel("enough");
        assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
        assertAsNew(pool);
      }
    }
  }

  /// A cancel that comes late would hit what the connection does next.
  @Test
  void aCancelHitsNothingButItsOwnQuery() throws Exception {
    try (var pool = pool(server.source())) {
      for (int i = 0; i < 50; i++) {
        var moved = new AtomicLong();
        var query = JdbcStreams.query(pool, "select n, pg_sleep(0) from generate_series(1, 100000) n").fetchSize(100);
        var run = Pipeline.from(query).to(Target.forEach(_ -> moved.incrementAndGet())).start();
        int at = i * 7;
        Remains.await("rows", () -> moved.get() >= at);
        run.cancel("enough");
        assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
        for (int j = 0; j < 5; j++) assertThat(ask(pool, "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void aQueryThatEndsEarlyGivesItsConnectionBack() throws Exception {
    try (var pool = pool(server.source())) {
      var before = backend(pool);
      var query = JdbcStreams.query(pool, "select n from generate_series(1, 1000000) n");
      for (int i = 0; i < 5; i++) assertThat(Pipeline.from(query).take(10).count().run()).isEqualTo(10);
      assertAsNew(pool);
      assertThat(backend(pool)).isEqualTo(before);
    }
  }

  /// While more rows are fetched the cancel of a statement does nothing in this driver.
  @Test
  void aFetchThatTakesForEverIsCancelled() throws Exception {
    try (var pool = pool(server.source())) {
      var moved = new AtomicLong();
      var query =
          JdbcStreams.query(
                  pool,
                  "select case when n > 20 then pg_sleep(3600)::text else n::text end from generate_series(1, 30) n")
              .fetchSize(16);
      var run = Pipeline.from(query).to(Target.forEach(_ -> moved.incrementAndGet())).start();
      Remains.await("the first fetch", () -> moved.get() == 16);
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
      assertAsNew(pool);
    }
  }

  @Test
  void aServerThatBreaksOffIsAFailureAndThePoolGetsAnotherConnection() throws Exception {
    try (var pool = pool(server.source())) {
      var before = backend(pool);
      var kills =
          "copy (select case when n = 100000 then pg_terminate_backend(pg_backend_pid())::text else n::text end"
              + " from generate_series(1, 200000) n) to stdout";
      var failure =
          catchThrowable(() -> Pipeline.from(PostgresCopy.out(pool, kills)).to(Target.forEach(_ -> {})).run());
      assertThat(failure).isInstanceOf(PipelineException.class);
      assertThat(failure.getCause().getMessage()).startsWith("cannot read copy out at byte ").contains("(expected: ");
      assertAsNew(pool);
      assertThat(backend(pool)).isNotEqualTo(before);
    }
  }

  /// pgjdbc#4328, #4331: after a timeout the driver takes the COPY for over, while the server goes on with it.
  @Test
  void aCopyWhoseReadTimesOutDoesNotPoisonThePool() throws Exception {
    var source = server.source();
    source.setSocketTimeout(1);
    try (var pool = pool(source)) {
      var sleeps = "copy (select n, case when n = 3 then pg_sleep(3) end from generate_series(1, 100000) n) to stdout";
      assertThatThrownBy(() -> Pipeline.from(PostgresCopy.out(pool, sleeps)).to(Target.forEach(_ -> {})).run())
          .isInstanceOf(PipelineException.class);
      for (int i = 0; i < 3; i++) assertAsNew(pool);
    }
  }

  /// pgjdbc#363: a COPY whose connection broke kept its lock, and everything after it hung.
  @Test
  void aCopyWhoseConnectionBreaksDoesNotHoldThePool() throws Exception {
    try (var gate = new PostgresGate(null, Taking.until(2_000_000, Taking.Then.DIE), 1);
        var pool = pool(PostgresServer.source(gate.port()))) {
      var copy = PostgresCopy.in(pool, copyIn());
      assertThatThrownBy(() -> Pipeline.from(lines(ROWS, -1, new AtomicLong())).to(copy).run())
          .isInstanceOf(PipelineException.class);
      Remains.await("the return of the connection", () -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
      Remains.await("the server's undoing", () -> count().equals("0"));
    }
  }

  @Test
  void aConnectionThatIsStuckIsAbortedAndThePoolGetsAnother() throws Exception {
    var stuck = new PostgresGate(Giving.stopping(1 << 30, 1_000_000), null, 1);
    var source = PostgresServer.source(stuck.port());
    try (stuck;
        var pool = pool(source)) {
      var run =
          Pipeline.from(
                  PostgresCopy.out(pool, "copy (select repeat('x', 999) from generate_series(1, 10000)) to stdout"))
              .to(Target.forEach(_ -> {}))
              .start();
      Remains.await("the stop", () -> stuck.given.get() >= 1_000_000 / 2);
      var _ = Remains.awaitQuiet(stuck.given::get);
      source.setPortNumbers(new int[] {server.port()});
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
      Remains.await("the return of the connection", () -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
      assertAsNew(pool);
    }
  }

  @Test
  void aPoolWithoutAFreeConnectionIsWaitedForUntilTheCancel() throws Exception {
    try (var pool = pool(server.source());
        var taken = pool.getConnection()) {
      var run = Pipeline.from(JdbcStreams.query(pool, "select 1")).to(Target.forEach(_ -> {})).start();
      Remains.await("the wait", () -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
      assertThat(taken.isValid(1)).isTrue();
      Remains.await("nobody who waits", () -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0);
    }
  }

  @Test
  void insertsThatFailLeaveNothingAndTheirConnectionAsNew() throws Exception {
    try (var pool = pool(server.source())) {
      var _ = copyIn();
      var rows =
          Origin.fromIterable(List.of(Row.of(List.of("id", "name"), 1, "a"), Row.of(List.of("id", "name"), 1, "b")));
      var failure = catchThrowable(() -> Pipeline.from(rows).to(JdbcStreams.insert(pool, table)).run());
      assertThat(failure.getCause().getMessage()).startsWith("cannot write row 2 to table " + table);
      assertThat(count()).isEqualTo("0");
      assertAsNew(pool);
    }
  }

  /// A sink that waits for a lock of the server's is let go.
  @Test
  void anInsertThatWaitsForALockIsCancelled() throws Exception {
    try (var pool = pool(server.source());
        var locking = server.source().getConnection()) {
      var _ = copyIn();
      locking.setAutoCommit(false);
      try (var statement = locking.createStatement()) {
        statement.execute("lock table " + table + " in exclusive mode");
      }
      var rows = Origin.fromIterable(List.of(Row.of(List.of("id", "name"), 1, "a")));
      var run = Pipeline.from(rows).to(JdbcStreams.insert(pool, table)).start();
      Remains.await(
          "the wait",
          () ->
              server
                  .ask(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%"
                          + table
                          + "%'")
                  .equals("1"));
      run.cancel("enough");
      assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
      locking.rollback();
      assertThat(count()).isEqualTo("0");
      assertAsNew(pool);
    }
  }

  @Test
  void binaryCopyOfATableIntoAnotherIsExact() throws Exception {
    try (var pool = pool(server.source());
        var other = pool(server.source())) {
      Pipeline.from(lines(10_000, -1, new AtomicLong())).to(PostgresCopy.in(pool, copyIn())).run();
      server.execute("create table " + table + "b (like " + table + ")");
      Pipeline.from(PostgresCopy.out(pool, "copy " + table + " to stdout (format binary)"))
          .to(PostgresCopy.in(other, "copy " + table + "b from stdin (format binary)"))
          .run();
      assertThat(
              server.ask("select count(*) from (select * from %s except select * from %sb) x".formatted(table, table)))
          .isEqualTo("0");
      assertThat(server.ask("select count(*) from " + table + "b")).isEqualTo("10000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy %s from stdin", "select 1", "insert into %s values (1)", "copy %s to '/dev/null'"})
  void whatIsNoCopyOutIsRefusedInOneLineAndUndone(String sql) throws Exception {
    server.execute("create table " + table + " (id int)");
    try (var pool = pool(server.source())) {
      var origin = PostgresCopy.out(pool, sql.formatted(table)).named("rows");
      assertThatThrownBy(() -> Pipeline.from(origin).to(Target.<ByteBuffer>forEach(_ -> {})).run())
          .cause()
          .hasMessage(
              "cannot open rows: its statement begins no COPY out of the database (expected: COPY … TO STDOUT)");
      assertAsNew(pool);
      assertThat(server.ask("select count(*) from " + table)).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy %s to stdout", "select 1", "insert into %s values (1)", "copy %s to '/dev/null'"})
  void whatIsNoCopyInIsRefusedInOneLineAndUndone(String sql) throws Exception {
    server.execute("create table " + table + " (id int)");
    server.execute("insert into " + table + " select generate_series(1, 1000)");
    try (var pool = pool(server.source())) {
      var target = PostgresCopy.in(pool, sql.formatted(table)).named("rows");
      assertThatThrownBy(() -> Pipeline.from(Origin.values(ByteBuffer.allocate(1))).to(target).run())
          .cause()
          .hasMessage("cannot open rows: its statement begins no COPY into the database (expected: COPY … FROM STDIN)");
      assertAsNew(pool);
      assertThat(server.ask("select count(*) from " + table)).isEqualTo("1000");
    }
  }
}
