package highwater.interop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for what must come, and fails the test if it does not.
final class Await {
  private static final long PATIENCE_SECONDS = 50;

  private Await() {}

  /// The value; throws as `join` does.
  static <T> T value(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new CompletionException(failed.getCause());
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("it does not come", e);
    }
  }
}
