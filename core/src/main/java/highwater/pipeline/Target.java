package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.WritableStream;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/// The recipe of a pipeline's end: where its chunks go.
public non-sealed interface Target<T> extends Recipe {
  /// A target that opens a writable of the caller's for each run; `supplier` is called on the run's strand.
  static <T> StreamTarget<T> of(String name, Supplier<? extends WritableStream<T>> supplier) {
    return new StreamTarget<>(name, new Sited<>(supplier), Footprint.UNKNOWN);
  }

  /// A target around a live writable, for one run, on its strand; a second run is refused.
  static <T> Target<T> once(WritableStream<T> stream) {
    return new OnceTarget<>(stream);
  }

  /// A target that calls `body` for each chunk, on the run's strand; it must not wait, nor keep a `ByteBuffer` it is
  /// given.
  ///
  /// What it throws, checked or not, fails the run as it is.
  static <T> EachTarget<T> forEach(EachTarget.Body<? super T> body) {
    return new EachTarget<>("function", body);
  }

  /// A target that calls `function` for each chunk, on the run's strand, and waits for what it gives to end: one
  /// chunk at a time unless [AsyncTarget#concurrency(int)] says more.
  ///
  /// A `ByteBuffer` is a copy, the function's to keep. What it throws, and what its stages fail with, fails the run
  /// as it is. Stages that have not ended when the run does are cancelled.
  static <T> AsyncTarget<T> forEachAsync(Function<? super T, ? extends CompletionStage<?>> function) {
    return new AsyncTarget<>("function", function, 1);
  }

  /// A target that calls `body` with batches of at most `countMax` chunks, on the run's strand; it must not wait.
  ///
  /// A batch is what came together: it is handed over when full, and else as soon as no chunk follows at once. The
  /// list and the `ByteBuffer`s in it are its own. See [BatchTarget].
  static <T> BatchTarget<T> forEachBatch(int countMax, EachTarget.Body<? super List<T>> body) {
    requireNonNull(body, "body");
    return new BatchTarget<>(
        "function",
        batch -> {
          body.accept(batch);
          return null;
        },
        false,
        countMax);
  }

  /// A target that calls `function` with batches of at most `countMax` chunks, on the run's strand, one batch at a
  /// time, while the next one is collected. See [BatchTarget].
  static <T> BatchTarget<T> forEachBatchAsync(
      int countMax, Function<? super List<T>, ? extends CompletionStage<?>> function) {
    requireNonNull(function, "function");
    return new BatchTarget<>("function", function::apply, true, countMax);
  }

  /// A target that gives `subscriber` one chunk for each it requests, for one run; a second run is refused.
  ///
  /// It is called on the run's strand and must not wait there. Its `onComplete` is the target's commit: everything else has
  /// succeeded by then; `onError` has what ended the run. Its `cancel` ends the run. A `ByteBuffer` is a copy that it may keep.
  static <T> Target<T> toSubscriber(String name, Flow.Subscriber<? super T> subscriber) {
    return new SubscriberTarget<>(name, subscriber);
  }

  /// Makes a live writable on the current strand.
  WritableStream<T> open();
}
