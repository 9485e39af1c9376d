package highwater.pipeline;

import highwater.CancelHandle;
import highwater.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The recipe that makes one object of each with calls that go on elsewhere, several at a time; made by
/// [Stage#mapAsync(int, java.util.function.Function)] and [Stage#mapBlocking].
///
/// Never more than its concurrency run at a time, and no more than its mark are in flight, which is begun and not given
/// on. The first failure of a call, whichever, fails the stage, and so does a cancel; the other calls are then stopped in
/// the next turn: their handle is cancelled, their `CompletableFuture` too, a waiting thread interrupted. A `ByteBuffer`
/// is copied for its call.
public final class AsyncStage<I, O> implements PullStage<I, O> {
  /// A call that waits for its result.
  @FunctionalInterface
  public interface Body<I, O> {
    /// Makes the result of `input`, which must not be null. Runs on a virtual thread of its own, which is interrupted
    /// where the result is no longer wanted. What it throws fails the stage.
    O run(I input) throws Exception;
  }

  /// How one call is made.
  interface Calls<I, O> {
    /// Begins the call of `input`, on the strand; `cancel` is the run's.
    void begin(I input, CancelHandle cancel, AsyncStep.Call<O> call) throws Exception;
  }

  private final String name;
  private final int concurrency;
  private final int mark;
  private final boolean ordered;
  private final Calls<I, O> calls;
  private final @Nullable CancelHandle cancel;
  private final long outputMaxBytes;

  private AsyncStage(Draft<I, O> draft) {
    name = draft.name;
    concurrency = draft.concurrency;
    mark = draft.mark;
    ordered = draft.ordered;
    calls = draft.calls;
    cancel = draft.cancel;
    outputMaxBytes = draft.outputMaxBytes;
  }

  /// The same settings, open to one change.
  private static final class Draft<I, O> {
    private String name;
    private int concurrency;
    private int mark;
    private boolean ordered = true;
    private final Calls<I, O> calls;
    private @Nullable CancelHandle cancel;
    private long outputMaxBytes = Footprint.UNKNOWN;

    Draft(String name, int concurrency, Calls<I, O> calls) {
      if (concurrency < 1)
        throw new IllegalArgumentException(name + ": concurrency " + concurrency + " (expected: 1 or more)");
      this.name = name;
      this.concurrency = concurrency;
      this.calls = calls;
      mark = (int) Math.min(2L * concurrency - 1, Integer.MAX_VALUE);
    }
  }

  static <I, O> AsyncStage<I, O> calling(
      int concurrency, BiFunction<? super I, CancelHandle, ? extends CompletionStage<? extends O>> function) {
    return new AsyncStage<>(
        new Draft<I, O>(
            "mapAsync", concurrency, (input, cancel, call) -> call.answeredBy(function.apply(input, cancel))));
  }

  static <I, O> AsyncStage<I, O> blocking(int concurrency, Body<? super I, ? extends O> body) {
    return new AsyncStage<>(
        new Draft<I, O>("mapBlocking", concurrency, (input, _, call) -> call.answeredOnAThread(() -> body.run(input))));
  }

  private Draft<I, O> draft() {
    var draft = new Draft<I, O>(name, concurrency, calls);
    draft.mark = mark;
    draft.ordered = ordered;
    draft.cancel = cancel;
    draft.outputMaxBytes = outputMaxBytes;
    return draft;
  }

  /// The same, giving each result as soon as it is there.
  public AsyncStage<I, O> unordered() {
    var draft = draft();
    draft.ordered = false;
    return new AsyncStage<>(draft);
  }

  /// The same with another mark: how many objects may be in flight, those that run and the results that wait to be given
  /// on together; at least the concurrency. Twice the concurrency less one if nothing is said, as in Node
  /// (`highWaterMark`).
  public AsyncStage<I, O> mark(int objects) {
    if (objects < concurrency) {
      throw new IllegalArgumentException(
          name + ": mark " + objects + " (expected: the concurrency, " + concurrency + ", or more)");
    }
    var draft = draft();
    draft.mark = objects;
    return new AsyncStage<>(draft);
  }

  /// The same, stopped and failed with its reason when `handle` is cancelled (Node's `signal`).
  public AsyncStage<I, O> cancelledBy(CancelHandle handle) {
    var draft = draft();
    draft.cancel = handle;
    return new AsyncStage<>(draft);
  }

  /// The same, declaring that a result holds at most so many bytes (1 or more), so that the pipeline's bound is known
  /// where its input's is. A result that is a larger `ByteBuffer` fails the stage; others are taken at the caller's
  /// word.
  public AsyncStage<I, O> outputAtMost(long bytes) {
    var draft = draft();
    draft.outputMaxBytes = Declared.checked(bytes);
    return new AsyncStage<>(draft);
  }

  /// The same under a name for messages and plans.
  public AsyncStage<I, O> named(String name) {
    var draft = draft();
    draft.name = name;
    return new AsyncStage<>(draft);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String advice() {
    return "all " + ByteSizes.grouped(concurrency) + " calls are under way: allow more at a time, or make one faster";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var how =
        ByteSizes.grouped(concurrency)
            + " at a time, "
            + ByteSizes.grouped(mark)
            + " in flight at most, "
            + (ordered ? "in order" : "as they come");
    var terms = new ArrayList<Term>();
    if (chunkMaxBytes != Footprint.UNKNOWN) {
      long output = Math.max(outputMaxBytes, 0);
      terms.add(new Term(name, mark, mark, output == 0 ? List.of(chunkMaxBytes) : List.of(chunkMaxBytes, output)));
    }
    boolean bounded = chunkMaxBytes != Footprint.UNKNOWN && outputMaxBytes != Footprint.UNKNOWN;
    return new Footprint(how, terms, outputMaxBytes, bounded);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Step<I, O> step() {
    return new AsyncStep<>(this);
  }

  int concurrency() {
    return concurrency;
  }

  int mark() {
    return mark;
  }

  boolean ordered() {
    return ordered;
  }

  Calls<I, O> calls() {
    return calls;
  }

  @Nullable CancelHandle cancel() {
    return cancel;
  }

  long outputMaxBytes() {
    return outputMaxBytes;
  }

  @Override
  public String toString() {
    return name;
  }
}
