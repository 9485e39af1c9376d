package highwater;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// A sink that collects what it is written; the value is there when all of it is.
final class CollectorSink<T, A, R> implements Sink<T> {
  private final Collector<? super T, A, ? extends R> collector;
  private final A container;
  private final BiConsumer<A, ? super T> accumulator;
  final CompletableFuture<R> result = new CompletableFuture<>();

  CollectorSink(Collector<? super T, A, ? extends R> collector) {
    this.collector = collector;
    this.container = collector.supplier().get();
    this.accumulator = collector.accumulator();
  }

  @Override
  public void write(T chunk, Done done) {
    accumulator.accept(container, chunk);
    done.ok();
  }

  @Override
  public void finish(Done done) {
    result.complete(collector.finisher().apply(container));
    done.ok();
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    // Nothing happens when it is complete.
    result.completeExceptionally(error == null ? Failures.prematureClose("a collecting writable") : error);
    done.ok();
  }
}
