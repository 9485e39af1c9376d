package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/// One COPY into PostgreSQL.
final class CopySink implements BlockingSink {
  /// The driver's number for the format.
  private static final int BINARY = 1;

  private final String name;
  private final String sql;
  private final Session session;
  private @Nullable CopyIn copy;
  private @Nullable CopyCheck check;
  private long positionBytes;

  CopySink(String name, DataSource source, String sql) {
    this.name = name;
    this.sql = sql;
    session = new Session(name, source);
  }

  @Override
  public void open() throws Exception {
    try {
      var connection = session.open();
      session.begin();
      session.cancelsBy(session.call(() -> PostgresCalls.cancelOf(connection)));
      int version = session.call(() -> connection.getMetaData().getDatabaseMajorVersion());
      if (!(session.call(() -> PostgresCalls.copy(connection, sql, true)) instanceof CopyIn in)) {
        throw new SQLException("no COPY … FROM STDIN");
      }
      copy = in;
      check = CopyCheck.of(name, sql, in.getFormat() == BINARY, version);
    } catch (SQLException | IOException e) {
      if (PostgresCalls.isOtherStatement(e)) {
        session.breaks();
        throw SqlErrors.noCopy(name, "into", "COPY … FROM STDIN", e);
      }
      throw SqlErrors.opening(name, e);
    }
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    int length = chunk.remaining();
    int offset = chunk.arrayOffset() + chunk.position();
    requireNonNull(check).look(chunk.array(), offset, offset + length);
    try {
      session.run(() -> requireNonNull(copy).writeToCopy(chunk.array(), offset, length));
    } catch (SQLException | IOException e) {
      throw SqlErrors.writingAt(name, positionBytes, e);
    }
    chunk.position(chunk.limit());
    positionBytes += length;
  }

  @Override
  public void finish() throws IOException {
    try {
      session.call(requireNonNull(copy)::endCopy);
      requireNonNull(check).end();
    } catch (SQLException | IOException e) {
      throw SqlErrors.writingAt(name, positionBytes, e);
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      session.commit();
    } catch (SQLException | IOException e) {
      throw SqlErrors.committing(name, e);
    }
  }

  @Override
  public void stop(Throwable cause) {
    session.stop();
  }

  /// Fails a copy that was not ended, which the server then forgets.
  @Override
  public void close() throws SQLException {
    try {
      if (copy != null && copy.isActive() && !session.isBroken()) copy.cancelCopy();
    } catch (SQLException e) {
      session.breaks();
    } finally {
      session.release();
    }
  }

  @Override
  public boolean writesFromArrays() {
    return true;
  }

  @Override
  public String waitsFor() {
    return "the server of " + name;
  }
}
