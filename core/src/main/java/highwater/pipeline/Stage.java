package highwater.pipeline;

import highwater.DuplexStream;
import java.util.function.Function;
import java.util.function.Supplier;

/// The recipe of a step between: chunks of `I` go in, chunks of `O` come out.
public non-sealed interface Stage<I, O> extends Recipe {
  /// A stage that opens a duplex or transform of the caller's for each run; `supplier` is called on the run's strand.
  static <I, O> StreamStage<I, O> of(String name, Supplier<? extends DuplexStream<I, O>> supplier) {
    return new StreamStage<>(name, supplier, Footprint.UNKNOWN);
  }

  /// A stage that makes one object of each with `function`, which is called on the run's strand, must not wait, and
  /// must not return null or keep a `ByteBuffer` it is given.
  static <I, O> Stage<I, O> map(String name, Function<? super I, ? extends O> function) {
    return new FunctionStage<>(name, function);
  }

  /// Makes a live duplex on the current strand.
  DuplexStream<I, O> open();
}
