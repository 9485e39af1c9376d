package highwater;

import org.jspecify.annotations.Nullable;

/// A stream with a writable side alone.
final class LiveWritable<T> extends Life implements WritableStream<T> {
  private final WritableSide<T> side;

  LiveWritable(Sink<T> sink, StreamOptions options) {
    super(options);
    side = new WritableSide<>(this, sink, options, true);
    born();
  }

  @Override
  public WritableSide<T> writableSide() {
    checkStrand("a call");
    return side;
  }

  @Override
  @Nullable ReadableSide<?> readableSideOrNull() {
    return null;
  }

  @Override
  WritableSide<T> writableSideOrNull() {
    return side;
  }

  @Override
  @Nullable Constructing constructing() {
    return side.sink() instanceof Constructing constructing ? constructing : null;
  }

  @Override
  void callDestroyHook(@Nullable Throwable error, Done done) throws Exception {
    side.sink().destroy(error, done);
  }
}
