package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.blocking.CallThread;
import highwater.blocking.OwnThread;
import highwater.pipeline.BulkPull;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One run of a query: a thread of its own reads the rows and hands them over, then waits for the end of the run, to commit or
/// to undo.
final class QueryPull<T> implements BulkPull<T>, WorksElsewhere.Counted {
  private final QueryOrigin<T> recipe;
  private final Cursor cursor;
  private final Handover<T> values;
  private final OwnThread thread = new OwnThread();

  /// Null until the result's columns are known, and where its rows are not [Row]s.
  private volatile @Nullable List<String> columns;

  private volatile @Nullable Elsewhere elsewhere;
  private @Nullable T ready;
  private boolean waiting;

  QueryPull(QueryOrigin<T> recipe) {
    this.recipe = recipe;
    var weigher = recipe.weigher();
    cursor = new Cursor(recipe.name(), recipe.query(), recipe.fetchSize(), weigher != null);
    values =
        weigher == null
            ? new Handover<>(QueryOrigin.AHEAD, _ -> 1)
            : new Handover<>(QueryOrigin.AHEAD_BYTES, value -> Math.max(1, weigher.applyAsLong(value)));
  }

  /// The names of a result's columns, once it is known that there is a row, or none: not before a poll answered otherwise than
  /// WAITING.
  List<String> columns() {
    return requireNonNull(columns, "READY or DONE comes first");
  }

  @Override
  public void open(PartContext context) {
    var work = Elsewhere.of(context.strand(), 1);
    elsewhere = work;
    values.countProducer(work);
    values.onReady(context.strand(), context::wake);
    thread.start(CallThread.PLATFORM, "reader of " + recipe.name(), new Reading(), this::tell, context::wake);
  }

  private final class Reading implements OwnThread.Body {
    @Override
    public void run() throws Exception {
      var result = cursor.open();
      var weigher = recipe.weigher();
      QueryOrigin.Mapper<? extends T> mapper;
      try {
        mapper = recipe.mapping().of(result, cursor.dialect());
      } catch (SQLException e) {
        throw cursor.failure(e);
      }
      if (mapper instanceof RowReader reader) columns = reader.columns();
      while (cursor.next()) {
        T value;
        try {
          value = mapper.map(result);
        } catch (SQLException e) {
          throw cursor.failure(e);
        }
        if (value == null) {
          throw new NullPointerException(recipe.name() + ": the mapper gave null (expected: a value for each row)");
        }
        if (weigher != null) weighed(weigher, value);
        if (!values.put(value)) return;
      }
      values.end();
      if (thread.awaitsCommit()) cursor.commit();
    }

    private void weighed(ToLongFunction<? super T> weigher, T value) throws IOException {
      long bytes = weigher.applyAsLong(value);
      long most = recipe.rowMaxBytes();
      if (most != Footprint.UNKNOWN && bytes > most) {
        throw new IOException(
            "row %s of %s weighs %s (expected: at most %s, as declared; declare more with rowAtMost)"
                .formatted(
                    ByteSizes.grouped(cursor.rows()),
                    recipe.name(),
                    ByteSizes.inWords(bytes),
                    ByteSizes.inWords(most)));
      }
      cursor.weighs(bytes);
    }

    @Override
    public void close() throws Exception {
      cursor.close();
    }
  }

  private void tell(@Nullable Throwable failure) {
    if (failure == null) values.end();
    else values.fail(failure);
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    if (ready == null) ready = values.poll();
    if (ready != null) return Progress.READY;
    return switch (values.phase()) {
      case ENDED -> Progress.DONE;
      case FAILED -> throw OwnThread.thrown(requireNonNull(values.reason()));
      case OPEN, CANCELLED -> {
        waiting = true;
        yield Progress.WAITING;
      }
    };
  }

  @Override
  public T next() {
    var value = requireNonNull(ready, "READY comes first");
    ready = null;
    return value;
  }

  @Override
  public void giveTo(Taker<? super T> taker) throws Exception {
    for (var value = ready; value != null; value = values.poll()) {
      ready = null;
      if (!taker.take(value)) return;
    }
  }

  @Override
  public void commit() {
    thread.commit();
  }

  @Override
  public void abort(Throwable cause) {
    end(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return thread.settled();
  }

  @Override
  public void close() {
    if (!thread.isOver()) end(new IllegalStateException("closed"));
    ready = null;
  }

  private void end(Throwable cause) {
    if (!thread.isOver()) cursor.stop();
    values.cancel(cause);
    thread.undo();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public long held() {
    return -1;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? "the database of " + recipe.name() : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }
}
