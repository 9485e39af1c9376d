package highwater.jdbc;

import highwater.contract.Remains;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL of the system's, as a process of its own with a folder of its own, started once and shared by all tests of
/// this JVM.
public final class PostgresServer {
  /// The user with a password; `postgres` needs none.
  public static final String LOCKED_USER = "locked";

  public static final String PASSWORD = "not-to-be-printed";

  private static final class One {
    static final PostgresServer SERVER = start();
  }

  private final int port;

  private PostgresServer(int port) {
    this.port = port;
  }

  /// The one of this JVM.
  public static PostgresServer get() {
    return One.SERVER;
  }

  /// Where it listens, on 127.0.0.1.
  public int port() {
    return port;
  }

  /// Its address, for the user `postgres`.
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  /// Connections of its driver, through `port`.
  static PGSimpleDataSource source(int port) {
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName("postgres");
    source.setUser("postgres");
    source.setSslMode("disable");
    source.setGssEncMode("disable");
    return source;
  }

  public PGSimpleDataSource source() {
    return source(port);
  }

  /// Executes `sql`.
  public void execute(String sql) {
    try (var connection = source().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /// What `sql` gives, as text.
  public String ask(String sql) {
    try (var connection = source().getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return String.valueOf(result.getString(1));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static PostgresServer start() {
    try {
      var folder = Files.createTempDirectory("highwater-postgres");
      boolean root = "root".equals(System.getProperty("user.name"));
      if (root) {
        run(List.of("chown", "postgres", folder.toString()));
        run(List.of("chmod", "711", folder.toString()));
      }
      var data = folder.resolve("data").toString();
      run(
          as(
              root,
              "initdb",
              "-D",
              data,
              "-U",
              "postgres",
              "--auth=trust",
              "--encoding=UTF8",
              "--locale=C",
              "--no-sync"));
      int port = freePort();
      var command =
          as(
              root,
              "postgres",
              "-D",
              data,
              "-p",
              Integer.toString(port),
              "-c",
              "listen_addresses=127.0.0.1",
              "-k",
              folder.toString(),
              "-c",
              "fsync=off",
              "-c",
              "full_page_writes=off",
              "-c",
              "max_connections=50");
      var process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    process.descendants().forEach(ProcessHandle::destroy);
                    process.destroy();
                    delete(folder);
                  }));
      var server = new PostgresServer(port);
      Remains.await(
          "the server",
          () -> {
            if (!process.isAlive()) throw new AssertionError("PostgreSQL has ended: " + text(folder.resolve("log")));
            return server.answers();
          });
      server.execute("create role %s login superuser password '%s'".formatted(LOCKED_USER, PASSWORD));
      server.execute(
          "create table hba(line text); insert into hba values ('host all %s 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust');"
              .formatted(LOCKED_USER));
      server.execute("copy hba to '%s/pg_hba.conf'".formatted(data));
      server.execute("drop table hba; select pg_reload_conf()");
      return server;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private boolean answers() {
    try (var connection = source().getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /// A program of PostgreSQL's, which refuses to be root.
  private static List<String> as(boolean root, String program, String... words) {
    var command = new ArrayList<String>();
    if (root) command.addAll(List.of("runuser", "-u", "postgres", "--"));
    command.add(program(program));
    command.addAll(List.of(words));
    return command;
  }

  private static String program(String name) {
    var folder = new File("/usr/lib/postgresql");
    var versions = folder.list();
    if (versions != null) {
      for (var version : versions) {
        var file = new File(folder, version + "/bin/" + name);
        if (file.canExecute()) return file.toString();
      }
    }
    throw new AssertionError("no " + name + " in " + folder + "/*/bin (expected: the system's package postgresql)");
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).directory(new File("/")).start();
    var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new AssertionError(command + ": " + said);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      // What is left is the system's to clean.
    }
  }
}
