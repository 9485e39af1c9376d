package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/// One COPY out of PostgreSQL. The driver gives a row at a time; rows are gathered while they come without a wait.
final class CopySource implements BlockingSource {
  /// What a call that was cancelled fails with, as SQLSTATE has it.
  private static final String CANCELLED = "57014";

  private final String name;
  private final String sql;
  private final Session session;
  private @Nullable CopyOut copy;
  private Session.@Nullable Cancel cancel;
  private byte[] row = {};
  private int rowPosition;
  private long positionBytes;
  private boolean atEnd;

  CopySource(String name, DataSource source, String sql) {
    this.name = name;
    this.sql = sql;
    session = new Session(name, source);
  }

  @Override
  public void open() throws Exception {
    try {
      var connection = session.open();
      session.begin();
      cancel = session.call(() -> PostgresCalls.cancelOf(connection));
      session.cancelsBy(cancel);
      if (!(session.call(() -> PostgresCalls.copy(connection, sql, false)) instanceof CopyOut out)) {
        throw new SQLException("no COPY … TO STDOUT");
      }
      copy = out;
    } catch (SQLException | IOException e) {
      if (PostgresCalls.isOtherStatement(e)) {
        session.breaks();
        throw SqlErrors.noCopy(name, "out of", "COPY … TO STDOUT", e);
      }
      throw SqlErrors.opening(name, e);
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    try {
      int read = session.call(() -> fill(buffer));
      // The server has said that it is complete.
      if (read < 0) session.commit();
      return read;
    } catch (SQLException | IOException e) {
      throw SqlErrors.readingAt(name, positionBytes, e);
    }
  }

  /// In one call for all rows of a chunk, so that what it costs to be able to cancel is paid once.
  private int fill(ByteBuffer buffer) throws SQLException {
    int before = buffer.position();
    boolean waits = true;
    while (buffer.hasRemaining()) {
      if (rowPosition == row.length) {
        if (atEnd) break;
        var next = requireNonNull(copy).readFromCopy(waits);
        if (next == null) {
          atEnd = !copy.isActive();
          if (atEnd || !waits) break;
          continue;
        }
        row = next;
        rowPosition = 0;
      }
      int length = Math.min(buffer.remaining(), row.length - rowPosition);
      buffer.put(row, rowPosition, length);
      rowPosition += length;
      waits &= length == 0;
    }
    int read = buffer.position() - before;
    positionBytes += read;
    return read > 0 ? read : -1;
  }

  @Override
  public void stop(Throwable cause) {
    session.stop();
  }

  /// Ends the copy and drains what was still to come, so that the connection can be used again; else it is discarded.
  @Override
  public void close() throws SQLException {
    try {
      if (copy != null && copy.isActive() && !session.isBroken()) drain(copy);
    } catch (SQLException e) {
      session.breaks();
    } finally {
      session.release();
    }
  }

  /// Reads to the end of what was cancelled: `cancelCopy` leaves that in the socket, where the next call would find it.
  private void drain(CopyOut active) throws SQLException {
    requireNonNull(cancel).cancel();
    try {
      while (active.isActive()) active.readFromCopy(true);
    } catch (SQLException e) {
      if (!CANCELLED.equals(e.getSQLState()) || active.isActive()) throw e;
    }
  }

  @Override
  public String waitsFor() {
    return "the server of " + name;
  }
}
