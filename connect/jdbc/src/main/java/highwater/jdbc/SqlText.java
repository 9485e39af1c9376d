package highwater.jdbc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The text of a statement, as a database reads it: where its first statement ends, and whether there is another.
///
/// A semicolon inside a literal, a name or a comment ends nothing. Drivers give no such thing: SQLite's drops what follows the
/// first statement, H2's does it and drops its result, PostgreSQL's has no word for which of its results was meant.
final class SqlText {
  private final String sql;
  private final Dialect dialect;
  private int place;

  private SqlText(String sql, Dialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  /// The one statement of `sql`, without what ends it and the comments behind that; fails where there are more. The text of a
  /// database whose literals are not known is taken as it is.
  static String only(String name, String sql, Dialect dialect) throws IOException {
    var first = first(sql, dialect);
    if (first != null) return first;
    throw new IOException(
        "several statements for "
            + name
            + " (expected: one, with nothing but comments behind its semicolon; run each by itself)");
  }

  /// The same, but null where there are more.
  static @Nullable String first(String sql, Dialect dialect) {
    if (dialect == Dialect.OTHER) return sql;
    var text = new SqlText(sql, dialect);
    int end = text.nextEnd();
    return text.hasMore() ? null : sql.substring(0, end);
  }

  /// Where the next semicolon is; the text's end where there is none.
  private int nextEnd() {
    while (place < sql.length() && sql.charAt(place) != ';') skip();
    return place;
  }

  /// Whether anything but blanks, comments and semicolons follows.
  private boolean hasMore() {
    while (place < sql.length()) {
      char sign = sql.charAt(place);
      if (sign != ';' && !Character.isWhitespace(sign) && !atComment()) return true;
      skip();
    }
    return false;
  }

  private boolean atComment() {
    return sql.startsWith("--", place) || sql.startsWith("/*", place) || atH2Comment();
  }

  private boolean atH2Comment() {
    return dialect == Dialect.H2 && sql.startsWith("//", place);
  }

  /// Goes behind what is here: a literal, a name in quotes, a comment, or a character.
  private void skip() {
    char sign = sql.charAt(place);
    if (sql.startsWith("--", place) || atH2Comment()) behind("\n", place);
    else if (sql.startsWith("/*", place)) skipComment();
    else if (sign == '\'' && escapes()) skipEscaped();
    // One that is doubled inside ends a literal and begins the next.
    else if (sign == '\'' || sign == '"') behind(String.valueOf(sign), place + 1);
    else if (dialect == Dialect.SQLITE && sign == '`') behind("`", place + 1);
    else if (dialect == Dialect.SQLITE && sign == '[') behind("]", place + 1);
    else if (dialect != Dialect.SQLITE && sign == '$') skipDollars();
    else place++;
  }

  private void behind(String end, int from) {
    int at = sql.indexOf(end, from);
    place = at < 0 ? sql.length() : at + end.length();
  }

  /// In all but SQLite one may be inside another.
  private void skipComment() {
    int depth = 0;
    do {
      if (sql.startsWith("*/", place)) {
        depth--;
        place += 2;
      } else if (sql.startsWith("/*", place)) {
        depth = dialect == Dialect.SQLITE ? 1 : depth + 1;
        place += 2;
      } else {
        place++;
      }
    } while (depth > 0 && place < sql.length());
  }

  /// Whether the literal here is PostgreSQL's `E'…'`.
  private boolean escapes() {
    return dialect == Dialect.POSTGRESQL
        && place > 0
        && Character.toLowerCase(sql.charAt(place - 1)) == 'e'
        && (place == 1 || !isOfName(sql.charAt(place - 2)));
  }

  private void skipEscaped() {
    for (place++; place < sql.length(); place++) {
      if (sql.charAt(place) == '\\') {
        place++;
      } else if (sql.startsWith("''", place)) {
        place++;
      } else if (sql.charAt(place) == '\'') {
        place++;
        return;
      }
    }
    place = sql.length();
  }

  /// `$$…$$`, or with a name between the dollars; a dollar inside a name or before a number is none.
  private void skipDollars() {
    int end = place + 1;
    while (end < sql.length() && isOfName(sql.charAt(end)) && sql.charAt(end) != '$') end++;
    boolean begins =
        end < sql.length()
            && sql.charAt(end) == '$'
            && (place == 0 || !isOfName(sql.charAt(place - 1)))
            && !Character.isDigit(sql.charAt(place + 1));
    if (begins) behind(sql.substring(place, end + 1), end + 1);
    else place++;
  }

  private static boolean isOfName(char sign) {
    return Character.isLetterOrDigit(sign) || sign == '_' || sign == '$';
  }
}
