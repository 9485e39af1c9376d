package highwater.cli;

import static java.util.Objects.requireNonNull;

import highwater.dashboard.Json;
import highwater.jdbc.CsvOrigin;
import highwater.jdbc.CsvTarget;
import highwater.jdbc.JdbcStreams;
import highwater.jdbc.PostgresCopy;
import highwater.jdbc.Row;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes recipes of databases: the only class that names theirs.
final class Databases {
  private final Tables tables;
  private final Peers peers;

  Databases(Tables tables, Peers peers) {
    this.tables = tables;
    this.peers = peers;
  }

  /// The recipe of the rows that the options name.
  PullOrigin<ByteBuffer> origin(End.Database end) throws CommandException {
    var source = DatabaseSource.of(end, peers);
    if (end.copies()) return copied(source).named(end.name());
    String query = tables.query() != null ? tables.query() : "select * from " + tables.table();
    var rows = CsvOrigin.of(JdbcStreams.query(source, query).named(end.name()));
    return tables.form() == Tables.Form.JSON ? rows.lines(JsonLines::new) : rows;
  }

  private PostgresCopy.Out copied(DatabaseSource source) {
    return tables.query() != null
        ? PostgresCopy.outQuery(source, tables.query(), format("header"))
        : PostgresCopy.out(source, "copy " + tables.table() + " to stdout " + format("header"));
  }

  /// `match`: the names in the first line must be the table's columns, in their order, or the server refuses them.
  private String format(String header) {
    return tables.form() == Tables.Form.BINARY ? "(format binary)" : "(format csv, " + header + ")";
  }

  /// The recipe that writes rows into the table that the options name.
  PullTarget<ByteBuffer> target(End.Database end) throws CommandException {
    var source = DatabaseSource.of(end, peers);
    String table = requireNonNull(tables.table());
    String name = table + " in " + end.name();
    if (end.copies()) {
      return PostgresCopy.in(source, "copy " + table + " from stdin " + format("header match")).named(name);
    }
    var rows = JdbcStreams.insert(source, table);
    if (!tables.keys().isEmpty()) rows = rows.upsert(tables.keys().toArray(String[]::new));
    if (tables.batchRows() > 0) rows = rows.batchRows(tables.batchRows());
    if (tables.commitsEach()) rows = rows.commitEachBatch();
    return CsvTarget.into(rows).named(name);
  }

  /// Lines of JSON, an object for each row; what JSON has no type for is text.
  private static final class JsonLines implements CsvOrigin.Lines {
    @Override
    public String first(List<String> columns) {
      return "";
    }

    @Override
    public String line(Row row) {
      var json = new Json().object("");
      for (int i = 0; i < row.columns().size(); i++) put(json, row.columns().get(i), row.value(i), row.text(i));
      return json.close('}') + "\n";
    }

    private static void put(Json json, String column, @Nullable Object value, @Nullable String text) {
      switch (value) {
        case Boolean flag -> json.put(column, (boolean) flag);
        case Number number when isFinite(number) -> json.put(column, new BigDecimal(String.valueOf(text)));
        case null, default -> json.put(column, text);
      }
    }

    private static boolean isFinite(Number number) {
      return Double.isFinite(number.doubleValue()) || number instanceof BigDecimal;
    }
  }
}
