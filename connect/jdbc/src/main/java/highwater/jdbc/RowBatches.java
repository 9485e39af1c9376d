package highwater.jdbc;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.PartContext;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Rows on their way in batches: one is filled, one waits, one is with the driver.
final class RowBatches<T> implements RowIntake<T> {
  /// Hands one batch to the database.
  interface Writer<T> {
    void write(Inserter inserter, List<T> rows) throws IOException;
  }

  private final String name;
  private final InsertTarget.Batching batching;
  private final @Nullable ToLongFunction<? super T> weigher;
  private final Writer<T> writer;

  /// Room for one batch: each weighs all of it.
  private final Handover<List<T>> full = new Handover<>(1, _ -> 1);

  private volatile @Nullable Elsewhere elsewhere;
  private @Nullable PartContext context;
  private List<T> filling = new ArrayList<>();
  private long fillingBytes;
  private long offered;
  private @Nullable T next;
  private boolean finishing;
  private boolean ended;

  RowBatches(
      String name, InsertTarget.Batching batching, @Nullable ToLongFunction<? super T> weigher, Writer<T> writer) {
    this.name = name;
    this.batching = batching;
    this.weigher = weigher;
    this.writer = writer;
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    var work = Elsewhere.of(context.strand(), 1);
    elsewhere = work;
    full.countConsumer(work);
    full.onRoom(context.strand(), context::wake);
  }

  @Override
  public boolean advance() throws IOException {
    if (isDue() && !send()) return false;
    var waiting = next;
    next = null;
    if (waiting != null) add(waiting, weight(waiting));
    if (isDue() && !send()) return false;
    if (finishing && !ended) {
      ended = true;
      full.end();
    }
    return true;
  }

  private boolean isDue() {
    return !filling.isEmpty()
        && (next != null || finishing || filling.size() >= batching.rows() || fillingBytes >= batching.bytes());
  }

  /// Hands over what is there; false where the one before is still on its way.
  private boolean send() {
    if (full.offer(filling) != Handover.Offer.TAKEN) return false;
    filling = new ArrayList<>();
    fillingBytes = 0;
    return true;
  }

  @Override
  public void offer(T row) throws IOException {
    offered++;
    long bytes = weight(row);
    if (!filling.isEmpty() && bytes > batching.bytes() - fillingBytes) next = row;
    else add(row, bytes);
  }

  private long weight(T row) throws IOException {
    if (weigher == null) return 0;
    long bytes = weigher.applyAsLong(row);
    if (bytes <= batching.bytes()) return bytes;
    throw new IOException(
        "row %s to %s weighs %s (expected: at most a batch, %s; allow more with batchBytes)"
            .formatted(
                ByteSizes.grouped(offered), name, ByteSizes.inWords(bytes), ByteSizes.inWords(batching.bytes())));
  }

  private void add(T row, long bytes) {
    filling.add(owned(row));
    fillingBytes += bytes;
  }

  /// A buffer is lent for a moment only, and these wait: a copy.
  @SuppressWarnings("unchecked") // Of a buffer a buffer is made.
  private static <T> T owned(T row) {
    if (!(row instanceof ByteBuffer buffer)) return row;
    var copy = ByteBuffer.allocate(buffer.remaining());
    copy.put(buffer);
    return (T) copy.flip();
  }

  @Override
  public void finish() {
    finishing = true;
    if (context != null) context.wake();
  }

  @Override
  public void cancel(Throwable cause) {
    full.cancel(cause);
    filling = new ArrayList<>();
    next = null;
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public boolean writeTo(Inserter inserter) throws Exception {
    try {
      for (List<T> batch; (batch = full.take()) != null; ) writer.write(inserter, batch);
    } catch (ExecutionException e) {
      throw new AssertionError("the strand does not fail it", e);
    }
    return full.phase() == Handover.Phase.ENDED;
  }
}
