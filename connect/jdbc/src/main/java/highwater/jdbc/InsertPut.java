package highwater.jdbc;

import highwater.Diagnosis.Cause;
import highwater.blocking.CallThread;
import highwater.blocking.OwnThread;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import org.jspecify.annotations.Nullable;

/// One run's rows into a database: a thread of its own takes them, executes them in batches, then waits for the end of the run,
/// to commit or to undo.
final class InsertPut<T> implements Put<T>, WorksElsewhere.Counted {
  private final String name;
  private final RowIntake<T> intake;
  private final Inserter inserter;
  private final OwnThread thread = new OwnThread();

  private @Nullable Runnable wake;
  private volatile boolean finished;
  private boolean finishing;
  private boolean waiting;

  InsertPut(String name, RowIntake<T> intake, Inserter inserter) {
    this.name = name;
    this.intake = intake;
    this.inserter = inserter;
  }

  @Override
  public void open(PartContext context) {
    wake = context::wake;
    intake.open(context);
    thread.start(CallThread.PLATFORM, "writer of " + name, new Writing(), _ -> {}, context::wake);
  }

  private final class Writing implements OwnThread.Body {
    @Override
    public void run() throws Exception {
      inserter.open();
      if (!intake.writeTo(inserter)) return;
      finished = true;
      if (wake != null) wake.run();
      if (thread.awaitsCommit()) inserter.commit();
    }

    @Override
    public void close() throws Exception {
      inserter.close();
    }
  }

  @Override
  public Progress poll() throws Exception {
    waiting = false;
    var failure = thread.failure();
    if (failure != null) throw OwnThread.thrown(failure);
    if (finished) return Progress.DONE;
    boolean room = intake.advance();
    if (room && !finishing) return Progress.HUNGRY;
    waiting = true;
    return Progress.WAITING;
  }

  @Override
  public void offer(T chunk) throws Exception {
    intake.offer(chunk);
  }

  @Override
  public void finish() {
    finishing = true;
    intake.finish();
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
    end(cause);
  }

  @Override
  public void close() {
    end(new IllegalStateException("closed"));
  }

  private void end(Throwable cause) {
    if (!thread.isOver()) inserter.stop();
    intake.cancel(cause);
    thread.undo();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return intake.elsewhere();
  }

  @Override
  public long held() {
    return -1;
  }

  @Override
  public @Nullable String waitsFor() {
    return waiting ? "the database of " + name : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }
}
