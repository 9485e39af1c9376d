package highwater.codec;

import highwater.Diagnosis.Cause;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.Step;
import highwater.pipeline.WorksElsewhere;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of a tee: the chunk is owed to two, and the next is wanted when both have let go of it.
final class TeeStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere.Around {
  private final Put<ByteBuffer> second;
  private @Nullable ByteBuffer owedOn;
  private @Nullable ByteBuffer owedSecond;
  private boolean ending;
  private boolean finishOwed;
  private Progress secondProgress = Progress.WAITING;

  TeeStep(Put<ByteBuffer> second) {
    this.second = second;
  }

  @Override
  public void open(PartContext context) throws Exception {
    second.open(context);
  }

  @Override
  public void offer(ByteBuffer chunk) {
    owedOn = chunk;
    owedSecond = chunk.duplicate();
  }

  @Override
  public void finish() {
    ending = true;
    finishOwed = true;
  }

  @Override
  public Progress poll() throws Exception {
    secondProgress = serveSecond();
    if (owedOn != null) return Progress.READY;
    return switch (secondProgress) {
      case HUNGRY -> Progress.HUNGRY;
      case DONE -> ending ? Progress.DONE : Progress.HUNGRY;
      case WAITING -> Progress.WAITING;
      case READY -> throw new AssertionError("a target with output: " + second);
    };
  }

  @Override
  public ByteBuffer next() {
    var next = owedOn;
    if (next == null) throw new IllegalStateException("next() without a chunk: poll first");
    owedOn = null;
    return next;
  }

  @Override
  public void commit() throws Exception {
    second.commit();
  }

  @Override
  public void abort(Throwable cause) {
    second.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return second.settled();
  }

  @Override
  public void close() throws Exception {
    owedOn = null;
    owedSecond = null;
    second.close();
  }

  @Override
  public Part inside() {
    return second;
  }

  @Override
  public @Nullable String waitsFor() {
    return owedOn == null && secondProgress == Progress.WAITING ? second.waitsFor() : null;
  }

  @Override
  public Cause waitCause() {
    return second.waitCause();
  }

  /// Gives the second target what it is owed, as far as it takes it; HUNGRY when it has let go of everything.
  private Progress serveSecond() throws Exception {
    var progress = second.poll();
    if (progress == Progress.HUNGRY && owedSecond != null) {
      second.offer(owedSecond);
      owedSecond = null;
      progress = second.poll();
    }
    if (progress == Progress.HUNGRY && finishOwed) {
      second.finish();
      finishOwed = false;
      progress = second.poll();
    }
    if (progress == Progress.DONE) owedSecond = null;
    return progress;
  }
}
