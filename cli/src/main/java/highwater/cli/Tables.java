package highwater.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What `--query`, `--table` and their like say of databases.
///
/// @param query what the source is asked, or null
/// @param table what the sink's rows go into or, where that is no database, what the source reads; or null
/// @param form how rows are written as bytes
/// @param keys what an upsert replaces by, empty for an insert
/// @param batchRows the most rows of a batch, 0 where it was not given
/// @param commitsEach whether each batch is a transaction
record Tables(
    @Nullable String query, @Nullable String table, Form form, List<String> keys, int batchRows, boolean commitsEach) {
  /// How rows are written as bytes.
  enum Form {
    CSV,
    JSON,
    BINARY
  }

  private static final int BATCH_ROWS_MAX = 1_000_000;

  private static final String NAME = "(?:\\w[\\w$]*|\"(?:[^\"]|\"\")+\")";

  /// A table's name, perhaps with a schema, perhaps with columns in brackets (which COPY alone takes).
  private static final Pattern TABLE =
      Pattern.compile(
          NAME + "(?:\\." + NAME + ")*(?:\\s*\\(\\s*" + NAME + "(?:\\s*,\\s*" + NAME + ")*\\s*\\))?",
          Pattern.UNICODE_CHARACTER_CLASS);

  /// What the options say, one of which is there.
  static Tables of(Options options) throws CommandException {
    return new Tables(
        query(options.value(Flag.QUERY)),
        table(options.value(Flag.TABLE)),
        form(options.value(Flag.ROWS)),
        keys(options.value(Flag.UPSERT)),
        batch(options.value(Flag.BATCH)),
        options.has(Flag.COMMIT_EACH));
  }

  private static @Nullable String query(@Nullable String text) throws CommandException {
    if (text == null) return null;
    String query = text.strip();
    while (query.endsWith(";")) query = query.substring(0, query.length() - 1).strip();
    if (query.isEmpty()) throw CommandException.usage("--query is empty (expected: --query 'select …')");
    return query;
  }

  private static @Nullable String table(@Nullable String text) throws CommandException {
    if (text == null || TABLE.matcher(text).matches()) return text;
    throw CommandException.usage(
        "--table: "
            + Failure.oneLine(text)
            + " (expected: NAME or SCHEMA.NAME, with other letters in double quotes; a select stands in --query)");
  }

  private static Form form(@Nullable String text) throws CommandException {
    return switch (text) {
      case null -> Form.CSV;
      case "csv" -> Form.CSV;
      case "json" -> Form.JSON;
      case "binary" -> Form.BINARY;
      default -> throw CommandException.usage("--rows: " + text + " (expected: csv, json or binary)");
    };
  }

  private static List<String> keys(@Nullable String text) throws CommandException {
    var keys = new ArrayList<String>();
    if (text == null) return keys;
    for (String key : text.split(",", -1)) {
      if (key.isBlank()) {
        throw CommandException.usage(
            "--upsert: " + text + " (expected: the columns of a unique key, COLUMN[,COLUMN…])");
      }
      keys.add(key.strip());
    }
    return List.copyOf(keys);
  }

  private static int batch(@Nullable String text) throws CommandException {
    if (text == null) return 0;
    try {
      int rows = Integer.parseInt(text);
      if (rows > 0 && rows <= BATCH_ROWS_MAX) return rows;
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw CommandException.usage("--batch: " + text + " (expected: 1 to " + BATCH_ROWS_MAX + " rows)");
  }

  /// Refuses what does not fit the ends: `written` are the sinks.
  static void check(@Nullable Tables tables, List<End> sources, List<End> written) throws CommandException {
    var asked = databases(sources);
    var filled = databases(written);
    if (tables == null) {
      if (!asked.isEmpty()) throw nothingSaid(asked.getFirst(), "--query SQL or --table NAME");
      if (!filled.isEmpty()) throw nothingSaid(filled.getFirst(), "--table NAME");
      return;
    }
    if (asked.size() > 1 || (asked.size() == 1 && sources.size() > 1)) {
      throw CommandException.usage(
          asked.getFirst().name()
              + " is not the only source (expected: one database and no other source: their rows"
              + " may differ)");
    }
    for (var source : asked) tables.checkSource(source, !filled.isEmpty());
    for (var sink : filled) tables.checkSink(sink);
    if (asked.isEmpty() && tables.query != null) throw misplaced(Flag.QUERY, "a jdbc: or postgres-copy: source");
    if (asked.isEmpty() && filled.isEmpty()) throw misplaced(Flag.TABLE, "a jdbc: or postgres-copy: end");
    boolean inserts = filled.stream().anyMatch(end -> !end.copies());
    if (inserts) return;
    if (!tables.keys.isEmpty()) throw misplaced(Flag.UPSERT, "a jdbc: sink");
    if (tables.batchRows > 0) throw misplaced(Flag.BATCH, "a jdbc: sink");
    if (tables.commitsEach) throw misplaced(Flag.COMMIT_EACH, "a jdbc: sink");
  }

  private static List<End.Database> databases(List<End> ends) {
    var databases = new ArrayList<End.Database>();
    for (End end : ends) if (end instanceof End.Database database) databases.add(database);
    return databases;
  }

  private void checkSource(End.Database source, boolean intoDatabase) throws CommandException {
    if (query == null && (table == null || intoDatabase)) {
      throw nothingSaid(
          source, intoDatabase ? "--query SQL for it, --table NAME for the sink" : "--query SQL or --table NAME");
    }
    if (query != null && table != null && !intoDatabase) {
      throw CommandException.usage("--query and --table both name the rows to read (expected: one of the two)");
    }
    checkForm(source, intoDatabase);
    if (query == null) checkColumns(source);
  }

  private void checkSink(End.Database sink) throws CommandException {
    if (table == null) throw nothingSaid(sink, "--table NAME");
    checkForm(sink, true);
    checkColumns(sink);
  }

  private void checkColumns(End.Database end) throws CommandException {
    if (end.copies() || table == null || !table.endsWith(")")) return;
    throw CommandException.usage(
        "--table: " + table + " (expected: a name without columns, which postgres-copy: alone takes)");
  }

  private void checkForm(End.Database end, boolean written) throws CommandException {
    if (form == Form.BINARY && !end.copies()) {
      throw CommandException.usage(
          "--rows binary: " + end.name() + " has no such rows (expected: csv; binary is postgres-copy:'s alone)");
    }
    if (form == Form.JSON && end.copies()) {
      throw CommandException.usage(
          "--rows json: COPY has no such rows (expected: csv or binary; json is a jdbc: source's)");
    }
    if (form == Form.JSON && written) {
      throw CommandException.usage(
          "--rows json: a table takes rows as CSV (expected: no --rows, and CSV; json is what a jdbc: source gives)");
    }
  }

  private static CommandException nothingSaid(End end, String expected) {
    return CommandException.usage(end.name() + ": no rows are named (expected: " + expected + ")");
  }

  private static CommandException misplaced(Flag flag, String expected) {
    return CommandException.usage("--" + flag.word + " says nothing here (expected: " + expected + ")");
  }
}
