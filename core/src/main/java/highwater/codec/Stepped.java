package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collector;

/// The container of a collector that is a step: chunks are driven through it at once, and what it gives is added.
///
/// The step must be one that neither opens nor waits.
final class Stepped<O, A> {
  /// Adds one output of the step, made of the first `positionBytes` of input, or fails where that is too much.
  interface Adding<O, A> {
    void add(A container, O output, long positionBytes) throws DataException;
  }

  private final Step<ByteBuffer, O> step;
  private final A container;
  private final Adding<O, A> adding;
  private long acceptedBytes;

  private Stepped(Step<ByteBuffer, O> step, A container, Adding<O, A> adding) {
    this.step = step;
    this.container = container;
    this.adding = adding;
  }

  static <O, A, R> Collector<ByteBuffer, ?, R> collector(
      Supplier<Step<ByteBuffer, O>> steps, Supplier<A> containers, Adding<O, A> adding, Function<A, R> finisher) {
    return Collector.<ByteBuffer, Stepped<O, A>, R>of(
        () -> new Stepped<>(steps.get(), containers.get(), adding),
        Stepped::accept,
        (_, _) -> {
          throw new UnsupportedOperationException("text is collected in order: use a sequential stream");
        },
        stepped -> finisher.apply(stepped.finish()));
  }

  private void accept(ByteBuffer chunk) {
    acceptedBytes += chunk.remaining();
    try {
      step.offer(chunk);
      takeAll();
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private A finish() {
    try {
      step.finish();
      takeAll();
      step.close();
      return container;
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private void takeAll() throws Exception {
    while (step.poll() == Progress.READY) adding.add(container, step.next(), acceptedBytes);
  }

  private static RuntimeException unchecked(Exception e) {
    if (e instanceof IOException data) return new UncheckedIOException(data.getMessage(), data);
    return e instanceof RuntimeException already ? already : new IllegalStateException(e);
  }
}
