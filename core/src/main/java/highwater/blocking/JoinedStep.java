package highwater.blocking;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.Put;
import highwater.pipeline.Step;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A step of two halves: what goes in is put, what comes out is pulled, and something outside makes the one of the other:
/// a process, a decoder on a thread.
///
/// It is busy while it has input and its output is waited for: a process that is written to and read from, but not one whose
/// output nobody takes. It is over when its output is: a process may want no more before its input has ended. Its input's failure is its own.
public final class JoinedStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere.Counted {
  private final Put<ByteBuffer> in;
  private final Pull<ByteBuffer> out;
  private volatile @Nullable Elsewhere elsewhere;
  private boolean inOpened;
  private boolean outOpened;
  private boolean finished;

  /// Joins `in` and `out`, which are opened in this order.
  public JoinedStep(Put<ByteBuffer> in, Pull<ByteBuffer> out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public void open(PartContext context) throws Exception {
    var both = Elsewhere.ofBoth(context.strand());
    elsewhere = both;
    inOpened = true;
    if (in instanceof BlockingPut put) {
      put.openAsInput(context, both);
    } else if (in instanceof HandedInput handed) {
      handed.open(context, both);
    } else {
      // It does not say when it works: then its output alone tells.
      both.begins();
      in.open(context);
    }
    outOpened = true;
    if (out instanceof BlockingPull pull) pull.open(context, both);
    else out.open(context);
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  public Progress poll() throws Exception {
    var output = out.poll();
    if (output != Progress.WAITING) return output;
    return in.poll() == Progress.HUNGRY ? Progress.HUNGRY : Progress.WAITING;
  }

  @Override
  public ByteBuffer next() {
    return out.next();
  }

  @Override
  public void offer(ByteBuffer chunk) throws Exception {
    in.offer(chunk);
  }

  @Override
  public void finish() throws Exception {
    finished = true;
    in.finish();
  }

  @Override
  public void commit() throws Exception {
    // Its output may be over before its input is: what was put then has no result of its own, and waits for more.
    if (finished) in.commit();
    else in.abort(new IllegalStateException("its output has ended"));
    out.commit();
  }

  @Override
  public void abort(Throwable cause) {
    if (inOpened) in.abort(cause);
    if (outOpened) out.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    // Both are asked, so that neither's failure is lost behind the other's wait.
    boolean inSettled = !inOpened || in.settled();
    return (!outOpened || out.settled()) && inSettled;
  }

  @Override
  public void close() throws Exception {
    try {
      if (inOpened) in.close();
    } finally {
      if (outOpened) out.close();
    }
  }

  @Override
  public @Nullable String waitsFor() {
    // Where it does not take its input it is that which holds the run.
    var input = in.waitsFor();
    return input != null ? input : out.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return in.waitsFor() != null ? in.waitCause() : out.waitCause();
  }
}
