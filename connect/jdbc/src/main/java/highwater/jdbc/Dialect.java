package highwater.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What databases do each in a way of its own: how a result is streamed, a call cancelled, a row replaced.
enum Dialect {
  POSTGRESQL {
    @Override
    Session.Cancel cancelOf(Connection connection, Statement statement) throws SQLException {
      return PostgresCalls.isOne(connection) ? PostgresCalls.cancelOf(connection) : statement::cancel;
    }
  },
  SQLITE {
    @Override
    boolean batches() {
      return false;
    }

    @Override
    boolean dropsWhatFollows() {
      return true;
    }
  },
  H2 {
    // The session's setting: without it a result is made whole before its first row is given.
    private static final String LAZY = "LAZY_QUERY_EXECUTION";

    @Override
    boolean streams(Connection connection) throws SQLException {
      try (var statement = connection.createStatement()) {
        boolean lazy;
        try (var found =
            statement.executeQuery(
                "select SETTING_VALUE from INFORMATION_SCHEMA.SETTINGS where SETTING_NAME = '" + LAZY + "'")) {
          lazy = found.next() && "TRUE".equalsIgnoreCase(found.getString(1));
        }
        if (lazy) return false;
        statement.execute("set " + LAZY + " true");
        return true;
      }
    }

    @Override
    void streamsNoMore(Connection connection) throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute("set " + LAZY + " false");
      }
    }

    @Override
    @Nullable String upsert(String table, List<String> columns, List<String> keys) {
      return "merge into %s (%s) key (%s) values (%s)"
          .formatted(table, String.join(", ", columns), String.join(", ", keys), places(columns));
    }
  },
  OTHER {
    @Override
    @Nullable String upsert(String table, List<String> columns, List<String> keys) {
      return null;
    }
  };

  static Dialect of(Connection connection) throws SQLException {
    var product = String.valueOf(connection.getMetaData().getDatabaseProductName());
    return switch (product.toUpperCase(Locale.ROOT)) {
      case "POSTGRESQL" -> POSTGRESQL;
      case "SQLITE" -> SQLITE;
      case "H2" -> H2;
      default -> OTHER;
    };
  }

  /// What cancels a call of `statement`.
  Session.Cancel cancelOf(Connection connection, Statement statement) throws SQLException {
    return statement::cancel;
  }

  /// Whether rows are sent together. Inside this process that saves nothing, and SQLite's driver does not tell which row of
  /// a batch has failed.
  boolean batches() {
    return true;
  }

  /// Whether of several statements in one all but the first are dropped without a word.
  boolean dropsWhatFollows() {
    return false;
  }

  /// Has results given as they are made; true where that is to be taken back.
  boolean streams(Connection connection) throws SQLException {
    return false;
  }

  /// Takes back what [#streams] has set.
  void streamsNoMore(Connection connection) throws SQLException {}

  /// The statement that inserts a row, or replaces what has the same keys; null where this library knows none.
  @Nullable String upsert(String table, List<String> columns, List<String> keys) {
    var others = columns.stream().filter(column -> !keys.contains(column)).toList();
    var then =
        others.isEmpty()
            ? "nothing"
            : others.stream()
                .map(column -> column + " = excluded." + column)
                .collect(Collectors.joining(", ", "update set ", ""));
    return insert(table, columns) + " on conflict (" + String.join(", ", keys) + ") do " + then;
  }

  static String insert(String table, List<String> columns) {
    return "insert into " + table + " (" + String.join(", ", columns) + ") values (" + places(columns) + ")";
  }

  private static String places(List<String> columns) {
    return columns.stream().map(_ -> "?").collect(Collectors.joining(", "));
  }
}
