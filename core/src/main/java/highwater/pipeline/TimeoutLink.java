package highwater.pipeline;

import highwater.strand.Timer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Fails where the next object does not come in time; the time runs only while one is asked for.
///
/// One timer serves many objects: it looks when the last one was asked for, and is set anew for the rest.
final class TimeoutLink<T> extends Link<T, T> implements Link.Holding, Link.Watching {
  private final Duration patience;
  private boolean waiting;
  private long hungrySince;
  private @Nullable Timer timer;
  private boolean late;

  private TimeoutLink(Duration patience) {
    this.patience = patience;
  }

  static <T> Operator of(Duration patience) {
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("timeout: " + patience + " (expected: more than no time)");
    }
    return Operator.looking("timeout", () -> new TimeoutLink<T>(patience));
  }

  @Override
  boolean accept(T chunk) throws Exception {
    waiting = false;
    return next.accept(chunk);
  }

  @Override
  public void hungry() {
    if (waiting) return;
    waiting = true;
    hungrySince = chain().context().strand().nanoTime();
    if (timer == null) setTimer(patience.toNanos());
  }

  private void setTimer(long nanos) {
    timer = chain().context().strand().after(nanos, this::look);
  }

  private void look() {
    timer = null;
    // The next hunger sets it again.
    if (!waiting) return;
    long left = hungrySince + patience.toNanos() - chain().context().strand().nanoTime();
    if (left > 0) {
      setTimer(left);
      return;
    }
    late = true;
    chain().context().wake();
  }

  @Override
  public boolean holds() {
    return late && waiting;
  }

  @Override
  public void passOn() throws Exception {
    throw failed(
        new TimeoutException(
            "no object came within " + patience + ": allow more time, or find out what the stages before wait for"));
  }

  @Override
  void finish() {
    waiting = false;
  }

  @Override
  void close() {
    waiting = false;
    if (timer != null) timer.cancel();
    timer = null;
  }
}
