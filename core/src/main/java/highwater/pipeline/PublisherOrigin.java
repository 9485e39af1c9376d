package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CheckReturnValue;
import highwater.StreamOptions;
import java.util.List;
import java.util.concurrent.Flow;

/// A `Flow.Publisher` as an origin: each run subscribes to it once; made by [Origin#fromPublisher].
///
/// A run requests `prefetch` chunks at first (16 unless said otherwise) and then, each time half of them are used up, that half
/// again: at most `prefetch` are on their way or queued, and one is with the run. Chunks are handed over, not copied: the
/// publisher must not use a buffer again. `onError` fails the run with that very error; a run that fails, or needs no
/// more, cancels the subscription. A publisher that gives more than was requested fails the run.
@CheckReturnValue
public final class PublisherOrigin<T> implements PullOrigin<T> {
  /// The chunks that are requested ahead unless something else is said.
  public static final int PREFETCH = 16;

  private final String name;
  private final Flow.Publisher<? extends T> publisher;
  private final int prefetch;
  private final long chunkMaxBytes;

  PublisherOrigin(String name, Flow.Publisher<? extends T> publisher, int prefetch, long chunkMaxBytes) {
    this.name = name;
    this.publisher = requireNonNull(publisher, "publisher");
    this.prefetch = prefetch;
    this.chunkMaxBytes = chunkMaxBytes;
  }

  /// The same with `chunks` requested ahead, 1 or more.
  public PublisherOrigin<T> withPrefetch(int chunks) {
    if (chunks < 1) throw new IllegalArgumentException("prefetch: " + chunks + " chunks (expected: 1 or more)");
    return new PublisherOrigin<>(name, publisher, chunks, chunkMaxBytes);
  }

  /// The same for a publisher of buffers of at most `bytes` each, so that the pipeline's bound is known; a larger one fails
  /// the run.
  public PublisherOrigin<T> chunkAtMost(long bytes) {
    return new PublisherOrigin<>(name, publisher, prefetch, Declared.checked(bytes));
  }

  Flow.Publisher<? extends T> publisher() {
    return publisher;
  }

  int prefetch() {
    return prefetch;
  }

  boolean allows(long bytes) {
    return chunkMaxBytes == Footprint.UNKNOWN || bytes <= chunkMaxBytes;
  }

  IllegalStateException tooLarge(long bytes) {
    return new IllegalStateException(
        name
            + " gave a chunk of "
            + ByteSizes.inWords(bytes)
            + ", where its recipe declares "
            + ByteSizes.inWords(chunkMaxBytes)
            + " at most: declare more, or make smaller chunks");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    var how = "subscribed to, " + prefetch + " chunks requested ahead, more at half empty";
    if (chunkMaxBytes == Footprint.UNKNOWN) return Footprint.unknown(how);
    return new Footprint(how, List.of(Term.of(name, prefetch + 1, chunkMaxBytes)), chunkMaxBytes, true);
  }

  @Override
  public StreamOptions streamOptions() {
    return ChunkWeight.OPTIONS;
  }

  @Override
  public Pull<T> pull() {
    return new Intake<>(this);
  }
}
