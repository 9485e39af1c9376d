package highwater.interop;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/// Gives a live stream or channel once.
final class OneRun<R extends Closeable> implements Callable<R> {
  private final R resource;
  private final String what;
  private final AtomicBoolean taken = new AtomicBoolean();

  OneRun(R resource, String what) {
    this.resource = requireNonNull(resource, what);
    this.what = what;
  }

  @Override
  public R call() {
    if (!taken.getAndSet(true)) return resource;
    throw new IllegalStateException(
        "this live " + what + " has had its run (expected: one run; for several hand in what opens one, () -> …)");
  }
}
