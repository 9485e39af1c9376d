package highwater.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// The statement that inserts into a table, made of the names that the database has for its columns.
///
/// @param sql the statement, with a place for each column
/// @param binary which of the columns hold bytes
record TableStatement(String sql, BitSet binary) {
  private static final Pattern TABLE =
      Pattern.compile(
          "(?:\\w[\\w$]*|\"(?:[^\"]|\"\")+\")(?:\\.(?:\\w[\\w$]*|\"(?:[^\"]|\"\")+\"))*",
          Pattern.UNICODE_CHARACTER_CLASS);

  /// Whether `table` is a name, maybe of several parts, and nothing else.
  static boolean isTable(String table) {
    return TABLE.matcher(table).matches();
  }

  /// Looks at the table, for `columns` may be written in another case.
  static TableStatement of(Connection connection, Dialect dialect, InsertTarget.Work work, List<String> columns)
      throws SQLException, IOException {
    try (var statement = connection.createStatement();
        var nothing = statement.executeQuery("select * from " + work.table() + " where 1 = 0")) {
      var meta = nothing.getMetaData();
      var known = RowReader.columns(meta);
      var quote = quote(connection);
      var names = new ArrayList<String>();
      var binary = new BitSet(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        int place = place(work.table(), known, columns.get(i));
        names.add(quoted(known.get(place), quote));
        binary.set(i, isBinary(meta.getColumnType(place + 1), meta.getColumnTypeName(place + 1)));
      }
      if (new HashSet<>(names).size() < names.size()) {
        throw new IOException(
            "a column of "
                + work.table()
                + " is named twice (expected: each once; given: "
                + String.join(", ", columns)
                + ")");
      }
      return new TableStatement(sql(dialect, work, names, known, quote), binary);
    }
  }

  private static String sql(
      Dialect dialect, InsertTarget.Work work, List<String> names, List<String> known, String quote)
      throws IOException {
    if (work.keys().isEmpty()) return Dialect.insert(work.table(), names);
    var keys = new ArrayList<String>();
    for (var key : work.keys()) keys.add(quoted(known.get(place(work.table(), known, key)), quote));
    if (!names.containsAll(keys)) {
      throw new IOException(
          "the rows for "
              + work.table()
              + " have not all columns of the key "
              + String.join(", ", work.keys())
              + " (expected: rows with their whole key, or no upsert)");
    }
    var upsert = dialect.upsert(work.table(), names, keys);
    if (upsert != null) return upsert;
    throw new IOException(
        "an upsert into "
            + work.table()
            + " is not known for this database (expected: PostgreSQL, SQLite or H2; use JdbcStreams.execute with the"
            + " database's own statement)");
  }

  private static boolean isBinary(int type, String typeName) {
    return switch (type) {
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> true;
      // SQLite's driver tells the type of a value where there is one, and the declared one by name.
      default -> "BLOB".equalsIgnoreCase(typeName);
    };
  }

  private static int place(String table, List<String> known, String column) throws IOException {
    int place = known.indexOf(column);
    if (place >= 0) return place;
    for (int i = 0; i < known.size(); i++) {
      if (!known.get(i).equalsIgnoreCase(column)) continue;
      if (place >= 0)
        throw new IOException(table + " has several columns " + column + " (expected: the case of letters too)");
      place = i;
    }
    if (place >= 0) return place;
    throw new IOException(
        table
            + " has no column "
            + column
            + " (expected: one of "
            + String.join(", ", known)
            + "; "
            + mend(column)
            + ")");
  }

  /// A name with another separator in it is a whole line of names.
  private static String mend(String column) {
    if (column.indexOf(';') >= 0) return "part fields by commas, not by semicolons";
    if (column.indexOf('\t') >= 0) return "part fields by commas, not by tabs";
    return "mend the name";
  }

  private static String quote(Connection connection) throws SQLException {
    var quote = connection.getMetaData().getIdentifierQuoteString();
    return quote == null || quote.isBlank() ? "" : quote;
  }

  private static String quoted(String name, String quote) {
    return quote.isEmpty() ? name : quote + name.replace(quote, quote + quote) + quote;
  }
}
