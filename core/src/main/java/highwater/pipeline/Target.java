package highwater.pipeline;

import highwater.WritableStream;
import java.util.function.Supplier;

/// The recipe of a pipeline's end: where its chunks go.
public non-sealed interface Target<T> extends Recipe {
  /// A target that opens a writable of the caller's for each run; `supplier` is called on the run's strand.
  static <T> StreamTarget<T> of(String name, Supplier<? extends WritableStream<T>> supplier) {
    return new StreamTarget<>(name, supplier, Footprint.UNKNOWN);
  }

  /// A target around a live writable, for one run, on its strand; a second run is refused.
  static <T> Target<T> once(WritableStream<T> stream) {
    return new OnceTarget<>(stream);
  }

  /// Makes a live writable on the current strand.
  WritableStream<T> open();
}
