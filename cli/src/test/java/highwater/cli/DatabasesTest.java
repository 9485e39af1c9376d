package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.contract.Remains;
import highwater.jdbc.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Databases under the command: what the user types, what he reads, and what the database then holds.
@Timeout(180)
class DatabasesTest {
  private static final PostgresServer POSTGRES = PostgresServer.get();
  private static final String SHOP = "jdbc:sqlite:shop.db";
  private static final String CSV =
      """
      id,name,price
      1,"a ""quoted"", one",1.5
      2,,2.5
      3,"",
      4,grün ☃,4.0
      """;

  @TempDir Path folder;

  @BeforeEach
  void makeTables() {
    sqlite("create table orders (id integer primary key, name text, price real)");
    POSTGRES.execute("drop table if exists orders");
    POSTGRES.execute("create table orders (id integer primary key, name text, price numeric(12, 1))");
  }

  // What the databases hold.

  private void sqlite(String sql) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private int sqliteRows() {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        var statement = connection.createStatement();
        var result = statement.executeQuery("select count(*) from orders")) {
      result.next();
      return result.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static int postgresRows() {
    return Integer.parseInt(POSTGRES.ask("select count(*) from orders"));
  }

  private static String copy() {
    return "postgres-copy://127.0.0.1:" + POSTGRES.port() + "/postgres?user=postgres";
  }

  /// As messages have it.
  private static String copyName() {
    return "postgres-copy://127.0.0.1:" + POSTGRES.port() + "/postgres?…";
  }

  private Child.Ended run(String... words) {
    return Child.run(folder, words);
  }

  private String failed(String... words) {
    return run(words).failedWith(ExitCode.FAILED);
  }

  private String misused(String... words) {
    return run(words).failedWith(ExitCode.USAGE);
  }

  private Child.Ended fed(String input, String... words) {
    return Child.runWith(input.getBytes(StandardCharsets.UTF_8), folder, words);
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  // Rows through JDBC.

  @Test
  void rowsOfCsvGoIntoATableAndComeBack() {
    fed(CSV, "pipe", "-", SHOP, "--table", "orders").quietly();
    assertThat(run("pipe", SHOP, "-", "--query", "select * from orders order by id").quietly().outText())
        .isEqualTo(CSV);
    assertThat(run("pipe", SHOP, "-", "--table", "orders").quietly().outText()).isEqualTo(CSV);
  }

  @Test
  void aQueryGivesLinesOfJson() {
    sqlite("insert into orders values (1, 'a \"b\"', 1.5), (2, null, 1e20)");
    assertThat(
            run("pipe", SHOP, "-", "--query", "select *, x'00ff' as b from orders; -- all", "--rows", "json")
                .quietly()
                .outText())
        .isEqualTo(
            """
            {"id":1,"name":"a \\"b\\"","price":1.5,"b":"\\\\x00ff"}
            {"id":2,"name":null,"price":100000000000000000000,"b":"\\\\x00ff"}
            """);
  }

  @Test
  void aTableIsReadThroughStagesIntoAFile() throws IOException {
    fed(CSV, "pipe", "-", SHOP, "--table", "orders").quietly();
    run("pipe", SHOP, "gzip", "./orders.csv.gz", "--table", "orders").quietly();
    assertThat(run("pipe", "orders.csv.gz", "gunzip").quietly().outText()).isEqualTo(CSV);
    assertThat(names()).containsExactly("orders.csv.gz", "shop.db");
  }

  @Test
  void aRowThatBreaksAConstraintIsNamedAndNothingIsWritten() {
    assertThat(fed("id,name\n1,a\n2,b\n1,c\n", "pipe", "-", SHOP, "--table", "orders").failedWith(ExitCode.FAILED))
        .startsWith("cannot write row 3 to orders in " + SHOP + ", nothing of it stays: [SQLITE_CONSTRAINT")
        .contains("orders.id")
        .endsWith("(expected: rows that keep the table's constraints; mend that row, or upsert)");
    assertThat(sqliteRows()).isZero();
  }

  @Test
  void aRowOfAnotherLengthIsNamedByItsLineAndNothingIsWritten() {
    assertThat(fed("id,name\n1,\"a\nb\"\n2,b,c\n", "pipe", "-", SHOP, "--table", "orders").failedWith(ExitCode.FAILED))
        .contains("row 2 (line 4) to orders in " + SHOP + " has 3 fields (expected: 2, ");
    assertThat(sqliteRows()).isZero();
  }

  @Test
  void batchesThatAreCommittedStay() {
    assertThat(
            fed("id\n1\n2\n3\n1\n", "pipe", "-", SHOP, "--table", "orders", "--batch", "2", "--commit-each")
                .failedWith(ExitCode.FAILED))
        .contains("row 4 to orders in " + SHOP + ", those up to 2 stay: ");
    assertThat(sqliteRows()).isEqualTo(2);
  }

  @Test
  void anUpsertReplaces() {
    fed("id,name\n1,old\n", "pipe", "-", SHOP, "--table", "orders").quietly();
    fed("id,name\n1,new\n2,b\n", "pipe", "-", SHOP, "--table", "orders", "--upsert", "id").quietly();
    assertThat(run("pipe", SHOP, "-", "--query", "select id, name from orders order by id").quietly().outText())
        .isEqualTo("id,name\n1,new\n2,b\n");
  }

  @Test
  void aSourceThatFailsLeavesNoRow() {
    assertThat(failed("pipe", "sh:echo id; seq 1 5000; exit 3", SHOP, "--table", "orders")).contains("exit code 3");
    assertThat(failed("pipe", "sh:echo id; seq 1 5000; exit 3", copy(), "--table", "orders (id)")).contains("code 3");
    assertThat(sqliteRows()).isZero();
    assertThat(postgresRows()).isZero();
  }

  @Test
  void fromOneDatabaseIntoAnother() {
    fed(CSV, "pipe", "-", SHOP, "--table", "orders").quietly();
    run("pipe", SHOP, copy(), "--query", "select * from orders", "--table", "orders").quietly();
    assertThat(POSTGRES.ask("select string_agg(coalesce(name, 'null'), '|' order by id) from orders"))
        .isEqualTo("a \"quoted\", one|null||grün ☃");
    POSTGRES.execute("update orders set id = id + 10");
    run("pipe", copy(), POSTGRES.url(), "--query", "select id - 10 as id from orders", "--table", "orders").quietly();
    assertThat(postgresRows()).isEqualTo(8);
  }

  @Test
  void ofSeveralStatementsNoneIsDone() {
    sqlite("insert into orders values (1, 'a', 1.5)");
    for (String rest : List.of("select 2 as id", "delete from orders")) {
      for (String end : List.of(SHOP, POSTGRES.url())) {
        assertThat(failed("pipe", end, "-", "--query", "select 1 as id; " + rest))
            .startsWith("several statements for jdbc:")
            .endsWith(" (expected: one, with nothing but comments behind its semicolon; run each by itself)");
      }
      assertThat(failed("pipe", copy(), "-", "--query", "select 1 as id; " + rest)).contains("syntax error");
    }
    assertThat(sqliteRows()).isEqualTo(1);
    for (String end : List.of(SHOP, POSTGRES.url(), copy())) {
      assertThat(run("pipe", end, "-", "--query", "select 1 as id; -- ; all\n; /* ';' */").quietly().outText())
          .isEqualTo("id\n1\n");
    }
  }

  // What is wrong with the place.

  @Test
  void whatIsNotThereIsOneLineAndIsNotMade() throws IOException {
    assertThat(failed("pipe", SHOP, "./out", "--table", "absent"))
        .startsWith("cannot open " + SHOP + ": [SQLITE_ERROR] ")
        .contains("no such table: absent")
        .endsWith("(expected: a table that is there; check its name and schema)");
    assertThat(fed("id\n1\n", "pipe", "-", SHOP, "--table", "absent").failedWith(ExitCode.FAILED))
        .startsWith("cannot open absent in " + SHOP + ": [SQLITE_ERROR] ");
    assertThat(fed("id,no\n1,2\n", "pipe", "-", SHOP, "--table", "orders").failedWith(ExitCode.FAILED))
        .endsWith("orders has no column no (expected: one of id, name, price; mend the name)");
    assertThat(failed("pipe", "jdbc:sqlite:none.db", "./out", "--table", "orders"))
        .contains("SQLITE_CANTOPEN")
        .endsWith("(expected: a file that is a database and that this user may open; check its path)");
    assertThat(failed("pipe", POSTGRES.url(), "./out", "--table", "absent"))
        .contains("relation \"absent\" does not exist")
        .endsWith("[42P01] (expected: a table that is there; check its name and schema)");
    assertThat(failed("pipe", copy(), "./out", "--table", "absent")).contains("[42P01] (expected: ");
    assertThat(names()).containsExactly("shop.db");
  }

  @Test
  void aServerThatIsNotThereIsOneLine() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String place = "//127.0.0.1:" + port + "/shop";
    assertThat(failed("pipe", "jdbc:postgresql:" + place, "./out", "--table", "t"))
        .startsWith("cannot open jdbc:postgresql:" + place + ": ")
        .contains("refused")
        .endsWith("[08001] (expected: a server that answers until the end; look at it, its address and the network)");
    assertThat(failed("pipe", "postgres-copy:" + place, "./out", "--table", "t"))
        .startsWith("cannot open postgres-copy:" + place + ": ");
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() throws IOException {
    assertThat(failed("pipe", "jdbc:postgresql://nobody.invalid/shop", "./out", "--table", "t"))
        .contains(": unknown host nobody.invalid")
        .endsWith("(expected: a host that the network knows; check its name)");
  }

  @Test
  void aPasswordComesFromTheEnvironmentAndIsNeverSaid() throws IOException {
    String place = "//127.0.0.1:" + POSTGRES.port() + "/postgres";
    String line = "pipe postgres-copy:" + place + " - --query 'select 1 as one'";
    String user = "PGUSER=" + PostgresServer.LOCKED_USER;
    assertThat(
            Child.runBash(folder, user + " PGPASSWORD=" + PostgresServer.PASSWORD + " highwater " + line)
                .quietly()
                .outText())
        .isEqualTo("one\n1\n");
    String said = Child.runBash(folder, user + " PGPASSWORD=wrong-one highwater " + line).failedWith(ExitCode.FAILED);
    String advice =
        "(expected: a user and a password that the server takes; set PGUSER and PGPASSWORD, or a line in ~/.pgpass)";
    assertThat(Child.runBash(folder, user + " highwater " + line).failedWith(ExitCode.FAILED))
        .contains("no password was provided")
        .endsWith(advice);
    assertThat(said)
        .contains("password authentication failed")
        .endsWith("[28P01] " + advice)
        .doesNotContain("wrong-one");
    for (String word :
        List.of(
            "jdbc:postgresql:" + place + "?user=a&password=wrong-one",
            "postgres-copy:" + place + "?password=wrong-one&user=a",
            "jdbc:postgresql://a:wrong-one@127.0.0.1/x",
            "jdbc:other://h;user=a;PWD=wrong-one")) {
      assertThat(misused("pipe", word, "./out", "--table", "t"))
          .contains(": a password in a word is seen by everybody", "PGPASSWORD")
          .doesNotContain("wrong-one");
    }
    assertThat(names()).containsExactly("shop.db");
  }

  @Test
  void whatMakesNoSenseIsRefusedBeforeAnythingIsOpened() throws IOException {
    assertThat(misused("pipe", "jdbc:nobody://h/x", "./out", "--table", "t"))
        .startsWith("jdbc:nobody://h/x: no driver for it (expected: jdbc:postgresql://HOST/DATABASE or jdbc:sqlite:");
    assertThat(misused("pipe", SHOP, "./out"))
        .isEqualTo(SHOP + ": no rows are named (expected: --query SQL or --table NAME)");
    assertThat(misused("pipe", "-", SHOP)).contains("no rows are named (expected: --table NAME)");
    assertThat(misused("pipe", SHOP, copy(), "--table", "orders"))
        .contains("expected: --query SQL for it, --table NAME");
    assertThat(misused("pipe", SHOP, "-", "--query", "q", "--table", "t")).startsWith("--query and --table both name ");
    assertThat(misused("pipe", "-", SHOP, "--query", "q", "--table", "t")).startsWith("--query says nothing here");
    assertThat(misused("pipe", "-", "./out", "--table", "t")).startsWith("--table says nothing here");
    assertThat(misused("pipe", SHOP, "-", "--table", "t", "--upsert", "id")).startsWith("--upsert says nothing");
    assertThat(misused("pipe", "-", copy(), "--table", "t", "--batch", "5")).startsWith("--batch says nothing");
    assertThat(misused("pipe", SHOP, "-", "--table", "t", "--rows", "binary"))
        .isEqualTo("--rows binary: " + SHOP + " has no such rows (expected: csv; binary is postgres-copy:'s alone)");
    assertThat(misused("pipe", "-", SHOP, "--table", "t", "--rows", "json"))
        .startsWith("--rows json: a table takes rows as CSV (expected: ");
    assertThat(misused("pipe", "-", SHOP, "--table", "t; drop table t")).startsWith("--table: t; drop table t (");
    assertThat(misused("pipe", "-", SHOP, "--table", "t (a)")).startsWith("--table: t (a) (expected: a name without");
    assertThat(misused("pipe", SHOP, SHOP, "gzip", "-", "--table", "t")).contains("is not the only source");
    assertThat(misused("pipe", "-", SHOP, "--table", "t", "--batch", "0")).startsWith("--batch: 0 (expected: ");
    assertThat(misused("pipe", "-", SHOP, "--table", "t", "--force", "--append")).contains("contradict");
    assertThat(misused("pipe", "-", SHOP, "--table", "t", "--append")).startsWith("--append says nothing here");
    assertThat(names()).containsExactly("shop.db");
  }

  @Test
  void thePlanIsPrintedWithoutWhatMayBeSecret() {
    assertThat(run("pipe", copy(), "-", "--table", "orders", "--explain").quietly().outText())
        .contains(copyName())
        .doesNotContain("user=postgres");
    assertThat(run("pipe", "-", copy(), "--table", "orders", "--explain").quietly().outText())
        .contains("orders in " + copyName());
  }

  // COPY.

  @ParameterizedTest
  @ValueSource(strings = {"csv", "binary"})
  void copyGoesOutAndIn(String form) throws IOException {
    POSTGRES.execute(
        "insert into orders select n, case when n % 7 = 0 then null else repeat('ü,\"' || n, n % 50) end, n / 2.0"
            + " from generate_series(1, 20000) n");
    String before = POSTGRES.ask("select md5(string_agg(o::text, '' order by id)) from orders o");
    run("pipe", copy(), "./orders", "--table", "orders", "--rows", form).quietly();
    POSTGRES.execute("truncate orders");
    run("pipe", "orders", copy(), "--table", "orders", "--rows", form).quietly();
    assertThat(POSTGRES.ask("select md5(string_agg(o::text, '' order by id)) from orders o")).isEqualTo(before);
    run("pipe", copy(), "./q", "--query", "select id from orders where id < 3 -- few", "--rows", form).quietly();
    if (form.equals("csv")) assertThat(folder.resolve("q")).hasContent("id\n1\n2\n");
  }

  @Test
  void aBadLineOfACopyIsNamedAndNothingIsWritten() {
    assertThat(
            fed("id,name,price\n1,a,1\nx,b,2\n", "pipe", "-", copy(), "--table", "orders").failedWith(ExitCode.FAILED))
        .startsWith("cannot write orders in " + copyName() + " at byte ")
        .contains(", nothing of it stays: ", "line 3", "\"x\"")
        .endsWith("[22P02] (expected: values that fit their columns; mend that row)");
    assertThat(
            fed("id,name,price\n1,a,1\n1,b,2\n", "pipe", "-", copy(), "--table", "orders").failedWith(ExitCode.FAILED))
        .contains("line 3", "(id)=(1)", "[23505] (expected: rows that keep the table's constraints; mend that row)");
    assertThat(fed("name,id,price\na,1,1\n", "pipe", "-", copy(), "--table", "orders").failedWith(ExitCode.FAILED))
        .contains("column name mismatch in header line field 1");
    assertThat(postgresRows()).isZero();
    fed("price,id\n5,1\n", "pipe", "-", copy(), "--table", "orders (price, id)").quietly();
    assertThat(POSTGRES.ask("select price from orders where id = 1")).isEqualTo("5.0");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "KILL, 137"})
  void aCopyThatIsEndedAtHalfLeavesNoRow(String signal, int code) {
    try (var child = Child.start(folder, "pipe", "-", copy(), "--table", "orders (id)")) {
      var half = new StringBuilder("id\n");
      for (int i = 0; i < 100_000; i++) half.append(i).append('\n');
      child.write(half.toString().getBytes(StandardCharsets.UTF_8));
      Remains.await("rows on their way", () -> copiedRows() > 1000);
      child.signal(signal);
      var ended = child.ended();
      if (!signal.equals("KILL")) {
        assertThat(ended.err())
            .matches("highwater: interrupted after [^;]*; nothing of it stays in \\Q" + copyName() + "\\E\n");
      }
      assertThat(ended.code()).isEqualTo(code);
    }
    Remains.await(
        "the end of the session",
        () -> POSTGRES.ask("select count(*) from pg_stat_activity where application_name = 'highwater'").equals("0"));
    assertThat(postgresRows()).isZero();
    assertThat(copiedRows()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "KILL, 137"})
  void rowsThatWereNotCommittedAreGoneAfterASignal(String signal, int code) {
    try (var child = Child.start(folder, "pipe", "-", SHOP, "--table", "orders")) {
      var half = new StringBuilder("id\n");
      for (int i = 0; i < 50_000; i++) half.append(i).append('\n');
      child.write(half.toString().getBytes(StandardCharsets.UTF_8));
      // SQLite has it while a transaction writes.
      Remains.await("rows on their way", () -> Files.exists(folder.resolve("shop.db-journal")));
      child.signal(signal);
      assertThat(child.ended().code()).isEqualTo(code);
    }
    assertThat(sqliteRows()).isZero();
  }

  @Test
  void theEnvironmentSaysWhereAsForPsql() {
    String where = "PGHOST=127.0.0.1 PGDATABASE=postgres PGUSER=postgres PGPORT=" + POSTGRES.port();
    assertThat(
            Child.runBash(folder, where + " highwater pipe postgres-copy: - --query 'select current_database() d'")
                .quietly()
                .outText())
        .isEqualTo("d\npostgres\n");
    assertThat(
            Child.runBash(
                    folder, where + " highwater pipe jdbc:postgresql:template1 - --query 'select current_database() d'")
                .quietly()
                .outText())
        .isEqualTo("d\ntemplate1\n");
  }

  private static long copiedRows() {
    return Long.parseLong(POSTGRES.ask("select coalesce(sum(tuples_processed), 0) from pg_stat_progress_copy"));
  }

  @Test
  void endsListsThem() {
    assertThat(run("ends").quietly().outText())
        .contains("jdbc:ADDRESS\n", "postgres-copy:ADDRESS\n")
        .doesNotContain("not in this installation");
  }
}
