package highwater;

import org.jspecify.annotations.Nullable;

/// A stream with a readable side alone.
final class LiveReadable<T> extends Life implements ReadableStream<T> {
  private final ReadableSide<T> side;

  LiveReadable(Source<T> source, StreamOptions options) {
    super(options);
    side = new ReadableSide<>(this, source, options, false);
    source.start(side);
    born();
  }

  @Override
  public ReadableSide<T> readableSide() {
    checkStrand("a call");
    return side;
  }

  @Override
  ReadableSide<T> readableSideOrNull() {
    return side;
  }

  @Override
  @Nullable WritableSide<?> writableSideOrNull() {
    return null;
  }

  @Override
  @Nullable Constructing constructing() {
    return side.source() instanceof Constructing constructing ? constructing : null;
  }

  @Override
  void callDestroyHook(@Nullable Throwable error, Done done) throws Exception {
    side.source().destroy(error, done);
  }
}
