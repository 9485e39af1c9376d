package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The recipe that writes rows into a database, in batches; made by [JdbcStreams#insert] and [JdbcStreams#execute].
///
/// All rows are one transaction, committed when every part of the run is done, the target's last: they appear at once or not
/// at all. With [#commitEachBatch] each batch is one: rows appear while the run goes on, and those of full batches before a
/// failure stay, which its message says. A row that the database refuses is named by its number, from 1 on, where the driver
/// tells it.
public final class InsertTarget<T> implements PullTarget<T> {
  /// The most rows of a batch unless something else is asked for.
  public static final int DEFAULT_BATCH_ROWS = 1000;

  /// The most bytes of a batch unless something else is asked for: 1 MiB, where rows are weighed.
  public static final int DEFAULT_BATCH_BYTES = 1 << 20;

  /// Batches of one run: one being filled, one that waits, one with the driver.
  static final int BATCHES = 3;

  /// Sets the parameters of a statement to what a row has.
  @FunctionalInterface
  public interface Binder<T> {
    /// Called once for each row, on a thread of the run; must not execute the statement, nor keep it.
    void bind(PreparedStatement statement, T row) throws SQLException;
  }

  /// What a run executes for each row.
  ///
  /// @param source where connections come from
  /// @param sql the statement, or null for an insert
  /// @param table where to insert
  /// @param columns into which columns; empty for those of the first row
  /// @param keys the columns that tell rows apart, for an upsert; else empty
  record Work(DataSource source, @Nullable String sql, String table, List<String> columns, List<String> keys) {}

  /// How many rows go together.
  record Batching(int rows, long bytes, boolean commitsEach) {}

  private final Work work;
  private final RowBatches.Writer<T> writer;
  private final String name;
  private final Batching batching;
  private final @Nullable ToLongFunction<? super T> weigher;

  private InsertTarget(
      Work work,
      RowBatches.Writer<T> writer,
      String name,
      Batching batching,
      @Nullable ToLongFunction<? super T> weigher) {
    this.work = work;
    this.writer = writer;
    this.name = name;
    this.batching = batching;
    this.weigher = weigher;
  }

  private static final Batching BATCHING = new Batching(DEFAULT_BATCH_ROWS, DEFAULT_BATCH_BYTES, false);

  static InsertTarget<Row> ofRows(DataSource source, String table) {
    return new InsertTarget<>(
        new Work(source, null, checked(table), List.of(), List.of()),
        Inserter::writeRows,
        "table " + table,
        BATCHING,
        Row::weight);
  }

  static <T> InsertTarget<T> intoTable(
      DataSource source, String table, List<String> columns, Binder<? super T> binder) {
    var work = new Work(source, null, checked(table), columns, List.of());
    return new InsertTarget<>(work, writing(binder), "table " + table, BATCHING, null);
  }

  static <T> InsertTarget<T> ofStatement(DataSource source, String sql, Binder<? super T> binder) {
    var work = new Work(source, requireNonNull(sql, "sql"), "", List.of(), List.of());
    return new InsertTarget<>(work, writing(binder), "statement", BATCHING, null);
  }

  private static <T> RowBatches.Writer<T> writing(Binder<? super T> binder) {
    requireNonNull(binder, "binder");
    return (inserter, rows) -> inserter.write(rows, binder);
  }

  private static String checked(String table) {
    if (TableStatement.isTable(table)) return table;
    throw new IllegalArgumentException(
        "not a table's name: " + table + " (expected: NAME or SCHEMA.NAME, with other letters in double quotes)");
  }

  /// The same under a name for messages and plans.
  public InsertTarget<T> named(String name) {
    return new InsertTarget<>(work, writer, requireNonNull(name, "name"), batching, weigher);
  }

  /// The same replacing what has the same `keys`, which must be a primary key or a unique constraint of the table; for
  /// PostgreSQL, SQLite and H2. Two rows of one batch with the same key: the later one stays.
  public InsertTarget<T> upsert(String... keys) {
    if (keys.length == 0) throw new IllegalArgumentException("upsert: no columns (expected: those of a unique key)");
    if (work.sql != null) throw new IllegalStateException("upsert is for a table (expected: insert, not execute)");
    return new InsertTarget<>(
        new Work(work.source, null, work.table, work.columns, List.of(keys)), writer, name, batching, weigher);
  }

  /// The same with at most `rows` in a batch, 1 or more.
  public InsertTarget<T> batchRows(int rows) {
    if (rows < 1) throw new IllegalArgumentException("batchRows: " + rows + " (expected: 1 or more)");
    return with(new Batching(rows, batching.bytes, batching.commitsEach));
  }

  /// The same with at most `bytes` in a batch, 1 or more, where rows are weighed; one that weighs more fails the run.
  public InsertTarget<T> batchBytes(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("batchBytes: " + bytes + " (expected: 1 or more)");
    return with(new Batching(batching.rows, bytes, batching.commitsEach));
  }

  /// The same with a transaction for each batch.
  public InsertTarget<T> commitEachBatch() {
    return with(new Batching(batching.rows, batching.bytes, true));
  }

  private InsertTarget<T> with(Batching batching) {
    return new InsertTarget<>(work, writer, name, batching, weigher);
  }

  /// The same with rows that `weigher` weighs, in bytes.
  public InsertTarget<T> weighedBy(ToLongFunction<? super T> weigher) {
    return new InsertTarget<>(work, writer, name, batching, requireNonNull(weigher, "weigher"));
  }

  Work work() {
    return work;
  }

  Batching batching() {
    return batching;
  }

  @Nullable ToLongFunction<? super T> weigher() {
    return weigher;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String advice() {
    return "the database, or the way to it, sets the pace: larger batches, fewer indexes or COPY may help";
  }

  String how() {
    return "batches of "
        + ByteSizes.grouped(batching.rows)
        + (batching.rows == 1 ? " row" : " rows")
        + (weigher == null ? "" : " or " + ByteSizes.rounded(batching.bytes))
        + (batching.commitsEach ? ", a transaction each" : ", one transaction")
        + (work.keys.isEmpty() ? "" : ", replacing what has the same " + String.join(", ", work.keys));
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (weigher != null) return Footprint.of(how(), 0, Term.of("batches", BATCHES, batching.bytes));
    if (inputMaxBytes == Footprint.UNKNOWN) return new Footprint(how(), List.of(), 0, false);
    return Footprint.of(how(), 0, Term.of("batches", BATCHES, Math.multiplyExact((long) batching.rows, inputMaxBytes)));
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Put<T> put() {
    var inserter = new Inserter(name, work, batching);
    return new InsertPut<>(name, new RowBatches<>(name, batching, weigher, writer), inserter);
  }

  @Override
  public String toString() {
    return name;
  }
}
