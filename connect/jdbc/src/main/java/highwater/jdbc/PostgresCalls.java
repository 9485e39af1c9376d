package highwater.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOperation;

/// What only PostgreSQL's driver can do; the one class that names it where COPY is not asked for.
final class PostgresCalls {
  private PostgresCalls() {}

  /// Whether `connection` is the driver's, maybe inside a pool's.
  static boolean isOne(Connection connection) throws SQLException {
    try {
      return connection.isWrapperFor(PGConnection.class);
    } catch (NoClassDefFoundError noDriver) {
      return false;
    }
  }

  /// The cancel of whatever the connection does: that of a statement does nothing while more rows are fetched.
  static Session.Cancel cancelOf(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class)::cancelQuery;
  }

  /// Begins a COPY.
  static CopyOperation copy(Connection connection, String sql, boolean in) throws SQLException {
    var copies = connection.unwrap(PGConnection.class).getCopyAPI();
    return in ? copies.copyIn(sql) : copies.copyOut(sql);
  }
}
