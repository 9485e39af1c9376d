package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run's writing into a database: its connection, its statement, the batch it is at. One thread's, but for [#stop].
final class Inserter {
  private final String name;
  private final InsertTarget.Work work;
  private final InsertTarget.Batching batching;
  private final Session session;
  private Dialect dialect = Dialect.OTHER;
  private @Nullable Connection connection;
  private @Nullable PreparedStatement statement;
  private @Nullable List<String> columns;
  private BitSet binary = new BitSet();

  /// Rows given to the driver, and how many of them it has executed, and made final.
  private long added;

  private long executed;
  private long committed;

  /// The driver makes one statement of several rows, so its places are not theirs.
  private boolean rewrites;

  Inserter(String name, InsertTarget.Work work, InsertTarget.Batching batching) {
    this.name = name;
    this.work = work;
    this.batching = batching;
    session = new Session(name, work.source());
  }

  /// Connects, and prepares the statement where it does not depend on the first row.
  void open() throws Exception {
    try {
      var opened = session.open();
      connection = opened;
      dialect = session.call(() -> Dialect.of(opened));
      rewrites =
          session.call(() -> String.valueOf(opened.getMetaData().getURL()).contains("reWriteBatchedInserts=true"));
      if (work.sql() != null)
        prepare(dialect.dropsWhatFollows() ? SqlText.only(name, work.sql(), dialect) : work.sql());
      else if (!work.columns().isEmpty()) columns(work.columns());
    } catch (SQLException | IOException e) {
      throw SqlErrors.opening(name, e);
    }
  }

  /// Says which columns the rows have that follow.
  void columns(List<String> columns) throws IOException {
    try {
      var opened = requireNonNull(connection);
      // Before the transaction begins: in SQLite one that begins with reading may not be able to go on with writing.
      var made = session.call(() -> TableStatement.of(opened, dialect, work, columns));
      this.columns = columns;
      binary = made.binary();
      prepare(made.sql());
    } catch (SQLException | IOException e) {
      throw SqlErrors.opening(name, e);
    }
  }

  private void prepare(String sql) throws SQLException, IOException {
    var opened = requireNonNull(connection);
    session.begin();
    var prepared = session.call(() -> opened.prepareStatement(sql));
    statement = prepared;
    session.cancelsBy(dialect.cancelOf(opened, prepared));
  }

  /// Has the database do what `binder` sets for each of `rows`, in their order, as one batch.
  ///
  /// The loop is here, around the binder itself: whatever is called for each row is compiled with the driver's code inside, so
  /// each layer between the two would have a short run compile that once more, while it runs.
  <T> void write(List<T> rows, InsertTarget.Binder<? super T> binder) throws IOException {
    var prepared = requireNonNull(statement);
    boolean batches = dialect.batches();
    try {
      for (var row : rows) {
        added++;
        binder.bind(prepared, row);
        if (batches) prepared.addBatch();
        else session.call(prepared::executeUpdate);
      }
    } catch (SQLException | IOException e) {
      throw SqlErrors.writing(name, added, added, kept(), e);
    }
    execute();
  }

  /// The same of rows that have names of columns; the first one says which there are.
  void writeRows(List<Row> rows) throws IOException {
    if (columns == null) columns(rows.getFirst().columns());
    var known = requireNonNull(columns);
    long place = added;
    for (var row : rows) {
      place++;
      if (row.columns() == known || row.columns().equals(known)) continue;
      throw new IOException(
          "row %s to %s has the columns %s (expected: those of the first, %s)"
              .formatted(ByteSizes.grouped(place), name, String.join(", ", row.columns()), String.join(", ", known)));
    }
    write(
        rows,
        (prepared, row) -> {
          for (int i = 0; i < known.size(); i++) bind(prepared, i, row.value(i));
        });
  }

  /// The same of rows of text, each with a value for each column in their order.
  void writeText(List<@Nullable String[]> rows) throws IOException {
    write(
        rows,
        (prepared, values) -> {
          for (int i = 0; i < values.length; i++) bind(prepared, i, values[i]);
        });
  }

  private void bind(PreparedStatement prepared, int index, @Nullable Object value) throws SQLException {
    int place = index + 1;
    if (value instanceof String text) {
      if (binary.get(index) && Row.Hex.isOne(text)) prepared.setBytes(place, Row.Hex.parse(text));
      // Without a type, so that the server reads the text as the column's.
      else if (dialect == Dialect.POSTGRESQL) prepared.setObject(place, text, Types.OTHER);
      else prepared.setString(place, text);
    } else if (value instanceof byte[] bytes) {
      prepared.setBytes(place, bytes);
    } else {
      prepared.setObject(place, value);
    }
  }

  private void execute() throws IOException {
    int count = (int) (added - executed);
    try {
      if (dialect.batches()) executeBatch();
      executed = added;
      if (!batching.commitsEach()) return;
      session.commit();
      committed = executed;
    } catch (SQLException | IOException e) {
      throw refused(count, e);
    }
  }

  private void executeBatch() throws SQLException, IOException {
    var counts = session.call(requireNonNull(statement)::executeBatch);
    if (counts.length > 0 && counts[0] == Statement.SUCCESS_NO_INFO) rewrites = true;
  }

  private IOException refused(int count, Exception failure) {
    if (executed == added) return SqlErrors.committing(name, failure);
    int place =
        rewrites && count > 1 ? -1 : SqlErrors.failedOf(failure instanceof BatchUpdateException e ? e : null, count);
    long first = place < 0 ? executed + 1 : executed + place + 1;
    return SqlErrors.writing(name, first, place < 0 ? added : first, kept(), failure);
  }

  private String kept() {
    if (!batching.commitsEach()) return ", nothing of it stays";
    return ", " + (committed == 0 ? "none stays" : "those up to " + ByteSizes.grouped(committed) + " stay");
  }

  /// Makes all final.
  void commit() throws IOException {
    if (statement == null) return;
    try {
      session.commit();
    } catch (SQLException | IOException e) {
      throw SqlErrors.committing(name, e);
    }
  }

  /// Gives the connection back as it came, or discards it; what was not committed is undone.
  void close() throws SQLException {
    var closing = statement;
    statement = null;
    try {
      if (closing != null && !session.isBroken()) closing.close();
    } catch (SQLException e) {
      session.breaks();
    } finally {
      session.release();
    }
  }

  /// Makes the call under way end soon. Any thread.
  void stop() {
    session.stop();
  }
}
