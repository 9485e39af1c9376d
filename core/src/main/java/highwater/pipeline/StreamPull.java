package highwater.pipeline;

import highwater.Diagnosis.Cause;
import highwater.ReadableStream;
import org.jspecify.annotations.Nullable;

/// A live readable as a part: read when it has something, destroyed when it is no longer needed.
final class StreamPull<T> implements Pull<T> {
  private final Origin<T> origin;
  private @Nullable ReadableStream<T> stream;
  private @Nullable T chunk;
  private boolean ended;

  StreamPull(Origin<T> origin) {
    this.origin = origin;
  }

  @Override
  public void open(PartContext context) {
    var opened = origin.open();
    stream = opened;
    var _ = opened.onError(_ -> context.wake());
    var _ =
        opened.onEnd(
            () -> {
              ended = true;
              context.wake();
            });
    var _ = opened.onClose(context::wake);
    var _ = opened.onReadable(context::wake);
  }

  @Override
  public Progress poll() {
    var open = opened();
    throwFailure(open);
    if (chunk != null) return Progress.READY;
    if (ended) return Progress.DONE;
    chunk = open.read();
    if (chunk != null) return Progress.READY;
    throwFailure(open);
    if (open.closed() && !ended) {
      throw new IllegalStateException(origin.name() + " closed before its end: end it, or destroy it with an error");
    }
    return Progress.WAITING;
  }

  /// Known before `error` is emitted, as `closed` is.
  private static void throwFailure(ReadableStream<?> open) {
    var failure = open.errored();
    if (failure != null) throw Rethrow.asItIs(failure);
  }

  @Override
  public T next() {
    var next = chunk;
    if (next == null) throw new AssertionError("next without READY");
    chunk = null;
    return next;
  }

  @Override
  public void abort(Throwable cause) {
    if (stream != null) stream.destroy();
  }

  @Override
  public boolean settled() {
    return stream == null || ended || stream.closed();
  }

  @Override
  public void close() {
    if (stream != null && !stream.destroyed()) stream.destroy();
  }

  @Override
  public String waitsFor() {
    return "a chunk or the end of its live stream";
  }

  @Override
  public Cause waitCause() {
    return Cause.SOURCE;
  }

  private ReadableStream<T> opened() {
    var open = stream;
    if (open == null) throw new AssertionError("not open");
    return open;
  }
}
