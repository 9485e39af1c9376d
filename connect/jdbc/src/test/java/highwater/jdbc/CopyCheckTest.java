package highwater.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Remains;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a server would take for an end, and drop the rest, is refused; what it takes for data arrives whole.
@Timeout(60)
class CopyCheckTest {
  private static final String CSV = "copy checked from stdin (format csv)";
  private static final String TEXT = "copy checked from stdin";
  private static final String BINARY = "copy checked from stdin (format binary)";
  private static final int OLD = 15;

  private final PostgresServer server = PostgresServer.get();

  @BeforeEach
  void makeTable() {
    server.execute("drop table if exists checked");
    server.execute("create table checked (t text)");
  }

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  private void copy(String sql, byte[] data, int chunkBytes) {
    var chunks = new ArrayList<ByteBuffer>();
    for (int i = 0; i < data.length; i += chunkBytes) {
      chunks.add(ByteBuffer.wrap(data, i, Math.min(chunkBytes, data.length - i)));
    }
    Pipeline.from(Origin.fromIterable(chunks)).to(PostgresCopy.in(server.source(), sql)).run();
  }

  private String rows() {
    return server.ask("select count(*) from checked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\n\\.\nb\n", "\\.\nb\n", "a\r\n\\.\r\nb\r\n", "a\r\\.\rb\r", "\"x\n\"\n\\.\nb\n", "a\n\\.\n"})
  void aLineThatEndsCsvForTheServerIsRefusedAndNothingStays(String csv) {
    for (int chunkBytes : new int[] {1, 2, 100}) {
      var failure = catchThrowable(() -> copy(CSV, csv.getBytes(UTF_8), chunkBytes));
      assertThat(failure).isInstanceOf(PipelineException.class);
      assertThat(failure.getCause().getMessage())
          .isEqualTo(
              "the CSV for copy in has a line \\. at byte "
                  + csv.indexOf('\\')
                  + ", which this server takes for the end of the data, nothing of it stays (expected: \"\\.\" in"
                  + " quotes as a value, or no such line)");
      assertThat(rows()).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\n\"\\.\"\nb\n", "a\n\"\n\\.\n\"\nb", "a\n\\.x\nb\n", "a\nx\\.\nb", "a\nb\n\\.", "a\n\\\n\\..\n"})
  void whatIsDataInCsvArrivesWhole(String csv) {
    for (int chunkBytes : new int[] {1, 2, 100}) {
      copy(CSV, csv.getBytes(UTF_8), chunkBytes);
      assertThat(rows()).isEqualTo("3");
      server.execute("truncate checked");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n\\.\nb\n", "a\nb\\.\nc\n", "a\\\n\\.\nb\n", "a\n\"\n\\.\nb\"\n", "\\.\r\nb"})
  void textBehindItsEndIsRefusedAndNothingStays(String text) {
    for (int chunkBytes : new int[] {1, 2, 100}) {
      assertThatThrownBy(() -> copy(TEXT, text.getBytes(UTF_8), chunkBytes))
          .cause()
          .hasMessageStartingWith("the text for copy in goes on at byte ")
          .hasMessageContaining("(expected: ");
      assertThat(rows()).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb\n\\.\n", "a\n\\\\.\n", "a\n\\\\.", "a\nx.\n", "a\r\nb\r\n\\.\r\n"})
  void whatIsDataInTextArrivesWhole(String text) {
    for (int chunkBytes : new int[] {1, 2, 100}) {
      copy(TEXT, text.getBytes(UTF_8), chunkBytes);
      assertThat(rows()).isEqualTo("2");
      server.execute("truncate checked");
    }
  }

  @Test
  void whatTheServerQuotesIsTakenBack() {
    server.execute("insert into checked values ('a'), ('\\.'), (E'\\n\\\\.\\n'), ('\"'), (null), ('')");
    for (var form : List.of("csv", "text", "binary")) {
      var data = out("copy checked to stdout (format " + form + ")");
      server.execute("truncate checked");
      copy("copy checked from stdin (format " + form + ")", data, 3);
      assertThat(rows()).isEqualTo("6");
    }
  }

  private byte[] out(String sql) {
    return gathered(Pipeline.from(PostgresCopy.out(server.source(), sql)));
  }

  private static byte[] gathered(highwater.pipeline.Upstream<ByteBuffer> from) {
    var bytes = new ByteArrayOutputStream();
    from.to(
            Target.forEach(
                chunk -> {
                  var part = new byte[chunk.remaining()];
                  chunk.get(part);
                  bytes.writeBytes(part);
                }))
        .run();
    return bytes.toByteArray();
  }

  /// One column, whose lines are the values.
  @ParameterizedTest
  @EnumSource
  void everyValueOfAQueryGoesThroughCsvIntoACopy(Database database) throws Exception {
    database.execute("create table if not exists ends (n integer, \"\\.\" varchar(10))");
    database.execute("delete from ends");
    database.execute(
        "insert into ends values (1, 'first'), (2, '\\.'), (3, ''), (4, null), (5, '\"'), (6, '\\'), (7, '.')");
    var csv =
        gathered(
            Pipeline.from(CsvOrigin.of(JdbcStreams.query(database.source(), "select \"\\.\" from ends order by n"))));
    assertThat(new String(csv, UTF_8)).isEqualTo("\"\\.\"\nfirst\n\"\\.\"\n\"\"\n\n\"\"\"\"\n\\\n.\n");
    copy("copy checked from stdin (format csv, header)", csv, 100);
    assertThat(rows()).isEqualTo("7");
    assertThat(server.ask("select count(*) from checked where t = '\\.'")).isEqualTo("1");
  }

  @Test
  void binaryThatIsCutAtARowIsRefusedAndNothingStays() {
    server.execute(
        "insert into checked select case when n % 3 > 0 then repeat('ü', n) end from generate_series(1, 30) n");
    var data = out("copy checked to stdout (format binary)");
    server.execute("truncate checked");
    for (int chunkBytes : new int[] {1, 7, 10_000}) {
      copy(BINARY, data, chunkBytes);
      assertThat(rows()).isEqualTo("30");
      server.execute("truncate checked");
      // Behind the last row, which ends with the length of a null, ff ff ff ff.
      assertThatThrownBy(() -> copy(BINARY, Arrays.copyOf(data, data.length - 2), chunkBytes))
          .cause()
          .hasMessage(
              "the binary data for copy in ends without its trailer, nothing of it stays (expected: ff ff behind the"
                  + " last row; it is cut short)");
      assertThat(rows()).isEqualTo("0");
    }
    for (int length = 0; length < data.length; length += 13) {
      int cut = length;
      assertThatThrownBy(() -> copy(BINARY, Arrays.copyOf(data, cut), 100)).isInstanceOf(PipelineException.class);
    }
    assertThat(rows()).isEqualTo("0");
  }

  // Without a server.

  private static @org.jspecify.annotations.Nullable Throwable looked(String sql, int version, String data) {
    var bytes = data.getBytes(UTF_8);
    return catchThrowable(() -> CopyCheck.of("t", sql, false, version).look(bytes, 0, bytes.length));
  }

  @Test
  void aServerThatTakesItForAValueIsGivenIt() {
    assertThat(looked(CSV, 17, "a\n\\.\nb\n")).isInstanceOf(IOException.class);
    assertThat(looked(CSV, 18, "a\n\\.\nb\n")).isNull();
    assertThat(looked(TEXT, 18, "a\n\\.\nb\n")).isInstanceOf(IOException.class);
  }

  @Test
  void theFormatIsWhatTheStatementSays() {
    var lineInQuotes = "\"\n\\.\n\"\n";
    var inText = "a\\.\nb\n";
    for (var csv :
        List.of(
            CSV,
            "COPY t (csv) FROM STDIN WITH (FORMAT 'csv')",
            "copy t from stdin (force_null (a), format csv)",
            "copy t from stdin with csv header",
            "copy t from\nstdin csv where a = 1")) {
      assertThat(looked(csv, OLD, lineInQuotes)).as(csv).isNull();
      assertThat(looked(csv, OLD, inText)).as(csv).isNull();
      assertThat(looked(csv, OLD, "\\.\n")).as(csv).isNotNull();
    }
    for (var text :
        List.of(
            TEXT,
            "copy csv from stdin",
            "copy t (format, csv) from stdin (format text)",
            "copy t from stdin where csv = 1")) {
      assertThat(looked(text, OLD, lineInQuotes)).as(text).isNotNull();
      assertThat(looked(text, OLD, inText)).as(text).isNotNull();
    }
    // With quotes of its own: refused rather than lost.
    for (var own : List.of("copy t from stdin (format csv, quote '''')", "copy t from stdin csv escape '\\'")) {
      assertThat(looked(own, OLD, lineInQuotes)).as(own).isNotNull();
      assertThat(looked(own, OLD, inText)).as(own).isNull();
    }
  }

  @Test
  void everyMixOfSignsIsSeenAsASlowReaderSeesIt() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var signs = "\"\\.\n\r,a".toCharArray();
    for (int trial = 0; trial < 20_000; trial++) {
      var text = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++) {
        text.append(random.nextInt(3) == 0 ? "\n\\.\n" : String.valueOf(signs[random.nextInt(signs.length)]));
        if (random.nextInt(8) == 0) text.append("a".repeat(random.nextInt(20)));
      }
      var bytes = text.toString().getBytes(UTF_8);
      var check = CopyCheck.of("t", CSV, false, OLD);
      var failure =
          catchThrowable(
              () -> {
                for (int at = 0; at < bytes.length; ) {
                  int to = Math.min(bytes.length, at + 1 + random.nextInt(20));
                  check.look(bytes, at, to);
                  at = to;
                }
              });
      int expected = markOf(text.toString());
      var which = "seed " + seed + ": " + text.toString().replace("\n", "\\n").replace("\r", "\\r");
      if (expected < 0) assertThat(failure).as(which).isNull();
      else assertThat(failure).as(which).hasMessageContaining(" at byte " + expected + ",");
    }
  }

  /// Where a line `\.` begins outside quotes; -1 for nowhere.
  private static int markOf(String text) {
    boolean quoted = false;
    for (int i = 0; i + 2 < text.length(); i++) {
      if (text.charAt(i) == '"') quoted = !quoted;
      boolean begins = i == 0 || "\n\r".indexOf(text.charAt(i - 1)) >= 0;
      if (begins && !quoted && text.startsWith("\\.", i) && "\n\r".indexOf(text.charAt(i + 2)) >= 0) return i;
    }
    return -1;
  }

  @Test
  void anEmptyCopyIsNone() {
    assertThatCode(() -> copy(CSV, new byte[0], 1)).doesNotThrowAnyException();
    assertThat(rows()).isEqualTo("0");
  }
}
