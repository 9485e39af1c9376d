package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.ReadableStream;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.BaseStream;

/// The recipe of a pipeline's beginning: where its chunks come from.
public non-sealed interface Origin<T> extends Recipe {
  /// An origin that opens a readable of the caller's for each run; `supplier` is called on the run's strand.
  static <T> StreamOrigin<T> of(String name, Supplier<? extends ReadableStream<T>> supplier) {
    return new StreamOrigin<>(name, new Sited<>(supplier), Footprint.UNKNOWN);
  }

  /// An origin around a live readable, for one run, on its strand; a second run is refused.
  static <T> Origin<T> once(ReadableStream<T> stream) {
    return new OnceOrigin<>(stream);
  }

  /// An origin that gives `values` in order, for any number of runs: one value, several, or an array, of which it
  /// takes a copy.
  ///
  /// Where all of them are `ByteBuffer`s it is an origin of bytes of known length, given from where their positions
  /// stand now. Errors: `NullPointerException` for a null among them, at once. Source: Node's `Readable.from`, but
  /// that a text is one value there too.
  @SafeVarargs
  @SuppressWarnings("varargs") // The copy is read, and its buffers replaced by duplicates of themselves.
  static <T> ValueOrigin<T> values(T... values) {
    return ValueOrigin.ofValues(values.clone());
  }

  /// An origin that gives what `iterable` iterates over; each run has an iterator of its own.
  ///
  /// An iterator that is `AutoCloseable` is closed at the end of the run, also where that comes early. Both are
  /// called on the run's strand and must not wait. Cost: two calls of the iterator for a value. Source: Node's
  /// `Readable.from`.
  static <T> ValueOrigin<T> fromIterable(Iterable<? extends T> iterable) {
    requireNonNull(iterable, "iterable");
    return new ValueOrigin<>(
        "iterable",
        "what an iterable of the caller's gives",
        origin ->
            new IteratorPull<>(
                origin,
                closedAtTheEnd -> {
                  var iterator = iterable.iterator();
                  if (iterator == null) {
                    throw new NullPointerException(
                        origin.name() + ": the iterable gave null (expected: an iterator for each run)");
                  }
                  if (iterator instanceof AutoCloseable closeable) closedAtTheEnd.accept(closeable);
                  return iterator;
                }));
  }

  /// An origin that gives what is left of `iterator`, for one run; a second run is refused, with
  /// `IllegalStateException`.
  ///
  /// An `AutoCloseable` one is closed at the end of the run, also where that comes early.
  static <T> ValueOrigin<T> fromIterator(Iterator<? extends T> iterator) {
    requireNonNull(iterator, "iterator");
    var taken = new AtomicBoolean();
    return new ValueOrigin<>(
        "iterator",
        "what is left of an iterator of the caller's, for one run",
        origin ->
            new IteratorPull<>(
                origin,
                closedAtTheEnd -> {
                  if (taken.getAndSet(true)) {
                    throw new IllegalStateException(
                        origin.name()
                            + " is an iterator and has had its run (expected: one run; for several use"
                            + " Origin.fromIterable)");
                  }
                  if (iterator instanceof AutoCloseable closeable) closedAtTheEnd.accept(closeable);
                  return iterator;
                }));
  }

  /// An origin that gives the elements of a `java.util.stream.Stream`; `supplier` makes a new one for each run, on
  /// its strand.
  ///
  /// The stream is closed at the end of the run, also where that comes early, so `() -> Files.list(folder)` leaks
  /// nothing. Its elements are made one by one as they are asked for, on the strand, also where it is parallel; what
  /// a `flatMap` makes of one element the JDK keeps in whole.
  static <T> ValueOrigin<T> fromStream(Supplier<? extends BaseStream<? extends T, ?>> supplier) {
    requireNonNull(supplier, "supplier");
    return new ValueOrigin<>(
        "java stream",
        "what a java.util.stream.Stream of the caller's gives",
        origin ->
            new IteratorPull<>(
                origin,
                closedAtTheEnd -> {
                  var stream = supplier.get();
                  if (stream == null) {
                    throw new NullPointerException(
                        origin.name() + ": the supplier gave null (expected: a new stream for each run)");
                  }
                  closedAtTheEnd.accept(stream);
                  return stream.iterator();
                }));
  }

  /// An origin that gives the one value a future is completed with; `supplier` makes, or finds, the future of each run.
  ///
  /// A future that fails fails the run with that very exception, without the `CompletionException` around it. One
  /// that is not complete when the run ends early is cancelled; whoever shares it hands in `future.copy()`. Source:
  /// Node's `Duplex.from` of a promise.
  static <T> ValueOrigin<T> fromFuture(Supplier<? extends CompletionStage<? extends T>> supplier) {
    requireNonNull(supplier, "supplier");
    return new ValueOrigin<>(
        "future", "the value of a future of the caller's", origin -> new FuturePull<>(origin, supplier));
  }

  /// An origin that gives nothing and ends.
  static <T> ValueOrigin<T> empty() {
    return ValueOrigin.ofNothing("empty", "nothing", _ -> Collections.emptyIterator());
  }

  /// An origin that gives nothing and fails each run with `failure`, the very object.
  static <T> ValueOrigin<T> failed(Exception failure) {
    requireNonNull(failure, "failure");
    return ValueOrigin.ofNothing(
        "failed",
        "a failure",
        _ -> {
          throw failure;
        });
  }

  /// An origin that gives a number every `period` for as long as the run lasts: how many periods have passed, 1 first.
  ///
  /// The moments lie on a grid that begins with the run, on the clock of its strand. Nothing is queued: whoever asks
  /// late gets the latest number at once, so a number that is missing tells of a tick that nobody was ready for. It
  /// never ends: cancel the run, or take as many as wanted.
  static ValueOrigin<Long> ticks(Duration period) {
    long nanos = period.toNanos();
    if (nanos < 1) throw new IllegalArgumentException("period: " + period + " (expected: 1 ns or more)");
    return new ValueOrigin<>("ticks of " + period, "a number for each period, none queued", _ -> new TicksPull(nanos));
  }

  /// An origin that reads `origins` one after another; each is opened when the one before it is used up and closed.
  ///
  /// A failure names the one that failed. For an upstream with stages see [Upstream#asOrigin()]. Source: `cat`, and
  /// `concat` of most peers; Node has none.
  static <T> Origin<T> concat(List<? extends Origin<? extends T>> origins) {
    return new Concatenated<>(same(origins));
  }

  /// An origin that reads `origins` all at once, as they have something, in turn, so that none starves; it ends when
  /// all have.
  ///
  /// The chunks of each keep their order. The first failure of one, whose name it has, fails the whole and stops the
  /// others. All are opened at the beginning and hold together what each says. For an upstream with stages see
  /// [Upstream#asOrigin()]. Source: `merge` of Node's `stream/iter`.
  static <T> Origin<T> merge(List<? extends Origin<? extends T>> origins) {
    return new Merged<>(same(origins));
  }

  @SuppressWarnings("unchecked") // An origin only gives, so one of a narrower type is one of the wider.
  private static <T> List<Origin<T>> same(List<? extends Origin<? extends T>> origins) {
    return (List<Origin<T>>) (List<?>) List.copyOf(origins);
  }

  /// An origin that subscribes to `publisher` once for each run, and requests chunks in batches as [PublisherOrigin] says.
  static <T> PublisherOrigin<T> fromPublisher(String name, Flow.Publisher<? extends T> publisher) {
    return new PublisherOrigin<>(name, publisher, PublisherOrigin.PREFETCH, Footprint.UNKNOWN);
  }

  /// Makes a live readable on the current strand.
  ReadableStream<T> open();

  /// The length of everything it will give, in bytes, where it can be known before a run.
  default OptionalLong lengthBytes() {
    return OptionalLong.empty();
  }
}
