package highwater.interop;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.blocking.CallThread;
import highwater.pipeline.BulkPull;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.Handover;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Runs a body on a thread of its own and gives what it puts.
///
/// ```
///   RUNNING ──put()──▶ PUTTING ──▶ RUNNING … ──▶ OVER
///
///   end(cause): PUTTING is woken by the handover, which is cancelled; RUNNING is interrupted; OVER is left alone
/// ```
final class GeneratorPull<T> implements BulkPull<T>, WorksElsewhere.Counted {
  private enum Where {
    RUNNING,
    PUTTING,
    OVER
  }

  private final String name;
  private final Generator.Body<T> body;
  private final CallThread kind;
  private final long chunkMaxBytes;

  /// Weighs each value 1, so its bound is a number of values.
  private final Handover<T> values;

  private volatile @Nullable Elsewhere elsewhere;

  // The strand's.
  private @Nullable T ready;
  private boolean started;

  // Under the lock of this object, all that follow.
  private Where where = Where.RUNNING;
  private @Nullable Thread thread;
  private @Nullable Throwable endedBy;
  private @Nullable CancellationException told;
  private boolean interrupted;
  private @Nullable Throwable failure;

  GeneratorPull(String name, Generator.Body<T> body, CallThread kind, int ahead, long chunkMaxBytes) {
    this.name = name;
    this.body = body;
    this.kind = kind;
    this.chunkMaxBytes = chunkMaxBytes;
    values = new Handover<>(ahead, _ -> 1);
  }

  // The strand.

  @Override
  public void open(PartContext context) {
    var work = Elsewhere.of(context.strand(), 1);
    elsewhere = work;
    values.countProducer(work);
    values.onReady(context.strand(), context::wake);
    var _ = kind.start("writer of " + name, () -> runThread(context));
    started = true;
  }

  @Override
  public Progress poll() throws Exception {
    if (ready == null) ready = values.poll();
    if (ready != null) return Progress.READY;
    return switch (values.phase()) {
      case OPEN -> Progress.WAITING;
      case ENDED, CANCELLED -> Progress.DONE;
      case FAILED -> throw thrown(requireNonNull(values.reason()));
    };
  }

  private static Exception thrown(Throwable failure) {
    if (failure instanceof Exception e) return e;
    if (failure instanceof Error e) throw e;
    return new IllegalStateException(failure);
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
  public void abort(Throwable cause) {
    end(cause);
  }

  @Override
  public boolean settled() throws Exception {
    synchronized (this) {
      if (started && where != Where.OVER) return false;
      var unexpected = unexpected();
      if (unexpected == null) return true;
      failure = null;
      throw thrown(unexpected);
    }
  }

  /// What the body failed with beside the end it was told of, such as the close of a resource; null for what it
  /// failed with before, which the run knows, and after an interrupt, which it may tell in any words.
  private @Nullable Throwable unexpected() {
    var thrown = failure;
    if (told == null || thrown == null || interrupted) return null;
    return thrown != told || thrown.getSuppressed().length > 0 ? thrown : null;
  }

  @Override
  public void close() {
    end(new IllegalStateException("the values were no longer needed"));
  }

  /// Wakes the body for good.
  private void end(Throwable cause) {
    synchronized (this) {
      if (endedBy != null) return;
      endedBy = cause;
      if (where == Where.RUNNING && thread != null) {
        interrupted = true;
        thread.interrupt();
      }
    }
    values.cancel(cause);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public @Nullable String waitsFor() {
    return ready == null ? "the body of " + name : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }

  // The body's thread.

  private void runThread(PartContext context) {
    @Nullable Throwable thrown = null;
    try {
      if (begins()) body.run(this::put);
    } catch (Throwable e) {
      thrown = e;
    }
    synchronized (this) {
      failure = thrown;
      where = Where.OVER;
    }
    if (thrown == null) values.end();
    else values.fail(thrown);
    context.wake();
  }

  /// Notes whom to interrupt; false where the run is over already.
  private synchronized boolean begins() {
    thread = Thread.currentThread();
    return endedBy == null;
  }

  private void put(T value) throws InterruptedException {
    check(value);
    enter();
    boolean taken;
    try {
      taken = values.put(value);
    } finally {
      leave();
    }
    if (!taken) throw told();
  }

  private void check(@Nullable T value) {
    if (Thread.currentThread() != thread()) {
      throw new WrongThreadException(
          name + ": put on " + Thread.currentThread() + " (expected: the thread of its body, until that returns)");
    }
    if (value == null)
      throw new NullPointerException(name + ": put(null) (expected: a value; leave it out, or wrap it)");
    if (chunkMaxBytes != Footprint.UNKNOWN
        && value instanceof ByteBuffer buffer
        && buffer.remaining() > chunkMaxBytes) {
      throw new IllegalStateException(
          name
              + ": a value of "
              + ByteSizes.inWords(buffer.remaining())
              + " (expected: at most "
              + ByteSizes.inWords(chunkMaxBytes)
              + ", as declared; cut it, or declare more with chunkAtMost)");
    }
  }

  private synchronized @Nullable Thread thread() {
    return where == Where.OVER ? null : thread;
  }

  /// From here on the handover wakes it; an interrupt of ours that came before is taken back, as the exception will
  /// tell.
  private synchronized void enter() {
    if (interrupted) Thread.interrupted();
    if (endedBy != null) throw told();
    where = Where.PUTTING;
  }

  /// Nobody has interrupted it meanwhile, so if the end has come it is told here, also where the value was still taken.
  private synchronized void leave() {
    where = Where.RUNNING;
    if (endedBy != null) throw told();
  }

  private synchronized CancellationException told() {
    if (told == null) {
      told = new CancellationException(name + ": the run wants no more values");
      if (endedBy != null) told.initCause(endedBy);
    }
    return told;
  }
}
