package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// One run of a query: its connection, its statement, and where it is in its result. One thread's, but for [#stop].
final class Cursor {
  /// The rows of the first fetch where rows are weighed: before it nobody knows what they weigh.
  private static final int FIRST_FETCH_ROWS = 16;

  private final String name;
  private final QueryOrigin.Query query;
  private final int fetchRows;
  private final boolean weighed;
  private final Session session;
  private Dialect dialect = Dialect.OTHER;
  private @Nullable Connection connection;
  private @Nullable PreparedStatement statement;
  private @Nullable ResultSet result;
  private boolean setLazy;
  private long rows;
  private int fetchRowsNow;
  private long heaviest = 1;

  /// Fetches `fetchRows` at a time, or fewer as [#weighs] says where they are weighed.
  Cursor(String name, QueryOrigin.Query query, int fetchRows, boolean weighed) {
    this.name = name;
    this.query = query;
    this.fetchRows = fetchRows;
    this.weighed = weighed;
    session = new Session(name, query.source());
  }

  /// Connects and asks; the result is before its first row.
  ResultSet open() throws Exception {
    try {
      var opened = session.open();
      connection = opened;
      dialect = session.call(() -> Dialect.of(opened));
      setLazy = session.call(() -> dialect.streams(opened));
      session.begin();
      fetchRowsNow = weighed ? Math.min(fetchRows, FIRST_FETCH_ROWS) : fetchRows;
      var prepared = session.call(() -> prepare(opened));
      statement = prepared;
      session.cancelsBy(dialect.cancelOf(opened, prepared));
      var asked = session.call(prepared::executeQuery);
      result = asked;
      return asked;
    } catch (SQLException | IOException e) {
      throw SqlErrors.opening(name, e);
    }
  }

  private PreparedStatement prepare(Connection opened) throws SQLException, IOException {
    var sql = SqlText.only(name, query.sql(), dialect);
    var prepared = opened.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    prepared.setFetchSize(fetchRowsNow);
    int place = 1;
    for (var parameter : query.parameters()) prepared.setObject(place++, parameter);
    return prepared;
  }

  Dialect dialect() {
    return dialect;
  }

  /// Goes to the next row; false behind the last.
  boolean next() throws IOException {
    try {
      boolean more = session.call(requireNonNull(result)::next);
      if (more) rows++;
      return more;
    } catch (SQLException | IOException e) {
      throw SqlErrors.reading(name, rows, e);
    }
  }

  long rows() {
    return rows;
  }

  /// What failed while a row was looked at.
  IOException failure(SQLException e) {
    return SqlErrors.reading(name, Math.max(0, rows - 1), e);
  }

  /// The row weighs so much: the next fetch has as many as are as heavy as the heaviest at most.
  void weighs(long bytes) throws IOException {
    if (bytes <= heaviest && rows > FIRST_FETCH_ROWS) return;
    heaviest = Math.max(heaviest, bytes);
    int fitting = (int) Math.max(1, Math.min(fetchRows, QueryOrigin.FETCH_BYTES / heaviest));
    boolean tooSoon = fitting > fetchRowsNow && rows < FIRST_FETCH_ROWS;
    if (fitting == fetchRowsNow || tooSoon) return;
    fetchRowsNow = fitting;
    try {
      requireNonNull(result).setFetchSize(fitting);
    } catch (SQLException e) {
      throw SqlErrors.reading(name, rows, e);
    }
  }

  /// Makes final what the query has changed.
  void commit() throws IOException {
    try {
      closeStatement();
      session.commit();
    } catch (SQLException | IOException e) {
      throw SqlErrors.committing(name, e);
    }
  }

  /// Gives the connection back as it came, or discards it.
  void close() throws Exception {
    try {
      closeStatement();
      if (setLazy && connection != null && !session.isBroken()) dialect.streamsNoMore(connection);
    } catch (SQLException e) {
      session.breaks();
    } finally {
      session.release();
    }
  }

  private void closeStatement() throws SQLException {
    var closing = statement;
    statement = null;
    if (closing != null && !session.isBroken()) closing.close();
  }

  /// Makes the call under way end soon. Any thread.
  void stop() {
    session.stop();
  }
}
