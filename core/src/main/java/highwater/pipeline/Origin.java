package highwater.pipeline;

import highwater.ReadableStream;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// The recipe of a pipeline's beginning: where its chunks come from.
public non-sealed interface Origin<T> extends Recipe {
  /// An origin that opens a readable of the caller's for each run; `supplier` is called on the run's strand.
  static <T> StreamOrigin<T> of(String name, Supplier<? extends ReadableStream<T>> supplier) {
    return new StreamOrigin<>(name, supplier, Footprint.UNKNOWN);
  }

  /// An origin around a live readable, for one run, on its strand; a second run is refused.
  static <T> Origin<T> once(ReadableStream<T> stream) {
    return new OnceOrigin<>(stream);
  }

  /// Makes a live readable on the current strand.
  ReadableStream<T> open();

  /// The length of everything it will give, in bytes, where it can be known before a run.
  default OptionalLong lengthBytes() {
    return OptionalLong.empty();
  }
}
