package highwater.pipeline;

import highwater.CancelHandle;
import highwater.DuplexStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Gatherer;
import java.util.stream.Stream;

/// The recipe of a step between: chunks of `I` go in, chunks of `O` come out.
public non-sealed interface Stage<I, O> extends Recipe {
  /// A stage that opens a duplex or transform of the caller's for each run; `supplier` is called on the run's strand.
  static <I, O> StreamStage<I, O> of(String name, Supplier<? extends DuplexStream<I, O>> supplier) {
    return new StreamStage<>(name, new Sited<>(supplier), Footprint.UNKNOWN);
  }

  // ---------------------------------------------------------------- synchronous operators
  //
  // Their functions are called on the run's strand and must not wait. Where several of these stages follow one another
  // they run as one.

  /// A stage that makes one object of each with `function`, called `map`; see [#map(String, Function)].
  static <I, O> Stage<I, O> map(Function<? super I, ? extends O> function) {
    return map("map", function);
  }

  /// A stage around a live duplex or transform, for one run, on its strand; a second run is refused.
  static <I, O> Stage<I, O> once(DuplexStream<I, O> stream) {
    return new OnceStage<>(stream);
  }

  /// A stage that makes one object of each with `function`, which is called on the run's strand, must not wait, and
  /// must not return null.
  ///
  /// A `ByteBuffer` it is given is lent: it may return it, changed or not, or a view of it, and must copy what it keeps
  /// beyond that.
  static <I, O> Stage<I, O> map(String name, Function<? super I, ? extends O> function) {
    return OperatorStage.of(Elementwise.map(name, function));
  }

  /// A stage that passes on the objects for which `test` is true.
  ///
  /// The test only looks: a `ByteBuffer` is lent for the call, and has its position and limit put back. Source: Node's
  /// `readable.filter`.
  static <T> Stage<T, T> filter(Predicate<? super T> test) {
    return OperatorStage.of(Elementwise.<T>filter(test));
  }

  /// A stage that passes every object on and shows it to `consumer` before.
  ///
  /// It only looks, as [#filter]'s test. Source: `tap` of Node's `stream/iter`.
  static <T> Stage<T, T> tap(Consumer<? super T> consumer) {
    return OperatorStage.of(Elementwise.<T>tap(consumer));
  }

  /// A stage that passes on the first `count` objects (0 or more) and then ends those before it, which is a success;
  /// with 0 it takes none.
  ///
  /// Source: Node's `readable.take`.
  static <T> Stage<T, T> take(long count) {
    return OperatorStage.of(Elementwise.<T>take(count));
  }

  /// A stage that passes on objects up to the first for which `test` is false, and then ends those before it; it only
  /// looks, as [#filter].
  static <T> Stage<T, T> takeWhile(Predicate<? super T> test) {
    return OperatorStage.of(Elementwise.<T>takeWhile(test));
  }

  /// A stage that drops the first `count` objects (0 or more). Source: Node's `readable.drop`.
  static <T> Stage<T, T> drop(long count) {
    return OperatorStage.of(Elementwise.<T>drop(count));
  }

  /// A stage that makes any number of objects of each, those of the `Iterable` that `function` returns.
  ///
  /// They are taken from its iterator one by one as they are wanted, so it may be longer than memory or endless. A
  /// `ByteBuffer` given to the function is lent until its iterator is used up. Source: Node's `readable.flatMap`, here
  /// always one after another.
  static <I, O> Stage<I, O> flatMap(Function<? super I, ? extends Iterable<? extends O>> function) {
    return OperatorStage.of(FlatMap.<I, O>of(function));
  }

  /// A stage as [#flatMap] makes it, for a function that returns a `java.util.stream.Stream`, which is closed when it
  /// is used up or no longer wanted.
  static <I, O> Stage<I, O> flatMapStream(Function<? super I, ? extends Stream<? extends O>> function) {
    return OperatorStage.of(FlatMap.<I, O>of(function));
  }

  /// A stage that runs any gatherer of `java.util.stream`: windows, scans, distinct runs, and those of the user's.
  ///
  /// The gatherer runs on the strand, one object after another, its combiner unused. Where its integrator answers false
  /// the stages before are ended. Its finisher is called also where those behind need no more, then with a downstream
  /// that rejects, but not after a failure. What one call of it pushes is held until it is wanted, which is its own
  /// bound to keep.
  /// A gatherer that waits (`Gatherers.mapConcurrent`) holds up its strand: [#mapBlocking] does not. A `ByteBuffer` is
  /// copied for it, as it may keep it.
  static <I, O> Stage<I, O> gather(Gatherer<? super I, ?, O> gatherer) {
    return OperatorStage.of(Gather.of(gatherer));
  }

  /// A stage that gives lists of at most `count` objects (1 or more), the last one of what is left.
  static <T> Stage<T, List<T>> batch(int count) {
    return batch(Batch.of(count));
  }

  /// A stage that gives lists, by the first of its limits that is reached; at the end what is left. A `ByteBuffer` is
  /// copied into its list.
  static <T> Stage<T, List<T>> batch(Batch<? super T> limits) {
    return OperatorStage.of(BatchLink.<T>of(limits));
  }

  /// A stage that passes everything on, and fails with a `TimeoutException` where the next object does not come within
  /// `patience` (more than zero) of being asked for, by the strand's clock. The pace of those behind does not count.
  static <T> Stage<T, T> timeout(Duration patience) {
    return OperatorStage.of(TimeoutLink.<T>of(patience));
  }

  // ---------------------------------------------------------------- asynchronous operators

  /// A stage that makes one object of each with calls of `function` that go on elsewhere, at most `concurrency` (1 or
  /// more) at a time; their results in order unless [AsyncStage#unordered()] is asked for.
  ///
  /// The function is called on the run's strand and must not wait. Source: Node's `readable.map` with `concurrency`.
  static <I, O> AsyncStage<I, O> mapAsync(
      int concurrency, Function<? super I, ? extends CompletionStage<? extends O>> function) {
    return AsyncStage.calling(concurrency, (input, _) -> function.apply(input));
  }

  /// The same; `function` is also given the handle that is cancelled when its result is no longer wanted (Node's
  /// `signal`).
  static <I, O> AsyncStage<I, O> mapAsync(
      int concurrency, BiFunction<? super I, CancelHandle, ? extends CompletionStage<? extends O>> function) {
    return AsyncStage.calling(concurrency, function);
  }

  /// A stage that makes one object of each with calls that wait, each on a virtual thread of its own, at most
  /// `concurrency` (1 or more) at a time; their results in order unless [AsyncStage#unordered()] is asked for.
  ///
  /// Where a result is no longer wanted its thread is interrupted.
  static <I, O> AsyncStage<I, O> mapBlocking(int concurrency, AsyncStage.Body<? super I, ? extends O> body) {
    return AsyncStage.blocking(concurrency, body);
  }

  /// Makes a live duplex on the current strand.
  DuplexStream<I, O> open();
}
