package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The recipe of a query's rows; made by [JdbcStreams#query].
///
/// The cursor really streams: the driver has no more rows in memory than [#fetchSize], of which the server is asked for the
/// next when they are used up, while up to [#AHEAD] rows more wait for the pipeline. Rows that can be weighed (a [Row] can)
/// are fetched in so small numbers that a fetch has about [#FETCH_BYTES], however wide they are.
///
/// The query runs in a transaction. What it changes (`delete … returning`) is committed when every part of the run is done,
/// before the run's target is, and undone otherwise. The connection is busy until then.
public final class QueryOrigin<T> implements PullOrigin<T> {
  /// The most rows of one fetch unless something else is asked for.
  public static final int DEFAULT_FETCH_ROWS = 256;

  /// What a fetch aims at where rows are weighed, in bytes: 1 MiB.
  public static final int FETCH_BYTES = 1 << 20;

  /// How many rows wait for the pipeline at most.
  public static final int AHEAD = 64;

  /// What they may weigh together, unless a single one weighs more, in bytes: 256 KiB.
  static final int AHEAD_BYTES = 256 << 10;

  /// Makes a value of the row at which a result is.
  @FunctionalInterface
  public interface Mapper<T> {
    /// Called once for each row, on a thread of the run; must not move the result, nor keep it.
    T map(ResultSet result) throws SQLException;
  }

  /// What is asked, of whom.
  record Query(DataSource source, String sql, List<@Nullable Object> parameters) {}

  /// Makes the mapper of one run of the result, whose columns are known by then.
  interface Mapping<T> {
    Mapper<? extends T> of(ResultSet result, Dialect dialect) throws SQLException;
  }

  private final Query query;
  private final Mapping<T> mapping;
  private final String name;
  private final int fetchRows;
  private final @Nullable ToLongFunction<? super T> weigher;
  private final long rowMaxBytes;

  private QueryOrigin(
      Query query,
      Mapping<T> mapping,
      String name,
      int fetchRows,
      @Nullable ToLongFunction<? super T> weigher,
      long rowMaxBytes) {
    this.query = query;
    this.mapping = mapping;
    this.name = name;
    this.fetchRows = fetchRows;
    this.weigher = weigher;
    this.rowMaxBytes = rowMaxBytes;
  }

  static QueryOrigin<Row> ofRows(Query query) {
    return new QueryOrigin<>(query, RowReader::new, "query", DEFAULT_FETCH_ROWS, Row::weight, Footprint.UNKNOWN);
  }

  /// The same, giving what `mapper` makes of each row, whose weight is then unknown; see [#weighedBy].
  public <U> QueryOrigin<U> map(Mapper<? extends U> mapper) {
    requireNonNull(mapper, "mapper");
    return new QueryOrigin<>(query, (_, _) -> mapper, name, fetchRows, null, rowMaxBytes);
  }

  /// The same under a name for messages and plans.
  public QueryOrigin<T> named(String name) {
    return new QueryOrigin<>(query, mapping, requireNonNull(name, "name"), fetchRows, weigher, rowMaxBytes);
  }

  /// The same with at most `rows` of them in one fetch, 1 or more. Far away servers want more, wide rows less.
  public QueryOrigin<T> fetchSize(int rows) {
    if (rows < 1) throw new IllegalArgumentException("fetchSize: " + rows + " (expected: 1 row or more)");
    return new QueryOrigin<>(query, mapping, name, rows, weigher, rowMaxBytes);
  }

  /// The same with rows that `weigher` weighs, in bytes.
  public QueryOrigin<T> weighedBy(ToLongFunction<? super T> weigher) {
    return new QueryOrigin<>(query, mapping, name, fetchRows, requireNonNull(weigher, "weigher"), rowMaxBytes);
  }

  /// The same, declaring that no row weighs more than `bytes`, so that a pipeline's bound can be known. A row that is weighed
  /// is held to it, with the figures; and no more of them are fetched than [#FETCH_BYTES] can hold.
  public QueryOrigin<T> rowAtMost(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("rowAtMost: " + bytes + " (expected: 1 byte or more)");
    return new QueryOrigin<>(query, mapping, name, fetchRows, weigher, bytes);
  }

  Query query() {
    return query;
  }

  Mapping<T> mapping() {
    return mapping;
  }

  @Nullable ToLongFunction<? super T> weigher() {
    return weigher;
  }

  long rowMaxBytes() {
    return rowMaxBytes;
  }

  /// The most rows of one fetch.
  public int fetchSize() {
    return rowMaxBytes == Footprint.UNKNOWN
        ? fetchRows
        : (int) Math.max(1, Math.min(fetchRows, FETCH_BYTES / rowMaxBytes));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String advice() {
    return "the database, or the way to it, sets the pace: an index, or more rows in a fetch, may help";
  }

  /// The rows of a fetch twice, as a driver has the last one until the next has come; those that wait; the one that waits to
  /// wait, and the one that is lent.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var how =
        "rows, fetched "
            + ByteSizes.grouped(fetchSize())
            + " at a time"
            + (weigher == null ? "" : " or as many as make " + ByteSizes.rounded(FETCH_BYTES))
            + ", by a thread of its own";
    if (rowMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    return Footprint.of(
        how,
        rowMaxBytes,
        Term.of("fetched", Math.multiplyExact(2, fetchSize()), rowMaxBytes),
        weigher == null
            ? Term.of("rows ahead", AHEAD, rowMaxBytes)
            : Term.of("rows ahead", 1, Math.max(AHEAD_BYTES, rowMaxBytes)),
        Term.of("rows in hand", 2, rowMaxBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Pull<T> pull() {
    return new QueryPull<>(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
