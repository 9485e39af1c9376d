package highwater.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOperation;
import org.postgresql.util.PSQLException;

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

  /// The states of an object of the wrong type, and of one that is not ready.
  private static final Set<String> NO_COPY = Set.of("42809", "55000");

  /// Whether a COPY could not begin since the statement is none, or one that goes the other way: then the driver has said so and not
  /// the server, and what came instead may still lie in the connection.
  static boolean isOtherStatement(Exception failure) {
    return failure instanceof PSQLException own
        && own.getServerErrorMessage() == null
        && NO_COPY.contains(String.valueOf(own.getSQLState()));
  }

  /// Begins a COPY.
  static CopyOperation copy(Connection connection, String sql, boolean in) throws SQLException {
    var copies = connection.unwrap(PGConnection.class).getCopyAPI();
    return in ? copies.copyIn(sql) : copies.copyOut(sql);
  }
}
