package highwater.jdbc;

import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/// Failures of databases in one line: what happened, what was expected, what to do.
final class SqlErrors {
  private static final int WORDS_MAX = 400;

  private static final String OR_UPSERT = ", or upsert";

  private static final String NO_TABLE = "a table that is there; check its name and schema";
  private static final String NO_COLUMN = "columns that are there; check their names";
  private static final String NO_ROWS =
      "a query that gives rows; one that changes some may end with RETURNING, where the database has it";

  private SqlErrors() {}

  static IOException opening(String name, Exception cause) {
    return line("cannot open " + name, cause);
  }

  /// The statement does not copy the way that is wanted, or nothing.
  static IOException noCopy(String name, String way, String wanted, Exception cause) {
    return new IOException(
        "cannot open " + name + ": its statement begins no COPY " + way + " the database (expected: " + wanted + ")",
        cause);
  }

  static IOException reading(String name, long rows, Exception cause) {
    return line("cannot read " + name + " behind row " + grouped(rows), cause);
  }

  static IOException readingAt(String name, long bytes, Exception cause) {
    return line("cannot read " + name + " at byte " + grouped(bytes), cause);
  }

  static IOException writingAt(String name, long bytes, Exception cause) {
    var told = line("cannot write " + name + " at byte " + grouped(bytes) + ", nothing of it stays", cause);
    // A COPY has no upsert.
    return told == cause ? told : new IOException(String.valueOf(told.getMessage()).replace(OR_UPSERT, ""), cause);
  }

  /// A failure of one row, where `first` is `last`, else of one of several.
  static IOException writing(String name, long first, long last, String kept, Exception cause) {
    var rows = first >= last ? "row " + grouped(last) : "one of the rows " + grouped(first) + " to " + grouped(last);
    return line("cannot write " + rows + " to " + name + kept, cause);
  }

  /// The answer to a commit did not come, or was no.
  static IOException committing(String name, Exception cause) {
    return line("cannot commit " + name, cause);
  }

  private static IOException line(String what, Exception cause) {
    if (cause instanceof IOException told && String.valueOf(told.getMessage()).contains("(expected: ")) return told;
    if (cause instanceof RuntimeException mistake) throw mistake;
    var deepest = deepest(cause);
    var host = unknownHost(cause);
    var words = host == null ? words(deepest) : "unknown host " + host;
    var advice = host == null ? advice(deepest) : "a host that the network knows; check its name";
    return new IOException(what + ": " + words + state(deepest) + " (expected: " + advice + ")", cause);
  }

  /// A batch's own words quote the statement with its values; what the server said is inside.
  static Exception deepest(Exception cause) {
    if (!(cause instanceof BatchUpdateException batch)) return cause;
    if (batch.getNextException() != null) return batch.getNextException();
    return batch.getCause() instanceof SQLException inner ? inner : cause;
  }

  /// The name that could not be looked up, which the driver's words leave out; null where that is not what has failed.
  private static @Nullable String unknownHost(Exception cause) {
    for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException) return words(each);
    }
    return null;
  }

  private static String state(Exception cause) {
    var state = cause instanceof SQLException sql ? sql.getSQLState() : null;
    return state == null ? "" : " [" + state + "]";
  }

  private static String advice(Exception cause) {
    var state = cause instanceof SQLException sql ? sql.getSQLState() : null;
    return state == null || state.length() < 2 ? byClass(cause) : advice(state);
  }

  private static String advice(String state) {
    return switch (state) {
      case "57014" -> "a statement that may end; a timeout of the server's or an administrator has cancelled it";
      case "25006" -> "a connection that may write; this one is read-only, or its server is";
      case "42501" -> "a user who may do this; grant it, or log in as another";
      // The server asks for a password, and there is none.
      case "08004" -> byState("28");
      // PostgreSQL's driver, and H2.
      case "02000", "90002" -> NO_ROWS;
      case "22021" -> "text in the database's encoding; decompress it first where it is compressed, or convert it";
      case "42P01", "42S02" -> NO_TABLE;
      case "42703", "42S22" -> NO_COLUMN;
      default -> byState(state);
    };
  }

  private static String byClass(Exception cause) {
    var words = words(cause);
    // SQLite has no SQLSTATE.
    if (words.startsWith("[SQLITE_CONSTRAINT")) return byState("23");
    if (words.equals("Query does not return results")) return NO_ROWS;
    if (words.startsWith("[SQLITE_MISMATCH")) return byState("22");
    if (words.contains("(no such table: ")) return NO_TABLE;
    if (words.contains("(no such column: ")) return NO_COLUMN;
    if (words.startsWith("[SQLITE_CANTOPEN") || words.startsWith("[SQLITE_NOTADB")) {
      return "a file that is a database and that this user may open; check its path";
    }
    if (words.startsWith("[SQLITE_READONLY")) return advice("25006");
    // A pool's.
    if (cause instanceof SQLTransientConnectionException) {
      return "a connection that becomes free in time; a larger pool, or fewer runs at once";
    }
    if (words.startsWith("[SQLITE_BUSY") || words.startsWith("[SQLITE_LOCKED")) return byState("40");
    return cause instanceof IOException
        ? "a connection until the end; look at the server and the network, then run again"
        : "a database that does as it is told; check the statement and the data";
  }

  private static String byState(String state) {
    return switch (state.substring(0, 2)) {
      case "08" -> "a server that answers until the end; look at it, its address and the network";
      case "28" -> "a user and a password that the server takes; look at those of the data source";
      case "22" -> "values that fit their columns; mend that row";
      case "23" -> "rows that keep the table's constraints; mend that row" + OR_UPSERT;
      case "40" -> "no conflict with other transactions; run again";
      case "53" -> "a server with room left; look at its connections, memory and disk";
      case "57" -> "a server that stays up; run again when it is back";
      case "3D" -> "a database of this name; check it, or create it";
      case "42" -> "a statement that the database takes; check its words and names";
      default -> "a database that does as it is told; check the statement and the data";
    };
  }

  /// The message on one line.
  static String words(Throwable thrown) {
    var message = thrown.getMessage();
    if (message == null || message.isBlank()) return thrown.getClass().getSimpleName();
    // H2 repeats the statement.
    int statement = message.indexOf("; SQL statement:");
    if (statement > 0) message = message.substring(0, statement);
    var line = message.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", " ");
    return line.length() <= WORDS_MAX ? line : line.substring(0, WORDS_MAX) + "…";
  }

  private static String grouped(long number) {
    return highwater.pipeline.ByteSizes.grouped(number);
  }

  /// Which of a batch of `count` rows failed, from 0 on; -1 where the driver does not tell.
  ///
  /// One kind of driver goes on behind a failure and marks the rows, one stops there and counts those before, and one marks all
  /// and has the place in its words alone: the first number in them, in whatever language.
  static int failedOf(@Nullable BatchUpdateException failure, int count) {
    if (failure == null) return -1;
    var counts = failure.getUpdateCounts();
    int failed = 0;
    int first = -1;
    for (int i = 0; counts != null && i < counts.length; i++) {
      if (counts[i] != java.sql.Statement.EXECUTE_FAILED) continue;
      if (first < 0) first = i;
      failed++;
    }
    if (failed > 0 && failed < counts.length) return first;
    if (count == 1) return 0;
    var words = String.valueOf(failure.getMessage());
    var number = java.util.regex.Pattern.compile("[0-9][0-9.,'\\u00a0\\u202f]*").matcher(words);
    if (number.find() && number.start() < FIRST_WORDS) {
      var digits = number.group().replaceAll("[^0-9]", "");
      if (digits.length() < 9 && Integer.parseInt(digits) < count) return Integer.parseInt(digits);
    }
    return counts != null && failed == 0 && counts.length < count ? counts.length : -1;
  }

  /// Where in its words a driver has the place, if at all.
  private static final int FIRST_WORDS = 30;
}
