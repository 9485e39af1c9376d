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

  /// One that only passes on what another stream gives, and is no work of the strand beside it.
  static <T> LiveReadable<T> passingOn(Source<T> source, StreamOptions options) {
    var stream = new LiveReadable<>(source, options);
    stream.side.isNoWork();
    return stream;
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
