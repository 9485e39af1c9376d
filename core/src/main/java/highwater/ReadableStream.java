package highwater;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A live stream that gives chunks: read by listening to `data`, by `read()`, or by piping it on.
///
/// Byte mode carries `ByteBuffer`s, object mode anything. A chunk's position and limit belong to whoever receives it; its
/// content is frozen. The rules are those of Node 26's `stream.Readable` (docs/semantics.md).
public sealed interface ReadableStream<T> extends LiveStream permits DuplexStream, LiveReadable {
  /// The state machine.
  ///
  /// @hidden
  ReadableSide<T> readableSide();

  /// Makes a readable of objects that asks `source` for its chunks.
  static <T> ReadableStream<T> from(Source<T> source) {
    return from(source, StreamOptions.objects());
  }

  /// Makes a readable that asks `source` for its chunks, for bytes with [StreamOptions#bytes()].
  static <T> ReadableStream<T> from(Source<T> source, StreamOptions options) {
    return new LiveReadable<>(source, options);
  }

  /// Makes a readable and the feed that fills it, for chunks that come unasked.
  static <T> Fed<T> fed(StreamOptions options) {
    var stream = from(FedSource.<T>shared(), options);
    return new Fed<>(stream, stream.readableSide());
  }

  /// Makes a readable of what `iterable` gives, taken when wanted: objects, with a mark of 1.
  ///
  /// Destroying it, which its end does too, closes the iterator and the iterable where they are `AutoCloseable` (a
  /// `DirectoryStream` is). A null fails it with `ERR_STREAM_NULL_VALUES`. An iterator that blocks blocks the strand. Source:
  /// Node 26, `Readable.from`.
  static <T> ReadableStream<T> fromIterable(Iterable<? extends T> iterable) {
    return fromIterable(iterable, Mapped.OPTIONS);
  }

  /// The same with other options.
  static <T> ReadableStream<T> fromIterable(Iterable<? extends T> iterable, StreamOptions options) {
    return from(new IteratorSource<>(iterable.iterator(), iterable), options);
  }

  /// Makes a readable of what `iterator` gives, as [#fromIterable(Iterable)] does.
  static <T> ReadableStream<T> fromIterator(Iterator<? extends T> iterator) {
    return fromIterator(iterator, Mapped.OPTIONS);
  }

  /// The same with other options.
  static <T> ReadableStream<T> fromIterator(Iterator<? extends T> iterator, StreamOptions options) {
    return from(new IteratorSource<>(iterator, iterator), options);
  }

  /// Makes a readable of what `stream` gives, as [#fromIterable(Iterable)] does; destroying it closes `stream`.
  static <T> ReadableStream<T> fromStream(Stream<? extends T> stream) {
    return fromStream(stream, Mapped.OPTIONS);
  }

  /// The same with other options.
  static <T> ReadableStream<T> fromStream(Stream<? extends T> stream, StreamOptions options) {
    return from(new IteratorSource<>(stream.iterator(), stream), options);
  }

  /// Makes a readable of these chunks.
  @SafeVarargs
  @SuppressWarnings("varargs") // They are only read.
  static <T> ReadableStream<T> of(T... chunks) {
    return fromIterable(List.of(chunks));
  }

  /// Makes a readable of the one chunk that `stage` completes with, on whichever thread; once asked for, it keeps the strand.
  ///
  /// A failure becomes the stream's error as it is, without a `CompletionException` around it; null fails it with
  /// `ERR_STREAM_NULL_VALUES`. Destroying the stream leaves `stage` alone. Source: Node 26, `Duplex.from(promise)`.
  static <T> ReadableStream<T> fromFuture(CompletionStage<? extends T> stage) {
    return from(new FutureSource<>(stage), Mapped.OPTIONS);
  }

  /// Makes a readable that ends when it is first read.
  static <T> ReadableStream<T> empty() {
    return from(Feed::end, Mapped.OPTIONS);
  }

  /// Makes a readable that fails with `error` when it is first read.
  static <T> ReadableStream<T> failed(Throwable error) {
    return from(feed -> feed.fail(error), Mapped.OPTIONS);
  }

  /// Makes a readable that tells how many times `period` has passed since it was made: 1, 2, 3 for a reader that keeps up.
  ///
  /// Nothing is stored for one that does not: when it asks, it is told the present number at once if that is a new one, so a
  /// number that is left out is a tick it missed. It never ends by itself. The clock is the strand's; a period is a nanosecond
  /// or more, and less than 292 years. While it is asked its timer keeps the strand.
  static ReadableStream<Long> ticks(Duration period) {
    return from(new TickSource(period), StreamOptions.objects().withReadableMark(0));
  }

  /// A readable and the feed that fills it.
  ///
  /// @param stream the readable
  /// @param feed its only way in
  record Fed<T>(ReadableStream<T> stream, Feed<T> feed) {}

  /// Takes what one step gives: the first buffered chunk, or null when nothing is buffered now.
  ///
  /// Null also after the end; `readable` tells when to try again. Source: Node 26, `readable.read()`. Cost: O(1).
  default @Nullable T read() {
    return readableSide().forUser("read()").read();
  }

  /// Takes exactly `size` bytes (what is left, at the end), or null while fewer are buffered; in object mode one object.
  ///
  /// Asking for more than the mark raises the mark for good, to the next power of two; above 1 GiB it throws
  /// `ERR_OUT_OF_RANGE`. `read(0)` gives nothing and only starts reading. Cost: a copy where the bytes span chunks.
  default @Nullable T read(int size) {
    return readableSide().forUser("read(size)").read(size);
  }

  /// Puts `chunk` back in front of what is buffered. After `end` it fails with `ERR_STREAM_UNSHIFT_AFTER_END_EVENT`.
  default void unshift(T chunk) {
    readableSide().forUser("unshift").unshift(chunk);
  }

  /// Pipes this through `stream` and gives a readable of what comes out, whose fate is tied to both.
  ///
  /// An error or early close of either destroys all; destroying the result destroys both, with `ABORT_ERR` where it had no error.
  /// Source: Node 26, `readable.compose`.
  @CheckReturnValue
  default <R> ReadableStream<R> through(DuplexStream<? super T, R> stream) {
    return Coupling.readable(this, stream);
  }

  /// Stops the flow; what comes is buffered up to the mark.
  default void pause() {
    readableSide().forUser("pause()").pause();
  }

  /// Starts the flow, from the next tick on; with a `readable` listener it does not flow.
  default void resume() {
    readableSide().forUser("resume()").resume();
  }

  /// Whether the flow was stopped by [#pause()] and not resumed since.
  default boolean isPaused() {
    return readableSide().isPaused();
  }

  /// Passes every chunk on to `target`, waits when it is full, and ends it at the end; returns `target`.
  ///
  /// Several targets share one pace, the slowest one's; each gets its own view of a buffer. As in Node, errors are not
  /// forwarded and nothing is destroyed: [Streams#pipeline] and `Pipeline` do that. Both streams live on one strand.
  default <W extends WritableStream<? super T>> W pipe(W target) {
    return pipe(target, true);
  }

  /// Pipes to `target` and ends it at the end only if `end`.
  default <W extends WritableStream<? super T>> W pipe(W target, boolean end) {
    readableSide().pipe(target.writableSide(), end);
    return target;
  }

  /// Takes every target off; the stream is then paused.
  default void unpipe() {
    readableSide().forUser("unpipe").unpipeAll();
  }

  /// Takes `target` off; without any target left the stream is paused.
  default void unpipe(WritableStream<? super T> target) {
    readableSide().forUser("unpipe").unpipe(target.writableSide());
  }

  /// Listens for chunks, which starts the flow unless it was paused on purpose.
  default Registration onData(Consumer<? super T> listener) {
    return readableSide().forUser("a listener for data").onData(listener);
  }

  /// Listens for "there is something to read, or the end"; the flow then waits for `read()`.
  default Registration onReadable(Runnable listener) {
    return readableSide().forUser("a listener for readable").onReadable(listener);
  }

  /// Listens for the end: everything has been read.
  default Registration onEnd(Runnable listener) {
    return life().on(Event.END, listener);
  }

  /// Listens for [#pause()].
  default Registration onPause(Runnable listener) {
    return life().on(Event.PAUSE, listener);
  }

  /// Listens for the flow starting again.
  default Registration onResume(Runnable listener) {
    return life().on(Event.RESUME, listener);
  }

  /// Whether chunks may still come: not destroyed, not failed, not ended.
  default boolean readable() {
    return readableSide().isReadable();
  }

  /// Whether `end` was emitted.
  default boolean readableEnded() {
    return readableSide().has(ReadableSide.END_EMITTED);
  }

  /// The buffered length: bytes, or objects, or what the sizer weighed.
  default long readableLength() {
    return readableSide().length;
  }

  /// The mark, in the same unit.
  default long readableHighWaterMark() {
    return readableSide().mark;
  }

  /// Whether chunks are objects.
  default boolean readableObjectMode() {
    return readableSide().has(ReadableSide.OBJECT_MODE);
  }

  /// How chunks are handed out now.
  default Flowing readableFlowing() {
    return readableSide().flowing();
  }

  /// Whether a chunk was ever emitted as `data`.
  default boolean readableDidRead() {
    return readableSide().has(ReadableSide.DATA_EMITTED);
  }

  /// Whether it was destroyed or failed before `end`.
  default boolean readableAborted() {
    return (life().has(Life.DESTROYED) || life().errored != null) && !readableEnded();
  }

  // ---------------------------------------------------------------- chunk by chunk

  /// Takes the chunks one by one, asynchronously; leaving early destroys this stream.
  ///
  /// The reader should be the only consumer: from its first question on the stream does not flow. Readers may share a stream,
  /// each chunk goes to one of them; an operator, a terminal or a view beside one is refused ([Ownership]) until it is over or
  /// closed. Source: Node 26, `readable.iterator()`.
  default ChunkReader<T> chunks() {
    return chunks(true);
  }

  /// The same, and leaving early destroys this stream only if `destroyOnClose`; without it the end leaves a stream as it is, too.
  /// Source: Node 26, `destroyOnReturn`.
  default ChunkReader<T> chunks(boolean destroyOnClose) {
    return new ChunkReader<>(this, destroyOnClose);
  }

  // ---------------------------------------------------------------- operators: a readable of objects, with a mark of 1

  /// A readable of what `function` makes of each chunk.
  ///
  /// A chunk is taken only when one is wanted. An error of this stream, of `function`, or a null it returns, is the error of
  /// the new stream; when that one fails, is destroyed or ends, this one is destroyed, with `ABORT_ERR` if it was not over. An
  /// operator takes this stream: until it is over a second one, a terminal, a reader or a view throws `ERR_INVALID_STATE`. All
  /// operators do so. Strand: this stream's, `function` too. Cost: no buffer but one chunk. Source: Node 26, `readable.map`.
  @CheckReturnValue
  default <R> ReadableStream<R> map(Function<? super T, ? extends R> function) {
    return Mapped.of(
        this,
        (chunk, out) -> {
          R made = function.apply(chunk);
          if (made == null) throw Failures.nullResult("map", "a chunk; filter() leaves chunks out");
          out.give(made);
        });
  }

  /// A readable of the chunks that `predicate` accepts. Source: Node 26, `readable.filter`.
  @CheckReturnValue
  default ReadableStream<T> filter(Predicate<? super T> predicate) {
    return Mapped.of(
        this,
        (chunk, out) -> {
          if (predicate.test(chunk)) out.give(chunk);
        });
  }

  /// A readable of the chunks of the readables that `function` makes, each read to its end before the next is made.
  ///
  /// Destroying the new stream destroys the one that is being read, too. Source: Node 26, `readable.flatMap`.
  @CheckReturnValue
  default <R> ReadableStream<R> flatMap(Function<? super T, ? extends ReadableStream<? extends R>> function) {
    return FlatMapped.of(this, function);
  }

  /// A readable of what `function` makes of each chunk in time, with at most `calls` calls under way and results in order.
  @CheckReturnValue
  default <R> ReadableStream<R> mapAsync(int calls, AsyncFunction<? super T, ? extends R> function) {
    return mapAsync(Concurrency.of(calls), function);
  }

  /// A readable of what `function` makes of each chunk in time.
  ///
  /// At most [Concurrency#calls()] calls are under way, and at most [Concurrency#mark()] chunks taken and not given on as
  /// results, the one given last included. The first failure cancels the handle that all calls were given, at once, takes no
  /// further chunk and destroys this stream; the results in front of it are still given. A call that ignores its handle holds
  /// what is behind it, not the strand of a stream that was destroyed. Source: Node 26, `readable.map`.
  @CheckReturnValue
  default <R> ReadableStream<R> mapAsync(Concurrency concurrency, AsyncFunction<? super T, ? extends R> function) {
    return MappedAsync.of(this, concurrency, function);
  }

  /// A readable of the chunks after the first `count`. Source: Node 26, `readable.drop`.
  @CheckReturnValue
  default ReadableStream<T> drop(long count) {
    Mapped.checkCount("drop", count);
    var left = new long[] {count};
    return Mapped.of(
        this,
        (chunk, out) -> {
          if (left[0] == 0) out.give(chunk);
          else left[0]--;
        });
  }

  /// A readable of the first `count` chunks; asked for more it destroys this stream and ends, without asking for another.
  /// Source: Node 26, `readable.take`, which takes a chunk even where `count` is 0.
  @CheckReturnValue
  default ReadableStream<T> take(long count) {
    return Mapped.first(this, count);
  }

  /// A readable of the chunks before the first that `predicate` does not accept; that one is dropped.
  @CheckReturnValue
  default ReadableStream<T> takeWhile(Predicate<? super T> predicate) {
    return Mapped.of(
        this,
        (chunk, out) -> {
          if (predicate.test(chunk)) out.give(chunk);
          else out.end();
        });
  }

  // ---------------------------------------------------------------- terminals: a value in time

  /// Hands each chunk to `consumer`, and completes with null at the end.
  ///
  /// Reading begins in the next tick, and the stage completes on the strand, never inside this call. An error of this stream
  /// or of `consumer` is the stage's; a failure that nothing depends on yet when it comes ends the run as well, as an
  /// `error` does that nobody listens to. Who has enough, or throws, destroys this stream, with `ABORT_ERR` if it was not over.
  /// A terminal takes this stream as an operator does. All terminals do so. Strand: this stream's. Source: Node 26, `readable.forEach`.
  @CheckReturnValue
  default CompletionStage<@Nullable Void> forEach(Consumer<? super T> consumer) {
    return Terminal.of(
        this,
        chunk -> {
          consumer.accept(chunk);
          return true;
        },
        () -> null);
  }

  /// Calls `function` for each chunk, and completes with null when all calls have.
  ///
  /// What the calls complete with is not looked at; the rest is as for [#mapAsync(Concurrency, AsyncFunction)]. Source: Node 26,
  /// `readable.forEach` with its options.
  @CheckReturnValue
  default CompletionStage<@Nullable Void> forEachAsync(Concurrency concurrency, AsyncFunction<? super T, ?> function) {
    return MappedAsync.of(this, concurrency, MappedAsync.onlyDone(function)).forEach(_ -> {});
  }

  /// Collects the chunks in a list that cannot be changed; more than `max` of them fail it with `ERR_OUT_OF_RANGE`.
  ///
  /// The limit is in chunks, whatever their size. Source: Node 26, `readable.toArray`, which has none.
  @CheckReturnValue
  default CompletionStage<List<T>> toList(int max) {
    Mapped.checkCount("toList", max);
    var list = new ArrayList<T>();
    return Terminal.of(
        this,
        chunk -> {
          if (list.size() == max) {
            throw new StreamException(
                ErrorCode.ERR_OUT_OF_RANGE,
                "toList(" + max + ") of " + name() + ": a chunk more came (take(n) stops early, forEach() holds none)");
          }
          return list.add(chunk);
        },
        () -> Collections.unmodifiableList(list));
  }

  /// Collects the chunks by `collector`, one after the other; its finisher makes the value.
  ///
  /// Nothing limits what it holds but itself.
  @CheckReturnValue
  default <A, R> CompletionStage<R> collect(Collector<? super T, A, ? extends R> collector) {
    var container = collector.supplier().get();
    var accumulator = collector.accumulator();
    return Terminal.of(
        this,
        chunk -> {
          accumulator.accept(container, chunk);
          return true;
        },
        () -> collector.finisher().apply(container));
  }

  /// Combines the chunks, from `initial` on; without chunks that is the value. Source: Node 26, `readable.reduce`.
  @CheckReturnValue
  default <R> CompletionStage<R> reduce(R initial, BiFunction<? super R, ? super T, ? extends R> reducer) {
    var value = new ArrayList<R>(List.of(initial));
    return Terminal.of(
        this,
        chunk -> {
          R next = reducer.apply(value.getFirst(), chunk);
          if (next == null) throw Failures.nullResult("reduce", "a value");
          value.set(0, next);
          return true;
        },
        value::getFirst);
  }

  /// Combines the chunks, from the first on; empty where there is none, for which Node fails.
  @CheckReturnValue
  default CompletionStage<Optional<T>> reduce(BinaryOperator<T> reducer) {
    return reduce(
        Optional.<T>empty(),
        (value, chunk) -> {
          if (value.isEmpty()) return Optional.of(chunk);
          T next = reducer.apply(value.get(), chunk);
          if (next == null) throw Failures.nullResult("reduce", "a value");
          return Optional.of(next);
        });
  }

  /// Whether `predicate` accepts a chunk; takes none after the first such. Source: Node 26, `readable.some`.
  @CheckReturnValue
  default CompletionStage<Boolean> some(Predicate<? super T> predicate) {
    return Terminal.anyMatch(this, predicate, true);
  }

  /// Whether `predicate` accepts every chunk; takes none after the first it does not. Source: Node 26, `readable.every`.
  @CheckReturnValue
  default CompletionStage<Boolean> every(Predicate<? super T> predicate) {
    return Terminal.anyMatch(this, predicate.negate(), false);
  }

  /// The first chunk that `predicate` accepts, if any; takes none after it. Source: Node 26, `readable.find`.
  @CheckReturnValue
  default CompletionStage<Optional<T>> find(Predicate<? super T> predicate) {
    var found = new ArrayList<T>(1);
    return Terminal.of(
        this,
        chunk -> {
          if (!predicate.test(chunk)) return true;
          found.add(chunk);
          return false;
        },
        () -> found.stream().findFirst());
  }
}
