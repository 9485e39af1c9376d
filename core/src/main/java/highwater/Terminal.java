package highwater;

import com.google.errorprone.annotations.CheckReturnValue;
import highwater.strand.Strand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What takes all chunks of a readable, or as many as it needs, and ends in a value.
///
/// It begins in a tick, so that nothing is told inside the call that made it. A failure that nobody waits for when it comes is
/// uncaught, as an `error` is that nobody listens to.
final class Terminal<T, R> implements Taking.Receiver<T> {
  /// What is done with one chunk.
  interface Step<T> {
    /// Takes one chunk, and tells whether it needs more.
    boolean take(T chunk) throws Exception;
  }

  /// What comes of all of them.
  interface Result<R> {
    /// The value, made when no more chunks are needed or none follow.
    @Nullable R make() throws Exception;
  }

  private final Strand strand;
  private final Taking<T> taking;
  private final Step<? super T> step;
  private final Result<? extends R> result;
  private final CompletableFuture<R> outcome = new CompletableFuture<>();

  private Terminal(ReadableStream<T> source, Step<? super T> step, Result<? extends R> result) {
    this.taking = new Taking<>(Ownership.claim("a terminal such as toList"), source, this);
    this.strand = source.strand();
    this.step = step;
    this.result = result;
  }

  @CheckReturnValue
  static <T, R> CompletionStage<R> of(ReadableStream<T> source, Step<? super T> step, Result<? extends R> result) {
    var terminal = new Terminal<T, R>(source, step, result);
    terminal.taking.start();
    terminal.strand.nextTick(terminal.taking::ask);
    return terminal.outcome;
  }

  /// Completes with `found` when `predicate` accepts a chunk, and with the contrary at the end.
  @CheckReturnValue
  static <T> CompletionStage<Boolean> anyMatch(
      ReadableStream<T> source, Predicate<? super T> predicate, boolean found) {
    var value = new boolean[] {!found};
    return of(
        source,
        chunk -> {
          if (!predicate.test(chunk)) return true;
          value[0] = found;
          return false;
        },
        () -> value[0]);
  }

  @Override
  public void take(T chunk) throws Exception {
    if (step.take(chunk)) {
      taking.ask();
    } else {
      taking.stop(null);
      succeed();
    }
  }

  @Override
  public void over(@Nullable Throwable error) {
    if (error == null) succeed();
    else fail(error);
  }

  private void succeed() {
    @Nullable R value;
    try {
      value = result.make();
    } catch (Throwable thrown) {
      fail(thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
      return;
    }
    outcome.complete(value);
  }

  private void fail(Throwable error) {
    boolean isAwaited = outcome.getNumberOfDependents() > 0;
    outcome.completeExceptionally(error);
    if (!isAwaited) strand.uncaught(error);
  }
}
