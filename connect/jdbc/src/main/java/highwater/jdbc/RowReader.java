package highwater.jdbc;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes a [Row] of each row of one result.
final class RowReader implements QueryOrigin.Mapper<Row> {
  private enum Kind {
    NUMBER,
    BOOLEAN,
    BYTES,
    TEXT,
    /// SQLite's: a column has no type, each value has.
    EACH_ITS_OWN
  }

  private final List<String> columns;
  private final Kind[] kinds;

  RowReader(ResultSet result, Dialect dialect) throws SQLException {
    var meta = result.getMetaData();
    columns = columns(meta);
    kinds = new Kind[columns.size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] =
          dialect == Dialect.SQLITE
              ? Kind.EACH_ITS_OWN
              : kind(meta.getColumnType(i + 1), meta.getColumnTypeName(i + 1));
    }
  }

  static List<String> columns(ResultSetMetaData meta) throws SQLException {
    var columns = new ArrayList<String>();
    for (int i = 1; i <= meta.getColumnCount(); i++) columns.add(meta.getColumnLabel(i));
    return List.copyOf(columns);
  }

  private static Kind kind(int type, @Nullable String typeName) {
    var name = String.valueOf(typeName).toLowerCase(Locale.ROOT);
    return switch (type) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.FLOAT, Types.DOUBLE ->
          // PostgreSQL's money is a double to its driver, which cannot read it as one.
          name.equals("money") ? Kind.TEXT : Kind.NUMBER;
      case Types.NUMERIC, Types.DECIMAL -> Kind.NUMBER;
      // PostgreSQL's bit(8) is no boolean.
      case Types.BIT, Types.BOOLEAN -> name.startsWith("bool") ? Kind.BOOLEAN : Kind.TEXT;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Kind.BYTES;
      default -> Kind.TEXT;
    };
  }

  List<String> columns() {
    return columns;
  }

  @Override
  public Row map(ResultSet result) throws SQLException {
    var values = new @Nullable Object[kinds.length];
    for (int i = 0; i < values.length; i++) values[i] = value(result, i + 1, kinds[i]);
    return new Row(columns, values);
  }

  private static @Nullable Object value(ResultSet result, int column, Kind kind) throws SQLException {
    return switch (kind) {
      case NUMBER -> {
        var number = result.getObject(column);
        yield number == null || number instanceof Number ? number : result.getString(column);
      }
      case BOOLEAN -> {
        boolean value = result.getBoolean(column);
        yield result.wasNull() ? null : (Object) value;
      }
      case BYTES -> result.getBytes(column);
      case TEXT -> result.getString(column);
      case EACH_ITS_OWN -> result.getObject(column);
    };
  }
}
