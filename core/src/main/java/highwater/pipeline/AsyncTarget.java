package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.StreamOptions;
import highwater.strand.Elsewhere;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A target that begins something for each chunk and waits for its end: one at a time, or several; made by
/// [Target#forEachAsync].
///
/// The first failure ends the run, as the very exception; what else is under way then, and at a cancel, is cancelled,
/// and the run waits for its end for at most [Part#UNDO_NANOS]. Chunks are begun in order; with more than one at a
/// time they may end in any.
///
/// @param name what messages call it
/// @param function what is called, on the run's strand
/// @param concurrency how many may be under way at a time
public record AsyncTarget<T>(String name, Function<? super T, ? extends CompletionStage<?>> function, int concurrency)
    implements PullTarget<T> {
  /// Checks the figures.
  public AsyncTarget {
    requireNonNull(name, "name");
    requireNonNull(function, "function");
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency: " + concurrency + " (expected: 1 or more calls at a time)");
    }
  }

  /// The same under a name for messages and plans.
  public AsyncTarget<T> named(String name) {
    return new AsyncTarget<>(name, function, concurrency);
  }

  /// The same with up to `calls` under way at a time.
  public AsyncTarget<T> concurrency(int calls) {
    return new AsyncTarget<>(name, function, calls);
  }

  @Override
  public String advice() {
    return concurrency == 1
        ? "it waits for one call at a time: concurrency allows more"
        : "all " + ByteSizes.grouped(concurrency) + " calls are under way: allow more at a time, or make one faster";
  }

  /// The chunks of the calls under way: of a buffer each has a copy.
  @Override
  public Footprint footprint(long inputMaxBytes) {
    var how =
        concurrency == 1
            ? "a function, one call at a time, each waited for"
            : "a function, up to " + ByteSizes.grouped(concurrency) + " calls at a time";
    if (inputMaxBytes == Footprint.UNKNOWN) return new Footprint(how, List.of(), 0, false);
    return Footprint.of(how, 0, Term.of("calls", concurrency, inputMaxBytes));
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Put<T> put() {
    return new AsyncPut<>(this);
  }

  /// A copy of a buffer, for a function that may keep it; anything else as it is.
  @SuppressWarnings("unchecked") // A copy of a ByteBuffer is a ByteBuffer.
  static <T> T owned(T chunk) {
    if (!(chunk instanceof ByteBuffer lent)) return chunk;
    return (T) ByteBuffer.allocate(lent.remaining()).order(lent.order()).put(lent).flip();
  }

  private static final class AsyncPut<T> implements Put<T>, WorksElsewhere.Counted {
    private final AsyncTarget<T> target;
    private final Calls calls;
    private boolean finished;

    AsyncPut(AsyncTarget<T> target) {
      this.target = target;
      calls = new Calls(target.concurrency);
    }

    @Override
    public void open(PartContext context) {
      calls.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      calls.throwFailure();
      if (finished) return calls.underWay() == 0 ? Progress.DONE : Progress.WAITING;
      return calls.underWay() < target.concurrency ? Progress.HUNGRY : Progress.WAITING;
    }

    @Override
    public void offer(T chunk) {
      calls.add(target.name, target.function.apply(owned(chunk)));
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void abort(Throwable cause) {
      calls.cancel();
    }

    @Override
    public boolean settled() {
      return calls.settled();
    }

    @Override
    public @Nullable Elsewhere elsewhere() {
      return calls.elsewhere();
    }

    @Override
    public long heldMark() {
      return target.concurrency;
    }

    @Override
    public boolean holdsObjects() {
      return true;
    }

    @Override
    public String waitsFor() {
      return calls.words();
    }

    @Override
    public Cause waitCause() {
      return Cause.RESULT;
    }
  }
}
