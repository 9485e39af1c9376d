package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The recipe of a query's rows as text in UTF-8, a line for each: CSV (RFC 4180, lines ending in `\n`) with the names of the
/// columns first, or whatever [Lines] makes of rows.
///
/// In CSV null is nothing at all between the commas, and empty text is `""`, as in PostgreSQL's; `\.` is in quotes, which
/// PostgreSQL would take for the end of the data.
public final class CsvOrigin implements PullOrigin<ByteBuffer> {
  /// What is given on at a time, in bytes, unless one row makes more.
  static final int CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  /// Makes lines of rows. One run's, on its strand.
  public interface Lines {
    /// What comes first, with its line's end; empty for nothing.
    String first(List<String> columns);

    /// The line of `row`, with its end.
    String line(Row row);
  }

  /// Makes the lines of one run.
  @FunctionalInterface
  public interface LinesFactory {
    /// Called once for each run.
    Lines make();
  }

  private final QueryOrigin<Row> rows;
  private final LinesFactory lines;

  private CsvOrigin(QueryOrigin<Row> rows, LinesFactory lines) {
    this.rows = rows;
    this.lines = lines;
  }

  /// An origin of the rows of `rows` as CSV.
  public static CsvOrigin of(QueryOrigin<Row> rows) {
    return new CsvOrigin(rows, Csv::new);
  }

  /// The same with other lines, such as JSON.
  public CsvOrigin lines(LinesFactory lines) {
    return new CsvOrigin(rows, requireNonNull(lines, "lines"));
  }

  @Override
  public String name() {
    return rows.name();
  }

  @Override
  public String advice() {
    return rows.advice();
  }

  /// The rows, and the text of those in a chunk and of the one that did not fit: at most six bytes for one of a row's weight,
  /// as JSON may write it.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var inner = rows.footprint(inputMaxBytes);
    long rowMax = rows.rowMaxBytes();
    var how = inner.how() + ", as lines of text";
    if (rowMax == Footprint.UNKNOWN) return Footprint.unknown(how);
    long textMax = Math.addExact(CHUNK_BYTES, Math.multiplyExact(6, rowMax));
    var terms = new ArrayList<>(inner.terms());
    terms.add(Term.of("lines", 2, textMax));
    return new Footprint(how, terms, textMax, inner.bounded());
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new LinesPull(new QueryPull<>(rows), lines.make());
  }

  @Override
  public String toString() {
    return name();
  }

  /// What is in quotes beside what must be: empty text, which is not null, and `\.`, which a PostgreSQL before 18 would take for the end.
  private static final class Quotes implements QuoteStrategy {
    @Override
    public boolean quoteEmpty(int line, int field) {
      return true;
    }

    @Override
    public boolean quoteValue(int line, int field, String value) {
      return value.equals("\\.");
    }
  }

  /// Lines of CSV, made by the library's writer.
  private static final class Csv implements Lines {
    private final StringWriter text = new StringWriter();
    private final CsvWriter writer =
        CsvWriter.builder().quoteStrategy(new Quotes()).lineDelimiter(LineDelimiter.LF).bufferSize(0).build(text);

    @Override
    public String first(List<String> columns) {
      writer.writeRecord(columns);
      return taken();
    }

    @Override
    public String line(Row row) {
      var fields = new @org.jspecify.annotations.Nullable String[row.columns().size()];
      for (int i = 0; i < fields.length; i++) fields[i] = row.text(i);
      write(fields);
      return taken();
    }

    @SuppressWarnings("NullAway") // A null is a field of nothing.
    private void write(@org.jspecify.annotations.Nullable String[] fields) {
      writer.writeRecord(fields);
    }

    private String taken() {
      var line = text.toString();
      text.getBuffer().setLength(0);
      return line;
    }
  }
}
