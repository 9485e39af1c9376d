package highwater.jdbc;

import highwater.blocking.HandedInput;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The recipe that reads CSV (RFC 4180, UTF-8) and writes its records as rows of a table, the columns named by the first line.
///
/// A field without quotes and without content is null, as in PostgreSQL's CSV; `""` is empty text; `\x…` is bytes where the
/// column has bytes. Every record has as many fields as the first line; an empty line is none, unless there is one column.
/// Everything else is the target's that it is made of.
public final class CsvTarget implements PullTarget<ByteBuffer> {
  /// The most characters of a record: 1 Mi.
  public static final int RECORD_MAX_CHARS = 1 << 20;

  private final InsertTarget<Row> rows;

  private CsvTarget(InsertTarget<Row> rows) {
    this.rows = rows;
  }

  /// A target of CSV for the table of `rows`.
  public static CsvTarget into(InsertTarget<Row> rows) {
    return new CsvTarget(rows);
  }

  /// The same under a name for messages and plans.
  public CsvTarget named(String name) {
    return new CsvTarget(rows.named(name));
  }

  @Override
  public String name() {
    return rows.name();
  }

  @Override
  public String advice() {
    return rows.advice();
  }

  /// The input; the parser's characters and the fields made of them; a batch with the driver, which a record may exceed.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var terms = new ArrayList<Term>();
    terms.add(HandedInput.term("csv"));
    terms.add(Term.of("csv record", 3, 2L * RECORD_MAX_CHARS));
    terms.add(Term.of("batch", 1, rows.batching().bytes()));
    return new Footprint("rows of CSV, " + rows.how(), List.copyOf(terms), 0, true);
  }

  @Override
  public Put<ByteBuffer> put() {
    return new InsertPut<>(
        name(), new CsvIntake(name(), rows.batching()), new Inserter(name(), rows.work(), rows.batching()));
  }

  @Override
  public String toString() {
    return name();
  }
}
