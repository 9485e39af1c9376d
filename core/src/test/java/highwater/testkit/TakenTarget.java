package highwater.testkit;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A neighbour that takes chunks and looks at each only when it gives it back: what is lent too briefly shows. Serves
/// one run.
final class TakenTarget<T> implements PullTarget<T>, Put<T> {
  static final int NEVER = Integer.MAX_VALUE;

  private final boolean objects;
  private final int failAt;
  private final int doneAfter;
  private final boolean late;
  private final Content content = new Content();
  private @Nullable PartContext context;
  private @Nullable T chunk;
  private int taken;
  private boolean finished;
  private boolean waited;

  /// Fails in place of chunk `failAt`, or is over after `doneAfter` of them; waits after each where it is `late`.
  TakenTarget(boolean objects, int failAt, int doneAfter, boolean late) {
    this.objects = objects;
    this.failAt = failAt;
    this.doneAfter = doneAfter;
    this.late = late;
  }

  Content content() {
    return content;
  }

  int taken() {
    return taken;
  }

  @Override
  public String name() {
    return "taken";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return Footprint.of("a copy of everything", 0);
  }

  @Override
  public StreamOptions streamOptions() {
    return objects ? StreamOptions.objects() : StreamOptions.bytes();
  }

  @Override
  public Put<T> put() {
    return this;
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
  }

  @Override
  public Progress poll() {
    if (chunk != null) {
      if (late && !waited) return waitAWhile();
      waited = false;
      content.add(chunk);
      chunk = null;
      taken++;
    }
    if (taken == failAt) throw new Contract.Boom("in place of chunk " + taken);
    return finished || taken >= doneAfter ? Progress.DONE : Progress.HUNGRY;
  }

  private Progress waitAWhile() {
    var here = Objects.requireNonNull(context);
    here.strand()
        .after(
            GivenOrigin.PAUSE_NANOS,
            () -> {
              waited = true;
              here.wake();
            });
    return Progress.WAITING;
  }

  @Override
  public void offer(T offered) {
    chunk = offered;
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public String waitsFor() {
    return "a timer";
  }
}
