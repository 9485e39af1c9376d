package highwater.interop;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// An origin of the numbers from 0, which counts what its runs do: endless, or so many, or failing after so many.
public final class Numbers implements PullOrigin<Long> {
  private final long count;
  private final @Nullable Exception failure;

  /// Runs that have opened it, and how each of them left it.
  public final AtomicInteger opened = new AtomicInteger();

  /// Runs that have aborted it.
  public final AtomicInteger aborted = new AtomicInteger();

  /// Runs that have closed it.
  public final AtomicInteger closed = new AtomicInteger();

  /// Numbers given, by all runs.
  public final AtomicLong given = new AtomicLong();

  private Numbers(long count, @Nullable Exception failure) {
    this.count = count;
    this.failure = failure;
  }

  /// The first `count` numbers; `Long.MAX_VALUE` never ends.
  public static Numbers first(long count) {
    return new Numbers(count, null);
  }

  /// The first `count`, then `failure`.
  public static Numbers failingAfter(long count, Exception failure) {
    return new Numbers(count, failure);
  }

  @Override
  public String name() {
    return "numbers";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return Footprint.unknown("counts");
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Pull<Long> pull() {
    return new Counting();
  }

  private final class Counting implements Pull<Long> {
    private long next;

    @Override
    public void open(PartContext context) {
      opened.incrementAndGet();
    }

    @Override
    public Progress poll() throws Exception {
      if (next < count) return Progress.READY;
      if (failure != null) throw failure;
      return Progress.DONE;
    }

    @Override
    public Long next() {
      given.incrementAndGet();
      return next++;
    }

    @Override
    public void abort(Throwable cause) {
      aborted.incrementAndGet();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
