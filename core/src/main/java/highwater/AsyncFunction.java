package highwater;

import java.util.concurrent.CompletionStage;

/// A function whose result comes later, from whichever thread.
@FunctionalInterface
public interface AsyncFunction<T, R> {
  /// Begins the work on `chunk`, on the stream's strand, and must not block.
  ///
  /// `stop` is cancelled when the result is no longer wanted: another call failed, or the stream was destroyed. A throw, a null
  /// stage and a stage that completes with null are failures. Source: Node 26, the function of `readable.map` and its signal.
  CompletionStage<? extends R> apply(T chunk, CancelHandle stop) throws Exception;
}
