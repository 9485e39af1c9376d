package highwater;

import java.util.function.Consumer;
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
    var source = new FedSource<T>();
    var stream = from(source, options);
    return new Fed<>(stream, source.feed());
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
    return readableSide().read();
  }

  /// Takes exactly `size` bytes (what is left, at the end), or null while fewer are buffered; in object mode one object.
  ///
  /// Asking for more than the mark raises the mark for good, to the next power of two; above 1 GiB it throws
  /// `ERR_OUT_OF_RANGE`. `read(0)` gives nothing and only starts reading. Cost: a copy where the bytes span chunks.
  default @Nullable T read(int size) {
    return readableSide().read(size);
  }

  /// Puts `chunk` back in front of what is buffered. After `end` it fails with `ERR_STREAM_UNSHIFT_AFTER_END_EVENT`.
  default void unshift(T chunk) {
    readableSide().unshift(chunk);
  }

  /// Stops the flow; what comes is buffered up to the mark.
  default void pause() {
    readableSide().pause();
  }

  /// Starts the flow, from the next tick on; with a `readable` listener it does not flow.
  default void resume() {
    readableSide().resume();
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
    readableSide().unpipeAll();
  }

  /// Takes `target` off; without any target left the stream is paused.
  default void unpipe(WritableStream<? super T> target) {
    readableSide().unpipe(target.writableSide());
  }

  /// Listens for chunks, which starts the flow unless it was paused on purpose.
  default Registration onData(Consumer<? super T> listener) {
    return readableSide().onData(listener);
  }

  /// Listens for "there is something to read, or the end"; the flow then waits for `read()`.
  default Registration onReadable(Runnable listener) {
    return readableSide().onReadable(listener);
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
}
