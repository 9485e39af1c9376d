package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Queries and tables of each database: what is read and written, and how its connection is left.
@Timeout(60)
class DatabasesTest {
  private static final AtomicInteger TABLES = new AtomicInteger();

  private final String table = "t" + TABLES.incrementAndGet();

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private record Item(int id, String name) {}

  private static void bind(java.sql.PreparedStatement statement, Item item) throws SQLException {
    statement.setInt(1, item.id);
    statement.setString(2, item.name);
  }

  private static Origin<Item> items(int count) {
    return Origin.fromIterable(() -> IntStream.rangeClosed(1, count).mapToObj(i -> new Item(i, "n" + i)).iterator());
  }

  private void create(Database database) throws SQLException {
    database.execute("create table " + table + " (id integer primary key, name varchar(100) not null)");
  }

  private String count(Database database) throws SQLException {
    return database.ask("select count(*) from " + table);
  }

  private InsertTarget<Item> into(Database database) {
    return JdbcStreams.insert(database.source(), table, List.of("id", "name"), DatabasesTest::bind);
  }

  private void fill(Database database, int count) throws SQLException {
    create(database);
    Pipeline.from(items(count)).to(into(database)).run();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsInsertedIsWhatAQueryGives(Database database) throws Exception {
    fill(database, 2500);
    var read = new ArrayList<Item>();
    Pipeline.from(
            JdbcStreams.query(database.source(), "select id, name from " + table + " where id > ? order by id", 10)
                .map(result -> new Item(result.getInt(1), result.getString(2))))
        .to(Target.forEach(read::add))
        .run();
    assertThat(read).hasSize(2490).startsWith(new Item(11, "n11")).endsWith(new Item(2500, "n2500"));
  }

  @ParameterizedTest
  @EnumSource
  void rowsHaveTheirColumnsAndSimpleValues(Database database) throws Exception {
    database.execute(
        "create table " + table + " (id integer, name varchar(100), data " + database.bytes + ", x double precision)");
    var rows =
        List.of(
            Row.of(List.of("ID", "name", "data", "x"), 1, "ü\n\"q\", x", new byte[] {0, -1}, 1.5),
            Row.of(List.of("ID", "name", "data", "x"), 2, "", null, null));
    Pipeline.from(Origin.fromIterable(rows)).to(JdbcStreams.insert(database.source(), table)).run();
    var read = new ArrayList<Row>();
    Pipeline.from(JdbcStreams.query(database.source(), "select * from " + table + " order by id"))
        .to(Target.forEach(read::add))
        .run();
    var columns = List.of("id", "name", "data", "x");
    assertThat(read)
        .containsExactly(
            Row.of(columns, 1, "ü\n\"q\", x", new byte[] {0, -1}, 1.5), Row.of(columns, 2, "", null, null));
    assertThat(read.getFirst().value("NAME")).isEqualTo("ü\n\"q\", x");
  }

  @ParameterizedTest
  @EnumSource
  void oneTransactionIsSeenWhenAllHasSucceeded(Database database) throws Exception {
    create(database);
    var seen = new ArrayList<String>();
    var slow =
        Origin.fromIterable(
            () ->
                IntStream.rangeClosed(1, 500)
                    .mapToObj(
                        i -> {
                          if (i == 400) seen.add(unchecked(() -> count(database)));
                          return new Item(i, "n");
                        })
                    .iterator());
    Pipeline.from(slow).to(into(database).batchRows(10)).run();
    assertThat(seen).containsExactly("0");
    assertThat(count(database)).isEqualTo("500");
  }

  private interface Asking {
    String ask() throws SQLException;
  }

  private static String unchecked(Asking asking) {
    try {
      return asking.ask();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theRowThatIsRefusedIsNamedAndNothingStays(Database database) throws Exception {
    create(database);
    database.execute("insert into " + table + " values (1234, 'there')");
    var failure = catchThrowable(() -> Pipeline.from(items(3000)).to(into(database)).run());
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(failure.getCause().getMessage())
        .startsWith("cannot write row 1,234 to table " + table + ", nothing of it stays: ")
        .contains("(expected: ")
        .doesNotContain("\n")
        .doesNotContain("insert into");
    assertThat(count(database)).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource
  void withATransactionForEachBatchThoseBeforeAFailureStay(Database database) throws Exception {
    create(database);
    database.execute("insert into " + table + " values (257, 'there')");
    var failure =
        catchThrowable(() -> Pipeline.from(items(3000)).to(into(database).batchRows(100).commitEachBatch()).run());
    assertThat(failure.getCause().getMessage())
        .startsWith("cannot write row 257 to table " + table + ", those up to 200 stay: ");
    assertThat(count(database)).isEqualTo("201");
  }

  @ParameterizedTest
  @EnumSource
  void anUpsertReplacesWhatHasTheSameKey(Database database) throws Exception {
    fill(database, 10);
    Pipeline.from(Origin.fromIterable(List.of(new Item(3, "new"), new Item(11, "more"))))
        .to(into(database).upsert("ID"))
        .run();
    assertThat(database.ask("select name from " + table + " where id = 3")).isEqualTo("new");
    assertThat(count(database)).isEqualTo("11");
  }

  @ParameterizedTest
  @EnumSource
  void aWrongTableOrColumnIsSaidInOneLine(Database database) throws Exception {
    create(database);
    var noColumn = JdbcStreams.insert(database.source(), table, List.of("id", "nme"), DatabasesTest::bind);
    assertThatThrownBy(() -> Pipeline.from(items(1)).to(noColumn).run())
        .cause()
        .hasMessage(table + " has no column nme (expected: one of id, name; mend the name)");
    var noTable = JdbcStreams.insert(database.source(), "nowhere", List.of("id", "name"), DatabasesTest::bind);
    var failure = catchThrowable(() -> Pipeline.from(items(1)).to(noTable).run());
    assertThat(failure.getCause().getMessage())
        .startsWith("cannot open table nowhere: ")
        .contains("(expected: ")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @EnumSource
  void aQueryThatIsNeededNoLongerIsLetGo(Database database) throws Exception {
    fill(database, 5000);
    var first =
        Pipeline.from(JdbcStreams.query(database.source(), "select id from " + table + " order by id"))
            .take(3)
            .toList(10)
            .run();
    assertThat(first).hasSize(3);
    assertThat(count(database)).isEqualTo("5000");
  }

  @ParameterizedTest
  @EnumSource
  void aStatementThatTakesForEverIsCancelled(Database database) throws Exception {
    var endless =
        switch (database) {
          case POSTGRESQL -> "select pg_sleep(3600)";
          case SQLITE -> "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
          case H2 ->
              "select count(*) from system_range(1, 1000000) a, system_range(1, 1000000) b where a.\"X\" + b.\"X\" < 0";
        };
    var run = Pipeline.from(JdbcStreams.query(database.source(), endless)).to(Target.forEach(_ -> {})).start();
    Remains.await("the reader", () -> Remains.threads().contains("highwater-reader of query"));
    var _ = Remains.awaitQuiet(() -> Remains.threads().size());
    run.cancel("enough");
    assertThat(catchThrowable(run::join)).isInstanceOf(CancelledException.class);
    assertThat(database.ask("select 1")).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource
  void whatAQueryChangesIsUndoneWhereTheRunFails(Database database) throws Exception {
    fill(database, 5);
    var sql =
        database == Database.H2
            ? "select id from old table (delete from " + table + ")"
            : "delete from " + table + " returning id";
    var taking = JdbcStreams.query(database.source(), sql);
    assertThatThrownBy(
            () ->
                Pipeline.from(taking)
                    .to(
                        Target.forEach(
                            _ -> {
                              throw new IllegalStateException("boom");
                            }))
                    .run())
        .hasRootCauseMessage("boom");
    assertThat(count(database)).isEqualTo("5");
    Pipeline.from(taking).to(Target.forEach(_ -> {})).run();
    assertThat(count(database)).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionComesBackAsItWas(Database database) throws Exception {
    fill(database, 1000);
    try (var connection = database.source().getConnection()) {
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        var lent = new LentSource(connection);
        Pipeline.from(JdbcStreams.query(lent, "select id from " + table)).to(Target.forEach(_ -> {})).run();
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat(connection.isClosed()).isFalse();
        if (database == Database.H2) assertThat(isLazy(connection)).isFalse();
      }
    }
  }

  private static boolean isLazy(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "select SETTING_VALUE from INFORMATION_SCHEMA.SETTINGS where SETTING_NAME = 'LAZY_QUERY_EXECUTION'")) {
      return result.next() && result.getString(1).equalsIgnoreCase("TRUE");
    }
  }

  @ParameterizedTest
  @EnumSource
  void csvGoesOutAndInUnchanged(Database database) throws Exception {
    create(database);
    database.execute("create table " + table + "b (id integer, name varchar(100), x double precision)");
    var csv = "id,name,x\n1,\"a,b\",1.5\n2,\"\",\n3,\"say \"\"x\"\"\nü\",-2.0\n4,,\n";
    write(database, table + "b", csv);
    assertThat(database.ask("select count(*) from " + table + "b where name is null")).isEqualTo("1");
    assertThat(read(CsvOrigin.of(JdbcStreams.query(database.source(), "select * from " + table + "b order by id"))))
        .isEqualTo(csv);
    assertThat(read(CsvOrigin.of(JdbcStreams.query(database.source(), "select id, name from " + table))))
        .isEqualTo("id,name\n");
  }

  private static void write(Database database, String table, String csv) {
    Pipeline.from(Origin.values(ByteBuffer.wrap(csv.getBytes(StandardCharsets.UTF_8))))
        .to(CsvTarget.into(JdbcStreams.insert(database.source(), table)))
        .run();
  }

  private static String read(CsvOrigin origin) {
    var text = new java.io.ByteArrayOutputStream();
    Pipeline.from(origin)
        .to(
            Target.forEach(
                chunk -> {
                  var bytes = new byte[chunk.remaining()];
                  chunk.get(bytes);
                  text.writeBytes(bytes);
                }))
        .run();
    return text.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void csvThatIsNoneIsRefusedWithItsRow(Database database) throws Exception {
    create(database);
    assertThatThrownBy(() -> write(database, table, "")).cause().hasMessageStartingWith("no header in the CSV for ");
    assertThatThrownBy(() -> write(database, table, "id,name\n1,a\n2\n"))
        .cause()
        .hasMessageStartingWith("row 2 (line 3) to table " + table + " has 1 fields (expected: 2,");
    assertThatThrownBy(() -> write(database, table, "id,name\n1,a\n2,\"" + "x".repeat(1_100_000)))
        .cause()
        .hasMessageContaining("look for a quote that is not closed");
    for (var cut :
        List.of(
            "id,name\n1,a\n2,\"b",
            "id,name\n1,\"say \"\"hi\"\"",
            "id,name\n1,\"\"\"",
            "id,name\n1,\"\"\"\n",
            "id,name\n1,\"a\"\n2,\"b\n",
            "id,name\n2,\"b\r\n",
            "id,\"name")) {
      assertThatThrownBy(() -> write(database, table, cut))
          .cause()
          .hasMessageStartingWith("the CSV for table " + table + " ends within quotes (expected: ");
    }
    assertThat(count(database)).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource
  void theFullBatchesOfCsvBeforeARowThatIsNoneStay(Database database) throws Exception {
    create(database);
    var target = CsvTarget.into(JdbcStreams.insert(database.source(), table).batchRows(2).commitEachBatch());
    var csv = ByteBuffer.wrap("id,name\n1,a\n2,b\n3,c\n4,d\n5\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Pipeline.from(Origin.values(csv)).to(target).run())
        .cause()
        .hasMessageStartingWith("row 5 (line 6) to table " + table + " has 1 fields (expected: 2,");
    assertThat(count(database)).isEqualTo("4");
  }

  @ParameterizedTest
  @EnumSource
  void aRowWithOtherColumnsIsNamedAndNothingStays(Database database) throws Exception {
    create(database);
    var rows = new ArrayList<Row>();
    for (int i = 1; i <= 1233; i++) rows.add(Row.of(List.of("id", "name"), i, "n"));
    rows.add(Row.of(List.of("name", "id"), "n", 1234));
    assertThatThrownBy(
            () -> Pipeline.from(Origin.fromIterable(rows)).to(JdbcStreams.insert(database.source(), table)).run())
        .cause()
        .hasMessage(
            "row 1,234 to table %s has the columns name, id (expected: those of the first, id, name)".formatted(table));
    assertThat(count(database)).isEqualTo("0");
  }

  /// Quotes stand only around fields, and twice inside: a cut behind an odd number of them is within one.
  @Test
  void csvIsRefusedWhereverItIsCutWithinQuotes() throws Exception {
    var database = Database.H2;
    create(database);
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var signs = List.of("\"\"", "\"\"", "\n", "\r\n", ",", "ü", "a");
    for (int trial = 0; trial < 12; trial++) {
      var csv = new StringBuilder("\"id\",\"name\"\n");
      for (int row = 1; row <= 3; row++) {
        csv.append(row).append(",\"");
        for (int i = random.nextInt(6); i > 0; i--) csv.append(signs.get(random.nextInt(signs.size())));
        csv.append("\"").append(random.nextBoolean() ? "\n" : "\r\n");
      }
      for (int end = 1; end <= csv.length(); end++) {
        var cut = csv.substring(0, end);
        boolean within = cut.chars().filter(sign -> sign == '"').count() % 2 == 1;
        var failure = catchThrowable(() -> write(database, table, cut));
        var which = "seed %d: %s".formatted(seed, cut);
        if (within) assertThat(failure).as(which).rootCause().hasMessageContaining(" ends within quotes (expected: ");
        else if (failure != null) assertThat(failure).as(which).rootCause().hasMessageNotContaining("within quotes");
        else if (end == csv.length()) assertThat(count(database)).as(which).isEqualTo("3");
        database.execute("delete from " + table);
      }
    }
  }

  /// Spreadsheets write a mark before the text; and each line's end is one.
  @ParameterizedTest
  @EnumSource
  void csvMayHaveAMarkBeforeItAndAnyLineEnd(Database database) throws Exception {
    create(database);
    int rows = 0;
    for (var end : List.of("", "\n", "\r\n", "\r")) {
      write(database, table, "\uFEFFid,name\n" + rows++ + ",\"a\"" + end);
    }
    assertThat(count(database)).isEqualTo("4");
    assertThat(database.ask("select count(*) from " + table + " where name = 'a'")).isEqualTo("4");
  }

  @ParameterizedTest
  @EnumSource
  void aRowThatWeighsMoreThanABatchIsRefused(Database database) throws Exception {
    create(database);
    var rows = Origin.fromIterable(List.of(Row.of(List.of("id", "name"), 1, "x".repeat(90))));
    assertThatThrownBy(() -> Pipeline.from(rows).to(JdbcStreams.insert(database.source(), table).batchBytes(100)).run())
        .cause()
        .hasMessageContaining("row 1 to table " + table + " weighs ")
        .hasMessageContaining("batchBytes");
  }
}
