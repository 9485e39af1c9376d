package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is said of a statement or of rows that are not what was meant.
@Timeout(60)
class MistakesTest {
  private static final AtomicInteger TABLES = new AtomicInteger();
  private final String table = "mistakes" + TABLES.incrementAndGet();

  private void create(Database database) throws Exception {
    database.execute("create table " + table + " (id integer primary key, name varchar(100))");
    database.execute("insert into " + table + " values (1, 'one')");
  }

  private static String saidOf(Pipeline pipeline) {
    var failure = catchThrowable(pipeline::run);
    assertThat(failure).as("the failure of the run").isNotNull();
    return String.valueOf(failure.getCause().getMessage());
  }

  private static Pipeline reading(Database database, String sql) {
    return Pipeline.from(JdbcStreams.query(database.source(), sql)).to(Target.forEach(_ -> {}));
  }

  private Pipeline writing(Database database, byte[] csv) {
    return Pipeline.from(Origin.fromIterable(List.of(ByteBuffer.wrap(csv))))
        .to(CsvTarget.into(JdbcStreams.insert(database.source(), table)));
  }

  @ParameterizedTest
  @EnumSource
  void aQueryWithoutRowsIsToldFromAFailingDatabase(Database database) throws Exception {
    create(database);
    assertThat(saidOf(reading(database, "update " + table + " set name = 'two'")))
        .contains("(expected: a query that gives rows; one that changes some may end with RETURNING, ");
    assertThat(database.ask("select name from " + table)).isEqualTo("one");
  }

  @Test
  void aValueOfAnotherTypeIsThatOfARowInSqliteToo() throws Exception {
    create(Database.SQLITE);
    assertThat(saidOf(writing(Database.SQLITE, bytes("id,name\nx,one\n"))))
        .contains("(expected: values that fit their columns; mend that row)");
  }

  @ParameterizedTest
  @CsvSource({"';', semicolons", "'\t', tabs"})
  void fieldsThatSomethingElsePartsAreToldFromAWrongName(String separator, String said) throws Exception {
    create(Database.H2);
    var separated = bytes("id" + separator + "name\n2" + separator + "two\n");
    assertThat(saidOf(writing(Database.H2, separated)))
        .contains(
            "has no column id" + separator + "name (expected: one of id, name; part fields by commas, not by " + said);
  }

  @Test
  void compressedRowsAreNoText() throws Exception {
    create(Database.H2);
    assertThat(saidOf(writing(Database.H2, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0})))
        .endsWith(" is not UTF-8 (expected: UTF-8; decompress it first where it is compressed, or convert it)");
    create(Database.POSTGRESQL);
    var copy = PostgresCopy.in(Database.POSTGRESQL.source(), "COPY " + table + " FROM STDIN (FORMAT csv)");
    var compressed = Origin.fromIterable(List.of(ByteBuffer.wrap(new byte[] {0x1f, (byte) 0x8b, 8, 0, 10})));
    assertThat(saidOf(Pipeline.from(compressed).to(copy)))
        .contains(
            "(expected: text in the database's encoding; decompress it first where it is compressed, or convert it)");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
