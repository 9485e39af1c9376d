package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import highwater.blocking.HandedInput;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.strand.Elsewhere;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CSV on its way into a database: the thread that writes also parses.
final class CsvIntake implements RowIntake<ByteBuffer> {
  /// What a field takes beside its characters, roughly, in bytes.
  private static final int FIELD_BYTES = 48;

  private final String name;
  private final InsertTarget.Batching batching;
  private final HandedInput input = new HandedInput();
  private volatile boolean cancelled;

  CsvIntake(String name, InsertTarget.Batching batching) {
    this.name = name;
    this.batching = batching;
  }

  @Override
  public void open(PartContext context) {
    input.open(context);
  }

  @Override
  public boolean advance() {
    return input.poll() == Progress.HUNGRY;
  }

  @Override
  public void offer(ByteBuffer chunk) {
    input.offer(chunk);
  }

  @Override
  public void finish() {
    input.finish();
  }

  @Override
  public void cancel(Throwable cause) {
    cancelled = true;
    input.abort(cause);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return input.elsewhere();
  }

  @Override
  public boolean writeTo(Inserter inserter) throws Exception {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    var fields = new Fields();
    try {
      // Not closed: there is nothing to close, and it would look for more.
      var records =
          CsvReader.builder()
              .skipEmptyLines(false)
              .allowExtraFields(true)
              .allowMissingFields(true)
              .detectBomHeader(true)
              .maxBufferSize(CsvTarget.RECORD_MAX_CHARS)
              .build(fields, new InputStreamReader(input.stream(), decoder))
              .iterator();
      if (!records.hasNext()) throw noHeader();
      var columns = header(records.next());
      inserter.columns(columns);
      long bytes = 0;
      for (long record = 1; records.hasNext(); record++) {
        var values = records.next();
        if (values.length == 1 && values[0] == null && columns.size() > 1) {
          record--;
          continue;
        }
        if (values.length != columns.size()) throw otherCount(record, fields.line, values.length, columns);
        if (bytes + fields.bytes > batching.bytes() && inserter.waiting() > 0) {
          inserter.execute();
          bytes = 0;
        }
        inserter.insert(values);
        bytes += fields.bytes;
        if (inserter.waiting() >= batching.rows()) {
          inserter.execute();
          bytes = 0;
        }
      }
      inserter.execute();
      return true;
    } catch (CsvParseException | UncheckedIOException e) {
      if (cancelled) return false;
      throw unreadable(e);
    }
  }

  private List<String> header(@Nullable String[] fields) throws IOException {
    var columns = new ArrayList<String>();
    for (var field : fields) {
      if (field == null || field.isBlank()) throw noHeader();
      columns.add(field);
    }
    return List.copyOf(columns);
  }

  private IOException noHeader() {
    return new IOException(
        "no header in the CSV for " + name + " (expected: a first line with the name of a column in each field)");
  }

  private IOException otherCount(long record, long line, int count, List<String> columns) {
    return new IOException(
        "row %s (line %s) to %s has %s fields (expected: %s, as many as the first line; look for a quote or comma that is none)"
            .formatted(
                ByteSizes.grouped(record),
                ByteSizes.grouped(line),
                name,
                ByteSizes.grouped(count),
                ByteSizes.grouped(columns.size())));
  }

  private IOException unreadable(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException) {
        return new IOException("the CSV for " + name + " is not UTF-8 (expected: UTF-8; convert it first)", failure);
      }
    }
    return new IOException(
        "the CSV for "
            + name
            + " cannot be read: "
            + SqlErrors.words(failure)
            + " (expected: RFC 4180, records of at most "
            + ByteSizes.grouped(CsvTarget.RECORD_MAX_CHARS)
            + " characters; look for a quote that is not closed)",
        failure);
  }

  /// Collects the fields of one record.
  private static final class Fields extends AbstractBaseCsvCallbackHandler<@Nullable String[]> {
    private final List<@Nullable String> fields = new ArrayList<>();
    private int chars;

    /// What the last record takes.
    private long bytes;

    /// The line at which it begins, from 1 on.
    private long line;

    @Override
    protected void handleBegin(long startingLineNumber) {
      line = startingLineNumber;
      fields.clear();
      chars = 0;
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      chars += length;
      if (chars > CsvTarget.RECORD_MAX_CHARS) throw new CsvParseException("a record is too long");
      fields.add(length == 0 && !quoted ? null : new String(buffer, offset, length));
    }

    @Override
    protected void handleEmpty() {
      fields.add(null);
    }

    @Override
    protected @Nullable String[] buildRecord() {
      bytes = 2L * chars + (long) FIELD_BYTES * fields.size();
      return requireNonNull(fields.toArray(String[]::new));
    }
  }
}
