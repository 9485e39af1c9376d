package highwater;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/// A live stream that takes chunks and tells its producer when to wait.
///
/// The rules are those of Node 26's `stream.Writable` (docs/semantics.md).
public sealed interface WritableStream<T> extends LiveStream permits DuplexStream, LiveWritable {
  /// The state machine.
  ///
  /// @hidden
  WritableSide<T> writableSide();

  /// Makes a writable of objects that hands its chunks to `sink`.
  static <T> WritableStream<T> to(Sink<T> sink) {
    return to(sink, StreamOptions.objects());
  }

  /// Makes a writable that hands its chunks to `sink`, for bytes with [StreamOptions#bytes()].
  static <T> WritableStream<T> to(Sink<T> sink, StreamOptions options) {
    return new LiveWritable<>(sink, options);
  }

  /// Makes a writable of objects that hands each chunk to `consumer`, which takes it at once: one that blocks blocks the strand.
  static <T> WritableStream<T> toConsumer(Consumer<? super T> consumer) {
    return toConsumer(consumer, StreamOptions.objects());
  }

  /// The same with other options, for bytes with [StreamOptions#bytes()].
  static <T> WritableStream<T> toConsumer(Consumer<? super T> consumer, StreamOptions options) {
    return to(
        (chunk, done) -> {
          consumer.accept(chunk);
          done.ok();
        },
        options);
  }

  /// Makes a writable of objects that calls `function` with each chunk, the next only when the stage has completed.
  ///
  /// The stage may complete on any thread, and its value is not looked at. A null stage is refused.
  static <T> WritableStream<T> toAsync(Function<? super T, ? extends CompletionStage<?>> function) {
    return toAsync(function, StreamOptions.objects());
  }

  /// The same with other options, for bytes with [StreamOptions#bytes()].
  static <T> WritableStream<T> toAsync(
      Function<? super T, ? extends CompletionStage<?>> function, StreamOptions options) {
    return to(
        (chunk, done) -> {
          CompletionStage<?> stage = function.apply(chunk);
          if (stage == null) throw Failures.nullResult("toAsync", "a CompletionStage");
          var _ = stage.whenComplete(done);
        },
        options);
  }

  /// Makes a writable of objects that calls `function` with all the chunks that are waiting, the next only when the stage has
  /// completed.
  ///
  /// A batch is one chunk or more, and about the mark at most where the producer heeds `write`. Source: Node 26, `_writev`.
  static <T> WritableStream<T> toBatches(Function<? super List<T>, ? extends CompletionStage<?>> function) {
    return toBatches(function, StreamOptions.objects());
  }

  /// The same with other options, for bytes with [StreamOptions#bytes()].
  static <T> WritableStream<T> toBatches(
      Function<? super List<T>, ? extends CompletionStage<?>> function, StreamOptions options) {
    return to(new BatchSink<>(function), options);
  }

  /// Makes a writable of objects that collects its chunks by `collector`; nothing limits what it holds but the collector.
  static <T, A, R> Collecting<T, R> toCollector(Collector<? super T, A, ? extends R> collector) {
    return toCollector(collector, StreamOptions.objects());
  }

  /// The same with other options, for bytes with [StreamOptions#bytes()].
  static <T, A, R> Collecting<T, R> toCollector(Collector<? super T, A, ? extends R> collector, StreamOptions options) {
    var sink = new CollectorSink<T, A, R>(collector);
    return new Collecting<>(to(sink, options), sink.result);
  }

  /// A writable that collects, and what it collects.
  ///
  /// @param stream the writable
  /// @param result completes on the strand before `finish` is emitted; fails with the stream's error, or with
  ///     `ERR_STREAM_PREMATURE_CLOSE` where it was destroyed without one
  record Collecting<T, R>(WritableStream<T> stream, CompletionStage<R> result) {}

  /// Hands `chunk` to the sink, or queues it, and tells whether the producer should go on.
  ///
  /// False once the buffered length reaches the mark. The chunk is taken all the same, and `drain` follows when the buffer is
  /// empty. Source: Node 26, `writable.write`. Cost: O(1); never blocks. Errors: `ERR_STREAM_WRITE_AFTER_END` after
  /// [#end()], as `error`; a null chunk throws `ERR_STREAM_NULL_VALUES`.
  @CheckReturnValue
  default boolean write(T chunk) {
    return writableSide().forUser("write").writeByUser(chunk);
  }

  /// The same, and tells `written` when the sink has taken the chunk (null) or why it has not.
  @CheckReturnValue
  default boolean write(T chunk, Consumer<? super @Nullable Throwable> written) {
    return writableSide().forUser("write").write(chunk, written);
  }

  /// Says that no chunk follows: `finish` is emitted when the sink has everything.
  default void end() {
    writableSide().forUser("end").end(null, null);
  }

  /// Writes a last chunk and ends.
  default void end(T last) {
    writableSide().forUser("end").end(last, null);
  }

  /// Ends and tells `ended` when the stream has finished (null), or why it never will.
  default void end(Consumer<? super @Nullable Throwable> ended) {
    writableSide().forUser("end").end(null, ended);
  }

  /// Writes a last chunk, ends, and tells `ended` how it went.
  default void end(T last, Consumer<? super @Nullable Throwable> ended) {
    writableSide().forUser("end").end(last, ended);
  }

  /// Holds chunks back until as many calls of [#uncork()], so that the sink gets them as one batch.
  default void cork() {
    writableSide().forUser("cork").cork();
  }

  /// Undoes one [#cork()]; the last one lets the chunks go.
  default void uncork() {
    writableSide().forUser("uncork").uncork();
  }

  /// Listens for `drain`: the buffer is empty after a `write` that said false.
  default Registration onDrain(Runnable listener) {
    return life().on(Event.DRAIN, listener);
  }

  /// Listens for `finish`: the sink has everything.
  default Registration onFinish(Runnable listener) {
    return life().on(Event.FINISH, listener);
  }

  /// Listens for a readable being piped into this.
  default Registration onPipe(Consumer<? super ReadableStream<?>> listener) {
    return life().on(Event.PIPE, listener);
  }

  /// Listens for a readable being unpiped from this.
  default Registration onUnpipe(Consumer<? super ReadableStream<?>> listener) {
    return life().on(Event.UNPIPE, listener);
  }

  /// Whether it takes chunks: not ended, not destroyed, not failed.
  default boolean writable() {
    return writableSide().isWritable();
  }

  /// Whether [#end()] was called.
  default boolean writableEnded() {
    return writableSide().has(WritableSide.ENDING);
  }

  /// Whether `finish` was emitted.
  default boolean writableFinished() {
    return writableSide().has(WritableSide.FINISHED);
  }

  /// The buffered length, the chunk at the sink included: bytes, or objects, or what the sizer weighed.
  default long writableLength() {
    return writableSide().length;
  }

  /// The mark, in the same unit.
  default long writableHighWaterMark() {
    return writableSide().mark;
  }

  /// Whether a `write` said false and no `drain` has followed.
  default boolean writableNeedDrain() {
    return writableSide().needsDrain();
  }

  /// How many calls of [#uncork()] are owed.
  default int writableCorked() {
    return writableSide().corked;
  }

  /// Whether chunks are objects.
  default boolean writableObjectMode() {
    return writableSide().has(WritableSide.OBJECT_MODE);
  }

  /// Whether it was destroyed or failed before `finish`.
  default boolean writableAborted() {
    return (life().has(Life.DESTROYED) || life().errored != null) && !writableFinished();
  }
}
