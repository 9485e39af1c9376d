package highwater.pipeline;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A `java.util.stream.Stream` over an [Iteration] that begins with its terminal operation and is closed with it.
final class IterationStream<T> {
  private static final int ORDERED_CHUNKS = Spliterator.ORDERED | Spliterator.NONNULL;

  private final Upstream<T> upstream;
  private volatile @Nullable Iteration<T> iteration;

  private IterationStream(Upstream<T> upstream) {
    this.upstream = upstream;
  }

  static <T> Stream<T> of(Upstream<T> upstream) {
    var lazy = new IterationStream<>(upstream);
    return StreamSupport.stream(lazy::begin, ORDERED_CHUNKS, false).onClose(lazy::close);
  }

  private Spliterator<T> begin() {
    var begun = upstream.iterate();
    iteration = begun;
    Iterator<T> chunks = begun.iterator();
    return Spliterators.spliteratorUnknownSize(chunks, ORDERED_CHUNKS);
  }

  private void close() {
    var begun = iteration;
    if (begun != null) begun.close();
  }
}
