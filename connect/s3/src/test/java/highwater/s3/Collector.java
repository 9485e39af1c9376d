package highwater.s3;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.util.List;

/// A target that adds every object to a list.
record Collector<T>(List<T> all) implements PullTarget<T> {
  static <T> Collector<T> into(List<T> all) {
    return new Collector<>(all);
  }

  @Override
  public String name() {
    return "collect";
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of("adds to a list", 0);
  }

  @Override
  public Put<T> put() {
    return new Put<>() {
      private boolean finished;

      @Override
      public Progress poll() {
        return finished ? Progress.DONE : Progress.HUNGRY;
      }

      @Override
      public void offer(T object) {
        all.add(object);
      }

      @Override
      public void finish() {
        finished = true;
      }
    };
  }
}
