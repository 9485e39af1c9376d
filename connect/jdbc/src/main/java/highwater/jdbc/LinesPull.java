package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.WorksElsewhere;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One run of a query as text: lines are made on the strand, while the thread of the query reads on, and gathered while rows
/// come without a wait.
final class LinesPull implements Pull<ByteBuffer>, WorksElsewhere.Around {
  private final QueryPull<Row> rows;
  private final CsvOrigin.Lines lines;
  private ByteBuffer chunk = ByteBuffer.allocate(CsvOrigin.CHUNK_BYTES);
  private boolean begun;
  private boolean lent;

  LinesPull(QueryPull<Row> rows, CsvOrigin.Lines lines) {
    this.rows = rows;
    this.lines = lines;
  }

  @Override
  public void open(PartContext context) {
    rows.open(context);
  }

  @Override
  public Progress poll() throws Exception {
    if (lent) restart();
    while (true) {
      var progress = rows.poll();
      if (progress == Progress.WAITING) return chunk.position() > 0 ? Progress.READY : Progress.WAITING;
      if (!begun) {
        begun = true;
        append(lines.first(rows.columns()));
      }
      if (progress == Progress.DONE) return chunk.position() > 0 ? Progress.READY : Progress.DONE;
      append(lines.line(rows.next()));
      if (chunk.position() >= CsvOrigin.CHUNK_BYTES / 2) return Progress.READY;
    }
  }

  private void restart() {
    lent = false;
    if (chunk.capacity() > CsvOrigin.CHUNK_BYTES) chunk = ByteBuffer.allocate(CsvOrigin.CHUNK_BYTES);
    chunk.clear();
  }

  private void append(String line) {
    var bytes = line.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > chunk.remaining()) {
      chunk = ByteBuffer.allocate(chunk.position() + bytes.length).put(chunk.flip());
    }
    chunk.put(bytes);
  }

  @Override
  public ByteBuffer next() {
    lent = true;
    return requireNonNull(chunk).flip();
  }

  @Override
  public void commit() {
    rows.commit();
  }

  @Override
  public void abort(Throwable cause) {
    rows.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return rows.settled();
  }

  @Override
  public void close() {
    rows.close();
  }

  @Override
  public @Nullable Part inside() {
    return rows;
  }

  @Override
  public @Nullable String waitsFor() {
    return rows.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return rows.waitCause();
  }
}
