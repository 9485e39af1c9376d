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
import java.io.Reader;
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
    var text = new Text(new InputStreamReader(input.stream(), decoder));
    try {
      // Not closed: there is nothing to close, and it would look for more.
      var records =
          CsvReader.builder()
              .skipEmptyLines(false)
              .allowExtraFields(true)
              .allowMissingFields(true)
              .maxBufferSize(CsvTarget.RECORD_MAX_CHARS)
              .build(fields, text)
              .iterator();
      var names = records.next();
      if (fields.atEnd) throw noHeader();
      if (fields.endsInside) throw endsWithinQuotes();
      var columns = header(names);
      inserter.columns(columns);
      var batch = new ArrayList<@Nullable String[]>();
      long bytes = 0;
      for (long record = 1; ; record++) {
        var values = records.next();
        if (fields.atEnd) break;
        if (fields.endsInside) throw endsWithinQuotes();
        if (values.length == 1 && values[0] == null && columns.size() > 1) {
          record--;
          continue;
        }
        if (values.length != columns.size()) throw otherCount(record, fields.line, values.length, columns);
        if (bytes + fields.bytes > batching.bytes()) bytes = write(inserter, batch);
        batch.add(values);
        bytes += fields.bytes;
        if (batch.size() >= batching.rows()) bytes = write(inserter, batch);
      }
      write(inserter, batch);
      return true;
    } catch (CsvParseException | UncheckedIOException e) {
      if (cancelled) return false;
      throw unreadable(e);
    }
  }

  /// Has the batch written and empties it; how many bytes it then has.
  private static long write(Inserter inserter, List<@Nullable String[]> batch) throws IOException {
    if (!batch.isEmpty()) inserter.writeText(batch);
    batch.clear();
    return 0;
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

  private IOException endsWithinQuotes() {
    return new IOException(
        "the CSV for "
            + name
            + " ends within quotes (expected: a quote that closes the last field; it is cut short, or a quote is one"
            + " too many)");
  }

  private IOException unreadable(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException) {
        return new IOException(
            "the CSV for "
                + name
                + " is not UTF-8 (expected: UTF-8; decompress it first where it is compressed, or convert it)",
            failure);
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

  /// The text of a CSV, without the mark before it that some programs write, and with a last line of [#END] behind it: what
  /// parses takes the end of the text for a quote that closes too, and only what follows tells whether one did.
  private static final class Text extends Reader {
    private static final char MARK = '\uFEFF';

    /// Half a character, which no UTF-8 has.
    static final char END = '\uDFFF';

    private final Reader from;
    private boolean begun;
    private boolean ended;
    private char last = '\n';

    Text(Reader from) {
      this.from = from;
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
      if (ended) return -1;
      int read = from.read(to, offset, length);
      if (!begun && read > 0) {
        begun = true;
        if (to[offset] == MARK) {
          System.arraycopy(to, offset + 1, to, offset, --read);
          if (read == 0) return read(to, offset, length);
        }
      }
      if (read < 0) {
        ended = last == '\n' || last == '\r';
        to[offset] = ended ? END : '\n';
        read = 1;
      }
      if (read > 0) last = to[offset + read - 1];
      return read;
    }

    @Override
    public void close() {}
  }

  /// Collects the fields of one record.
  private static final class Fields extends AbstractBaseCsvCallbackHandler<@Nullable String[]> {
    private final List<@Nullable String> fields = new ArrayList<>();
    private int chars;

    /// What the last record takes.
    private long bytes;

    /// The line at which it begins, from 1 on.
    private long line;

    /// Whether it is the line behind the text.
    private boolean atEnd;

    /// Whether the text ends inside its last field, in quotes.
    private boolean endsInside;

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
      if (length > 0 && buffer[offset + length - 1] == Text.END) {
        atEnd = !quoted;
        endsInside = quoted;
      }
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
