package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The recipes for databases: the rows of a query, rows into a table.
///
/// ```java
/// Pipeline.from(JdbcStreams.query(pool, "select id, total from orders where total > ?", 100).map(Order::of))
///     .to(JdbcStreams.insert(archive, "orders", List.of("id", "total"), Order::bind))   // there only when complete
///     .run();
/// ```
/// As bytes of CSV: [CsvOrigin#of] for a query's rows, [CsvTarget#into] for a table; PostgreSQL's COPY is [PostgresCopy].
///
/// A run takes one connection of its data source for each of its ends, uses it on a thread of its own, and gives it back as
/// it came: with the settings it had, and with nothing under way. One that cannot be trusted any more is broken and discarded
/// instead. A run that ends early cancels the statement under way; what has not ended a second later is aborted.
/// PostgreSQL, SQLite and H2 are tested; of other databases the driver decides whether a result is streamed.
public final class JdbcStreams {
  private JdbcStreams() {}

  /// An origin of the rows of `sql`, whose parameters are set by `setObject` in their order.
  public static QueryOrigin<Row> query(DataSource source, String sql, @Nullable Object... parameters) {
    requireNonNull(source, "source");
    requireNonNull(sql, "sql");
    var query = new QueryOrigin.Query(source, sql, Arrays.asList(parameters.clone()));
    return QueryOrigin.ofRows(query);
  }

  /// A target that inserts rows into `table`; the columns are those of the first row.
  ///
  /// The table's name may have a schema in front, and parts in double quotes.
  public static InsertTarget<Row> insert(DataSource source, String table) {
    return InsertTarget.ofRows(source, table);
  }

  /// A target that inserts what `binder` sets, one value for each of `columns` in their order, into `table`.
  public static <T> InsertTarget<T> insert(
      DataSource source, String table, List<String> columns, InsertTarget.Binder<? super T> binder) {
    if (columns.isEmpty()) throw new IllegalArgumentException("columns: none (expected: one or more)");
    return InsertTarget.intoTable(source, table, List.copyOf(columns), binder);
  }

  /// A target that executes `sql`, a statement with parameters that `binder` sets, once for each row: an insert of other
  /// words, an update, a delete.
  public static <T> InsertTarget<T> execute(DataSource source, String sql, InsertTarget.Binder<? super T> binder) {
    return InsertTarget.ofStatement(source, sql, binder);
  }
}
