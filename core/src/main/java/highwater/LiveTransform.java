package highwater;

import org.jspecify.annotations.Nullable;

/// A duplex whose two implementers are the two faces of one [TransformCore].
final class LiveTransform<I, O> extends LiveDuplex<I, O> implements TransformStream<I, O> {
  private final TransformCore<I, O> core;

  LiveTransform(Transformer<I, O> transformer, StreamOptions options) {
    this(new TransformCore<>(transformer), options);
  }

  private LiveTransform(TransformCore<I, O> core, StreamOptions options) {
    super(core, core, options, true);
    this.core = core;
    core.attach(readableSideOrNull(), writableSideOrNull());
    born();
  }

  @Override
  @Nullable Constructing constructing() {
    return core.constructing();
  }
}
