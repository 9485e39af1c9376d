import highwater.jdbc.JdbcStreams;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import java.math.BigDecimal;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.stream.LongStream;
import org.postgresql.ds.PGSimpleDataSource;

/// Inserts rows in batches of 1000 in one transaction: `Batches highwater|loop URL ROWS`, by the library or by a loop as one
/// writes it by hand.
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

  public static void main(String[] arguments) throws Exception {
    long rows = Long.parseLong(arguments[2]);
    switch (arguments[0]) {
      case "highwater" -> {
        var source = new PGSimpleDataSource();
        source.setUrl(arguments[1]);
        var columns = List.of("id", "customer", "price", "at", "note");
        Pipeline.from(Origin.fromStream(() -> LongStream.rangeClosed(1, rows).mapToObj(Order::of)))
            .to(JdbcStreams.<Order>insert(source, "filled", columns, (statement, order) -> order.bind(statement)))
            .run();
      }
      case "loop" -> loop(arguments[1], rows);
      default -> throw new IllegalArgumentException(arguments[0] + " (expected: highwater or loop)");
    }
  }

  private static void loop(String url, long rows) throws SQLException {
    try (var connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      var sql = "insert into filled (id, customer, price, at, note) values (?, ?, ?, ?, ?)";
      try (var statement = connection.prepareStatement(sql)) {
        for (long n = 1; n <= rows; n++) {
          Order.of(n).bind(statement);
          statement.addBatch();
          if (n % BATCH == 0) statement.executeBatch();
        }
        statement.executeBatch();
      }
      connection.commit();
    }
  }
}
