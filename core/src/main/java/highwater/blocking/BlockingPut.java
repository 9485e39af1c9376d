package highwater.blocking;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Writes a [BlockingSink] on a thread of its own, two buffers ahead. It is busy while a call of the sink goes on.
public final class BlockingPut implements Put<ByteBuffer>, WorksElsewhere.Counted {
  private final String name;
  private final BlockingSink sink;
  private final CallThread kind;
  private final Outbox outbox = new Outbox(ChunkBuffers.DEFAULT_BYTES);
  private final OwnThread thread = new OwnThread();

  private @Nullable Runnable wake;
  private volatile @Nullable Elsewhere elsewhere;

  /// It is the input of several that work together, which go on when all was written.
  private boolean goesOn;

  private volatile boolean finished;
  private boolean finishing;
  private boolean waiting;

  /// Makes one that writes `sink`, called `name`.
  public BlockingPut(String name, BlockingSink sink, CallThread kind) {
    this.name = name;
    this.sink = sink;
    this.kind = kind;
  }

  /// The buffers of one run, as the term `label`.
  public static Footprint footprint(String label) {
    return Footprint.of("two buffers ahead, by a thread of its own", 0, term(label));
  }

  /// The term `label` for the buffers of one run.
  public static Term term(String label) {
    return Term.of(label, Outbox.BUFFERS, ChunkBuffers.DEFAULT_BYTES);
  }

  @Override
  public void open(PartContext context) {
    open(context, Elsewhere.of(context.strand(), 1));
  }

  /// Opens it as the input of several that work together, and counts there.
  void openAsInput(PartContext context, Elsewhere elsewhere) {
    goesOn = true;
    open(context, elsewhere);
  }

  private void open(PartContext context, Elsewhere elsewhere) {
    this.elsewhere = elsewhere;
    wake = context::wake;
    outbox.open(context.strand(), sink.writesFromArrays(), elsewhere, context::wake);
    thread.start(kind, "writer of " + name, new Writing(), _ -> {}, context::wake);
  }

  private final class Writing implements OwnThread.Body {
    private final Elsewhere work = requireNonNull(elsewhere);

    @Override
    public void run() throws Exception {
      work.begins();
      try {
        write();
      } finally {
        work.ends();
      }
    }

    private void write() throws Exception {
      sink.open();
      for (ByteBuffer buffer; (buffer = take()) != null; ) {
        sink.write(buffer);
        outbox.giveBack(buffer);
      }
      if (outbox.isCancelled()) return;
      sink.finish();
      if (goesOn) work.begins();
      finished = true;
      if (wake != null) wake.run();
      if (decided()) sink.commit();
    }

    private @Nullable ByteBuffer take() throws InterruptedException {
      work.ends();
      try {
        return outbox.take();
      } finally {
        work.begins();
      }
    }

    private boolean decided() throws Exception {
      work.ends();
      try {
        return thread.awaitsCommit();
      } finally {
        work.begins();
      }
    }

    @Override
    public void close() throws Exception {
      sink.close();
    }
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    var failure = thread.failure();
    if (failure != null) throw OwnThread.thrown(failure);
    boolean room = outbox.advance();
    if (finished) return Progress.DONE;
    if (room && !finishing) return Progress.HUNGRY;
    waiting = true;
    return Progress.WAITING;
  }

  @Override
  public void offer(ByteBuffer chunk) {
    outbox.offer(chunk);
  }

  @Override
  public void finish() {
    finishing = true;
    outbox.end();
  }

  @Override
  public void commit() {
    thread.commit();
  }

  @Override
  public boolean settled() throws Exception {
    waiting = !thread.isOver();
    return thread.settled();
  }

  @Override
  public void abort(Throwable cause) {
    // First the sink: its thread must see that it was stopped, not that its input has come to an end.
    sink.stop(cause);
    outbox.cancel(cause);
    thread.undo();
  }

  @Override
  public void close() {
    var closed = new IllegalStateException("closed");
    if (!thread.isOver()) sink.stop(closed);
    if (thread.isOver()) outbox.rest();
    outbox.cancel(closed);
    thread.undo();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? sink.waitsFor() : null;
  }

  @Override
  public Cause waitCause() {
    return sink.waitCause();
  }
}
