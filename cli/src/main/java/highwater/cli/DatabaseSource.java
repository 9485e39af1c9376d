package highwater.cli;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Connections to the address of one end, by the driver for it, each closed when its run is over.
///
/// Of the two drivers that the command carries only the one in question is loaded.
final class DatabaseSource implements DataSource {
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String SQLITE = "jdbc:sqlite:";

  /// SQLite's flags for one that is read and written, and not made where it is not there.
  private static final int READ_WRITE = 2;

  private final End.Database end;
  private final Driver driver;
  private final Properties properties;

  private DatabaseSource(End.Database end, Driver driver, Properties properties) {
    this.end = end;
    this.driver = driver;
    this.properties = properties;
  }

  /// Finds the driver.
  static DatabaseSource of(End.Database end, Peers peers) throws CommandException {
    String url = end.url();
    if (url.startsWith(POSTGRESQL)) {
      return new DatabaseSource(end, driver(end, "org.postgresql.Driver"), postgresql(url, peers));
    }
    if (url.startsWith(SQLITE)) {
      var properties = new Properties();
      // A file made by a mistyped name would be an empty database.
      properties.setProperty("open_mode", Integer.toString(READ_WRITE));
      return new DatabaseSource(end, driver(end, "org.sqlite.JDBC"), properties);
    }
    try {
      return new DatabaseSource(end, DriverManager.getDriver(url), new Properties());
    } catch (SQLException e) {
      throw noDriver(end);
    }
  }

  private static Driver driver(End.Database end, String name) throws CommandException {
    try {
      return Class.forName(name).asSubclass(Driver.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw noDriver(end);
    }
  }

  private static CommandException noDriver(End.Database end) {
    return CommandException.usage(
        end.name()
            + ": no driver for it (expected: jdbc:postgresql://HOST/DATABASE or jdbc:sqlite:FILE, whose drivers come"
            + " with the command)");
  }

  /// What psql takes from its environment, and times.
  private static Properties postgresql(String url, Peers peers) {
    var properties = new Properties();
    properties.setProperty("ApplicationName", "highwater");
    properties.setProperty("tcpKeepAlive", "true");
    set(properties, "user", System.getenv("PGUSER"));
    set(properties, "password", System.getenv("PGPASSWORD"));
    set(properties, "sslmode", System.getenv("PGSSLMODE"));
    set(properties, "connectTimeout", seconds(peers.connect()));
    set(properties, "socketTimeout", seconds(peers.idle()));
    // The driver takes these where the address has none.
    if (!url.startsWith(POSTGRESQL + "//")) {
      String host = System.getenv("PGHOST");
      if (host != null && !host.startsWith("/")) set(properties, "PGHOST", host);
      set(properties, "PGPORT", System.getenv("PGPORT"));
      if (url.equals(POSTGRESQL)) set(properties, "PGDBNAME", System.getenv("PGDATABASE"));
    }
    return properties;
  }

  private static void set(Properties properties, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) properties.setProperty(name, value);
  }

  /// Whole seconds, at least one: none would be for ever.
  private static @Nullable String seconds(@Nullable Duration time) {
    return time == null ? null : Long.toString(Math.max(1, time.toSeconds()));
  }

  @Override
  public Connection getConnection() throws SQLException {
    var connection = driver.connect(end.url(), properties);
    if (connection != null) return connection;
    // What the driver will not take; its own words would name the whole address.
    throw new SQLException("the address is none of " + driver.getClass().getName().toLowerCase(Locale.ROOT) + "'s");
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the address and the environment say who it is");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("the options say it");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("none");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("it wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
