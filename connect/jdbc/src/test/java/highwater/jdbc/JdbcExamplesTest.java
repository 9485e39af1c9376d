package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of databases in docs/library.md.
@Timeout(60)
class JdbcExamplesTest {
  @TempDir Path dir;

  // @start region=record
  record Order(long id, BigDecimal total) {}

  // @end

  @Test
  void rowsGoToCsvAndBack() throws Exception {
    var database = Database.H2;
    for (var table : List.of("shop_orders", "shop_copies", "shop_large")) {
      database.execute("create table " + table + " (id bigint primary key, total numeric(12, 2), note varchar)");
    }
    database.execute("insert into shop_orders values (1, 99.5, 'a;\"b'), (2, 250, null), (3, 1000, '')");
    var file = dir.resolve("orders.csv.gz");
    try (var pool = pool("jdbc:h2:mem:tests;DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=FALSE")) {
      toCsv(pool, file);
      fromCsv(pool, file);
      rows(pool);
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }
    var all =
        "select listagg(id || '=' || total || '/' || coalesce(note, 'none'), ' ') within group (order by id) from ";
    assertThat(database.ask(all + "shop_copies")).isEqualTo("1=99.50/a;\"b 2=250.00/none 3=1000.00/");
    assertThat(database.ask(all + "shop_large")).isEqualTo("2=250.00/none 3=1000.00/none");
  }

  private static HikariDataSource pool(String url) {
    // @start region=pool
    var config = new HikariConfig();
    config.setJdbcUrl(url); // jdbc:postgresql://localhost/shop
    config.setMaximumPoolSize(4); // each run takes one connection for each of its ends
    var pool = new HikariDataSource(config);
    // @end
    return pool;
  }

  private static void toCsv(DataSource pool, Path file) {
    // @start region=toCsv
    Pipeline.from(CsvOrigin.of(JdbcStreams.query(pool, "select * from shop_orders order by id")))
        .through(Gzip.compress())
        .to(FileStreams.write(file))
        .run();
    // @end
  }

  private static void fromCsv(DataSource pool, Path file) {
    // @start region=fromCsv
    Pipeline.from(FileStreams.read(file))
        .through(Gzip.decompress())
        .to(CsvTarget.into(JdbcStreams.insert(pool, "shop_copies"))) // the first line names the columns
        .run(); // all rows, or none
    // @end
  }

  private static void rows(DataSource pool) {
    // @start region=rows
    Pipeline.from(
            JdbcStreams.query(pool, "select id, total from shop_orders where total > ?", 100)
                .map(row -> new Order(row.getLong("id"), row.getBigDecimal("total"))))
        .to(
            JdbcStreams.<Order>insert(
                pool,
                "shop_large",
                List.of("id", "total"),
                (insert, order) -> {
                  insert.setLong(1, order.id());
                  insert.setBigDecimal(2, order.total());
                }))
        .run();
    // @end
  }
}
