package highwater;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// A sink that hands all the chunks that are waiting to one asynchronous call.
final class BatchSink<T> implements Sink<T> {
  private final Function<? super List<T>, ? extends CompletionStage<?>> function;

  BatchSink(Function<? super List<T>, ? extends CompletionStage<?>> function) {
    this.function = function;
  }

  @Override
  public void write(T chunk, Done done) {
    writeBatch(List.of(chunk), done);
  }

  @Override
  public void writeBatch(List<T> chunks, Done done) {
    CompletionStage<?> stage = function.apply(chunks);
    if (stage == null) throw Failures.nullResult("toBatches", "a CompletionStage");
    var _ = stage.whenComplete(done);
  }
}
