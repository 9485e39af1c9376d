package highwater.pipeline;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// What the stages of a user's futures have in common.
final class Futures {
  private Futures() {}

  /// What a future was failed with, to be thrown as it is, without the wrapping of the futures behind it.
  static RuntimeException thrown(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : null;
    throw Rethrow.asItIs(cause != null ? cause : failure);
  }

  /// Cancels what nobody waits for any more, where it can be cancelled.
  static void cancel(CompletionStage<?> stage) {
    try {
      stage.toCompletableFuture().cancel(false);
    } catch (UnsupportedOperationException e) {
      // A stage of the user's that does not want to be.
    }
  }
}
