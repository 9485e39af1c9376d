package highwater.pipeline;

import highwater.Diagnosis.Cause;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gives what a future is completed with, and ends.
final class FuturePull<T> implements Pull<T> {
  private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

  private final ValueOrigin<T> origin;
  private final Supplier<? extends CompletionStage<? extends T>> supplier;
  private @Nullable CompletionStage<? extends T> future;
  private boolean given;

  /// Written once, by whoever completes the future.
  private volatile @Nullable Outcome<T> outcome;

  FuturePull(ValueOrigin<T> origin, Supplier<? extends CompletionStage<? extends T>> supplier) {
    this.origin = origin;
    this.supplier = supplier;
  }

  @Override
  public void open(PartContext context) {
    var made = supplier.get();
    if (made == null) {
      throw new NullPointerException(
          origin.name() + ": the supplier gave null (expected: a CompletionStage for each run)");
    }
    future = made;
    var _ =
        made.whenComplete(
            (value, failure) -> {
              outcome = new Outcome<>(value, failure);
              context.wake();
            });
  }

  @Override
  public Progress poll() {
    if (given) return Progress.DONE;
    var known = outcome;
    if (known == null) return Progress.WAITING;
    if (known.failure != null) throw Futures.thrown(known.failure);
    return Progress.READY;
  }

  @Override
  public T next() {
    var known = outcome;
    if (known == null) throw new AssertionError("next without READY");
    given = true;
    return origin.checked(known.value, 0);
  }

  @Override
  public void abort(Throwable cause) {
    cancel(cause);
  }

  /// Nobody waits for it any more.
  @Override
  public void close() {
    cancel(null);
  }

  /// What is thrown at that is told beside `failure`; a run that ended early has succeeded all the same.
  private void cancel(@Nullable Throwable failure) {
    var left = future;
    future = null;
    if (left == null || outcome != null) return;
    try {
      Futures.cancel(left);
    } catch (Throwable thrown) {
      if (failure != null) FusedLoop.suppress(failure, thrown);
    }
  }

  @Override
  public @Nullable String waitsFor() {
    return outcome == null ? "the future" : null;
  }

  @Override
  public Cause waitCause() {
    return Cause.RESULT;
  }
}
