package highwater.jdbc;

import highwater.contract.Pattern;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The pattern as rows of a table, and tables for what a target is given.
final class PatternRows {
  static final int ROW_BYTES = 10_000;
  private static final Set<String> MADE = new HashSet<>();
  private static int tables;

  private PatternRows() {}

  /// A table of the first `bytes`, in order of `place`, with one row that ends at `border`; made once.
  static String table(DataSource source, String bytesType, long bytes, long border) throws SQLException {
    var table = "given_" + bytes + "_" + border;
    if (!MADE.add(bytesType + urlOf(source) + table)) return table;
    try (var connection = source.getConnection()) {
      try (var statement = connection.createStatement()) {
        statement.execute("create table " + table + " (place integer primary key, data " + bytesType + ")");
      }
      connection.setAutoCommit(false);
      try (var insert = connection.prepareStatement("insert into " + table + " values (?, ?)")) {
        int place = 0;
        for (long at = 0; at < bytes; ) {
          long to = Math.min(bytes, at + ROW_BYTES);
          if (at < border && border < to) to = border;
          var data = new byte[(int) (to - at)];
          for (int i = 0; i < data.length; i++) data[i] = Pattern.at(at + i);
          insert.setInt(1, place++);
          insert.setBytes(2, data);
          insert.addBatch();
          if (place % 100 == 0) insert.executeBatch();
          at = to;
        }
        insert.executeBatch();
      }
      connection.commit();
    }
    return table;
  }

  private static String urlOf(DataSource source) throws SQLException {
    try (var connection = source.getConnection()) {
      return connection.getMetaData().getURL();
    }
  }

  /// An empty table for rows of bytes in their order; `serial` is how the database numbers them.
  static String empty(DataSource source, String serial, String bytesType) throws SQLException {
    var table = "taken_" + tables++;
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create table " + table + " (place " + serial + ", data " + bytesType + ")");
    }
    return table;
  }

  /// The bytes of such a table, or null where it has no row.
  static byte @Nullable [] content(DataSource source, String table) throws SQLException {
    try (var connection = source.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select data from " + table + " order by place")) {
      if (!rows.next()) return null;
      var all = new ByteArrayOutputStream();
      do {
        var data = rows.getBytes(1);
        if (data != null) all.writeBytes(data);
      } while (rows.next());
      return all.toByteArray();
    }
  }
}
