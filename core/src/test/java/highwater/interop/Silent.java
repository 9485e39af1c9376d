package highwater.interop;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An origin that gives nothing until it is told how to end.
final class Silent implements PullOrigin<ByteBuffer> {
  /// Completes when a run waits for it.
  final CompletableFuture<Boolean> waiting = new CompletableFuture<>();

  volatile boolean closed;
  private volatile boolean ended;
  private volatile @Nullable Exception failure;
  private volatile @Nullable PartContext context;

  /// Ends, or fails.
  void end(@Nullable Exception failure) {
    this.failure = failure;
    ended = true;
    var there = context;
    if (there != null) there.wake();
  }

  @Override
  public String name() {
    return "silent";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return Footprint.of("nothing", 1);
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new Pull<>() {
      @Override
      public void open(PartContext here) {
        context = here;
      }

      @Override
      public Progress poll() throws Exception {
        waiting.complete(true);
        // In this order, as end() writes them in the other.
        if (!ended) return Progress.WAITING;
        var thrown = failure;
        if (thrown != null) throw thrown;
        return Progress.DONE;
      }

      @Override
      public ByteBuffer next() {
        throw new AssertionError("never READY");
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}
