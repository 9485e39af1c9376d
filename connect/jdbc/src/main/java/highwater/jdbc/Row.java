package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One row with the names of its columns, for who has no type of their own for it.
///
/// A value is a `Number`, a `Boolean`, a `String`, a `byte[]` or null; whatever else a database has (dates, times, intervals,
/// arrays, JSON) is the text that its driver writes. Nothing of it needs the connection any more. Immutable, but for the content
/// of a `byte[]`, which nobody may change.
public final class Row {
  /// What an object takes beside its content, roughly, in bytes.
  private static final int OBJECT_BYTES = 24;

  private final List<String> columns;
  private final @Nullable Object[] values;

  Row(List<String> columns, @Nullable Object[] values) {
    this.columns = columns;
    this.values = values;
  }

  /// Makes a row of as many values as there are columns.
  public static Row of(List<String> columns, @Nullable Object... values) {
    if (columns.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values (expected: one for each of the " + columns.size() + " columns)");
    }
    return new Row(List.copyOf(columns), values.clone());
  }

  /// The names of the columns, in order. Two may be alike.
  public List<String> columns() {
    return columns;
  }

  /// The value of the column at `index`, from 0 on.
  public @Nullable Object value(int index) {
    return values[index];
  }

  /// The value of the first column called `column`, the case of letters aside; throws `IllegalArgumentException` where there is
  /// none.
  public @Nullable Object value(String column) {
    requireNonNull(column, "column");
    for (int i = 0; i < values.length; i++) if (columns.get(i).equals(column)) return values[i];
    for (int i = 0; i < values.length; i++) if (columns.get(i).equalsIgnoreCase(column)) return values[i];
    throw new IllegalArgumentException(
        "no column " + column + " (expected: one of " + String.join(", ", columns) + ")");
  }

  /// The value as text, or null: a `byte[]` as `\x` and hexadecimal digits, the way PostgreSQL writes it.
  public @Nullable String text(int index) {
    return textOf(values[index]);
  }

  static @Nullable String textOf(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> Hex.of(bytes);
      case java.math.BigDecimal number -> number.toPlainString();
      default -> value.toString();
    };
  }

  /// About how much memory it takes, in bytes: content, and what Java puts around it.
  public long weight() {
    long bytes = OBJECT_BYTES + 8L * values.length;
    for (var value : values) {
      bytes +=
          switch (value) {
            case null -> 0;
            case String text -> OBJECT_BYTES * 2 + 2L * text.length();
            case byte[] content -> OBJECT_BYTES + (long) content.length;
            default -> OBJECT_BYTES;
          };
    }
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Row row && columns.equals(row.columns) && Arrays.deepEquals(values, row.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(columns, Arrays.deepHashCode(values));
  }

  /// Its columns and values, for people to read.
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ", ").append(columns.get(i)).append('=').append(text(i));
    }
    return text.append('}').toString();
  }

  /// How PostgreSQL writes bytes as text.
  static final class Hex {
    private static final String MARK = "\\x";

    private Hex() {}

    static String of(byte[] bytes) {
      return MARK + java.util.HexFormat.of().formatHex(bytes);
    }

    static boolean isOne(String text) {
      return text.startsWith(MARK) && text.length() % 2 == 0;
    }

    static byte[] parse(String text) {
      return java.util.HexFormat.of().parseHex(text.toLowerCase(Locale.ROOT), MARK.length(), text.length());
    }
  }
}
