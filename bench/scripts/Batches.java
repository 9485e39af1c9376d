import highwater.jdbc.JdbcStreams;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Inserts rows in batches of 1000 in one transaction: `Batches highwater|loop URL ROWS`, by the library or by a loop as one
/// writes it by hand. Both take the rows from the same stream, and their connection from the same data source.
final class Batches {
  private static final int BATCH = 1000;

  private Batches() {}

  record Order(long id, int customer, BigDecimal price, Timestamp at, String note) {
    static Order of(long n) {
      return new Order(
          n,
          (int) (n * 7919 % 100003),
          BigDecimal.valueOf(n % 100000, 2),
          new Timestamp(1_767_225_600_000L + n * 1000),
          "order " + n + " of things of things of things");
    }

    void bind(PreparedStatement statement) throws SQLException {
      statement.setLong(1, id);
      statement.setInt(2, customer);
      statement.setBigDecimal(3, price);
      statement.setTimestamp(4, at);
      statement.setString(5, note);
    }
  }

  private static Stream<Order> orders(long rows) {
    return LongStream.rangeClosed(1, rows).mapToObj(Order::of);
  }

  public static void main(String[] arguments) throws Exception {
    var source = new PGSimpleDataSource();
    source.setUrl(arguments[1]);
    long rows = Long.parseLong(arguments[2]);
    switch (arguments[0]) {
      case "highwater" -> {
        var columns = List.of("id", "customer", "price", "at", "note");
        Pipeline.from(Origin.fromStream(() -> orders(rows)))
            .to(JdbcStreams.<Order>insert(source, "filled", columns, (statement, order) -> order.bind(statement)))
            .run();
      }
      case "loop" -> loop(source, orders(rows).iterator());
      default -> throw new IllegalArgumentException(arguments[0] + " (expected: highwater or loop)");
    }
  }

  private static void loop(DataSource source, Iterator<Order> orders) throws SQLException {
    try (var connection = source.getConnection()) {
      connection.setAutoCommit(false);
      var sql = "insert into filled (id, customer, price, at, note) values (?, ?, ?, ?, ?)";
      try (var statement = connection.prepareStatement(sql)) {
        for (long n = 1; orders.hasNext(); n++) {
          orders.next().bind(statement);
          statement.addBatch();
          if (n % BATCH == 0) statement.executeBatch();
        }
        statement.executeBatch();
      }
      connection.commit();
    }
  }
}
