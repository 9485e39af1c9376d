package highwater.interop;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import org.jspecify.annotations.Nullable;

/// A target that wants nothing, until it is told to want everything or to fail.
final class Turning implements PullTarget<String> {
  private volatile boolean turned;
  private volatile @Nullable Exception failure;
  private volatile @Nullable PartContext context;

  void turn(@Nullable Exception failure) {
    this.failure = failure;
    turned = true;
    var there = context;
    if (there != null) there.wake();
  }

  @Override
  public String name() {
    return "turning";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of("drops everything", 0);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Put<String> put() {
    return new Put<>() {
      private boolean finished;

      @Override
      public void open(PartContext here) {
        context = here;
      }

      @Override
      public Progress poll() throws Exception {
        if (!turned) return Progress.WAITING;
        var thrown = failure;
        if (thrown != null) throw thrown;
        return finished ? Progress.DONE : Progress.HUNGRY;
      }

      @Override
      public void offer(String chunk) {}

      @Override
      public void finish() {
        finished = true;
      }
    };
  }
}
