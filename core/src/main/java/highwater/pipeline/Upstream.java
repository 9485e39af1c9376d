package highwater.pipeline;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.Gatherer;
import java.util.stream.Stream;

/// A pipeline that lacks its target still: it gives chunks of `T`. Immutable, made by [Pipeline#from].
///
/// Its operators are stages ([Stage] has the details of each); synchronous ones that follow one another run as one
/// part, with nothing between them. Its terminals make a [Computation], which runs when it is told to.
@CheckReturnValue
public final class Upstream<T> {
  private final List<Recipe> recipes;

  Upstream(List<Recipe> recipes) {
    this.recipes = recipes;
  }

  /// Goes on through `stage`.
  public <U> Upstream<U> through(Stage<? super T, U> stage) {
    return new Upstream<>(with(stage));
  }

  /// Ends at `target`.
  public Pipeline to(Target<? super T> target) {
    return new Pipeline(with(target));
  }

  private List<Recipe> with(Recipe recipe) {
    var longer = new ArrayList<>(recipes);
    longer.add(recipe);
    return longer;
  }

  // ---------------------------------------------------------------- operators

  /// Makes one object of each: [Stage#map(Function)].
  public <U> Upstream<U> map(Function<? super T, ? extends U> function) {
    return through(Stage.<T, U>map(function));
  }

  /// Passes on the objects for which `test` is true: [Stage#filter].
  public Upstream<T> filter(Predicate<? super T> test) {
    return through(Stage.<T>filter(test));
  }

  /// Shows every object to `consumer` and passes it on: [Stage#tap].
  public Upstream<T> tap(Consumer<? super T> consumer) {
    return through(Stage.<T>tap(consumer));
  }

  /// Passes on the first `count` objects and ends what is before: [Stage#take].
  public Upstream<T> take(long count) {
    return through(Stage.<T>take(count));
  }

  /// Passes on objects up to the first for which `test` is false, and ends what is before: [Stage#takeWhile].
  public Upstream<T> takeWhile(Predicate<? super T> test) {
    return through(Stage.<T>takeWhile(test));
  }

  /// Drops the first `count` objects: [Stage#drop].
  public Upstream<T> drop(long count) {
    return through(Stage.<T>drop(count));
  }

  /// Makes any number of objects of each, taken one by one as they are wanted: [Stage#flatMap].
  public <U> Upstream<U> flatMap(Function<? super T, ? extends Iterable<? extends U>> function) {
    return through(Stage.<T, U>flatMap(function));
  }

  /// Makes any number of objects of each, those of a `Stream`, which is closed: [Stage#flatMapStream].
  public <U> Upstream<U> flatMapStream(Function<? super T, ? extends Stream<? extends U>> function) {
    return through(Stage.<T, U>flatMapStream(function));
  }

  /// Runs a gatherer of `java.util.stream`: [Stage#gather].
  public <U> Upstream<U> gather(Gatherer<? super T, ?, U> gatherer) {
    return through(Stage.<T, U>gather(gatherer));
  }

  /// Gives lists of at most `count` objects: [Stage#batch(int)].
  public Upstream<List<T>> batch(int count) {
    return through(Stage.<T>batch(count));
  }

  /// Gives lists, by the first of its limits that is reached: [Stage#batch(Batch)].
  public Upstream<List<T>> batch(Batch<? super T> limits) {
    return through(Stage.<T>batch(limits));
  }

  /// Fails where the next object does not come within `patience`: [Stage#timeout].
  public Upstream<T> timeout(Duration patience) {
    return through(Stage.<T>timeout(patience));
  }

  /// Makes one object of each by at most `concurrency` calls at a time, in order: [Stage#mapAsync(int, Function)], whose
  /// stage has more settings.
  public <U> Upstream<U> mapAsync(
      int concurrency, Function<? super T, ? extends CompletionStage<? extends U>> function) {
    return through(Stage.<T, U>mapAsync(concurrency, function));
  }

  /// Makes one object of each by at most `concurrency` calls at a time that wait on virtual threads, in order:
  /// [Stage#mapBlocking], whose stage has more settings.
  public <U> Upstream<U> mapBlocking(int concurrency, AsyncStage.Body<? super T, ? extends U> body) {
    return through(Stage.<T, U>mapBlocking(concurrency, body));
  }

  /// Runs what is before it beside what is behind it, on a thread of its own, at most `ahead` objects (1 to 1,048,576) ahead.
  ///
  /// The objects cross in order, and in lots while both are at work: some tens of nanoseconds for each. The place before
  /// is full with `ahead` objects, and goes on when half of them are taken. A `ByteBuffer` is copied. What is before is a run
  /// of its own ([PipelineRun#running()]) on a platform thread where one of a few is free, else a virtual one: its stages count as one
  /// stage of this one, a failure names the very one and comes behind what was given before it (a run that has all it needs
  /// does not come there), a cancel of either cancels both, and its results are final only when everything behind is done. What
  /// moves in it moves for the idle timeout and the diagnoses of this one. On one processor it costs a switch of threads for each lot.
  ///
  /// Throws `IllegalArgumentException` for less than one object or more than 1,048,576, and where the origin is a live stream for one run.
  public Upstream<T> async(int ahead) {
    return new Upstream<>(List.of(new AsyncOrigin<T>(recipes, ahead)));
  }

  /// Gives what this gives and then what `next` gives: [Origin#concat].
  public Upstream<T> concat(Upstream<? extends T> next) {
    return new Upstream<>(List.of(Origin.<T>concat(List.of(asOrigin(), next.asOrigin()))));
  }

  /// Gives what this and the others give, in turn as they have something: [Origin#merge].
  @SafeVarargs
  @SuppressWarnings("varargs") // Only read.
  public final Upstream<T> merge(Upstream<? extends T>... others) {
    var origins = new ArrayList<Origin<? extends T>>();
    origins.add(asOrigin());
    for (var other : others) origins.add(other.asOrigin());
    return new Upstream<>(List.of(Origin.<T>merge(origins)));
  }

  /// This as one origin, to be one of several ([Origin#concat], [Origin#merge]). Its stages run as before, and its
  /// failures name the stage.
  ///
  /// Throws `IllegalArgumentException` where one of its stages is a live stream of the user's.
  @SuppressWarnings("unchecked") // The first recipe of an upstream without stages gives its chunks.
  public Origin<T> asOrigin() {
    return recipes.size() == 1 ? (Origin<T>) recipes.getFirst() : new UpstreamOrigin<>(recipes);
  }

  // ---------------------------------------------------------------- terminals

  private <R> Computation<R> compute(Terminal<T, R> terminal) {
    return Computation.of(recipes, terminal);
  }

  /// Hands every object to `consumer`, which is called on the run's strand and must not wait; the value is their
  /// number.
  ///
  /// A `ByteBuffer` is lent for the call.
  public Computation<Long> forEach(Consumer<? super T> consumer) {
    return compute(Terminal.forEach(consumer));
  }

  /// Counts the objects.
  public Computation<Long> count() {
    return compute(Terminal.count());
  }

  /// Makes a list of everything, and fails where more than `max` objects (0 or more) come. Source: Node's `toArray`,
  /// with the limit of `stream/iter`.
  public Computation<List<T>> toList(int max) {
    return compute(Terminal.toList(max));
  }

  /// Combines all objects with `operator`, the first with the second, the result with the third; empty where none came.
  public Computation<Optional<T>> reduce(BinaryOperator<T> operator) {
    return compute(Terminal.reduce(operator));
  }

  /// Combines `identity` with the first object, the result with the second, and so on. A `ByteBuffer` is copied for it.
  ///
  /// The identity serves every run, so it must not be changed: `collect` has a value for each run.
  public <R> Computation<R> reduce(R identity, BiFunction<? super R, ? super T, ? extends R> next) {
    return compute(Terminal.fold(identity, next));
  }

  /// Tells whether `test` is true for any object; the first such ends the run, and it asks no further.
  public Computation<Boolean> some(Predicate<? super T> test) {
    return compute(Terminal.some(test));
  }

  /// Tells whether `test` is true for every object; the first for which it is not ends the run.
  public Computation<Boolean> every(Predicate<? super T> test) {
    return compute(Terminal.every(test));
  }

  /// Gives the first object for which `test` is true, which ends the run; empty where there is none.
  public Computation<Optional<T>> find(Predicate<? super T> test) {
    return compute(Terminal.find(test));
  }

  /// Collects everything with any collector of `java.util.stream`, on the run's strand; its combiner is not used.
  ///
  /// What it keeps is its own to limit. A `ByteBuffer` is copied for it.
  public <R> Computation<R> collect(Collector<? super T, ?, R> collector) {
    return compute(Terminal.collect(collector));
  }

  // ---------------------------------------------------------------- views for other threads

  /// Starts a run whose chunks the calling thread takes, one by one: `try (var chunks = upstream.iterate()) { for (var c :
  /// chunks) … }`.
  ///
  /// Closing it early cancels the run; a failure is thrown where the next chunk would be taken. Thread rule, what is held
  /// ahead and what an interrupt does: see [Iteration]. Source: Node 26, `readable.iterator()`.
  public Iteration<T> iterate() {
    return Iteration.start(this);
  }

  /// The chunks as a `java.util.stream.Stream`, whose terminal operation starts a run; to be closed, as in `try (var chunks =
  /// upstream.stream())`.
  ///
  /// Closing it cancels the run, so that one which found what it looked for releases the source; without a close an early exit
  /// leaves the run waiting. What the run would throw, the terminal operation throws. Each stream is one run.
  public Stream<T> stream() {
    return IterationStream.of(this);
  }

  /// The chunks as a publisher, which starts one run for each subscriber.
  ///
  /// A subscriber is called on its run's strand and must not wait there; it gets one chunk for each it requests, and none is
  /// made ahead but the one that is ready. `onComplete` follows only when the run has succeeded, its commits too; `onError` has
  /// what [Pipeline#run()] would throw. `cancel` ends the run. A `ByteBuffer` is a copy that may be kept. Source:
  /// Reactive Streams 1.0.4, held to its test kit.
  public Flow.Publisher<T> publisher() {
    return new RunPublisher<>(this);
  }
}
