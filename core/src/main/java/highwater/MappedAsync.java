package highwater;

import highwater.strand.Strand;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The source of `mapAsync`: calls under way, and results that wait for their turn.
///
/// ```
/// source ──one at a time──▶ call ──┐ at most `calls`
///                  places, in order of the chunks (or of completion): at most `mark` with the calls ──▶ pushed when asked
/// ```
///
/// The first failure stops the source and the calls; the results before it are still given, then the failure. A result
/// keeps its place until the next one is asked for. Source: Node 26, `readable.map`.
final class MappedAsync<T, R> implements Source<R>, Taking.Receiver<T>, Relay, Waiting {
  private final Strand strand;
  private final Taking<T> taking;
  private final AsyncFunction<? super T, ? extends R> function;
  private final Concurrency concurrency;
  private final ArrayDeque<Place<R>> places = new ArrayDeque<>();

  /// Given to the calls.
  private final CancelHandle stop = new CancelHandle();

  private int running;

  /// The result in front was pushed.
  private boolean frontGiven;

  /// A chunk was asked of the source.
  private boolean taken;

  /// A result was asked of this.
  private boolean asked;

  private boolean answering;
  private boolean sourceOver;
  private boolean ended;

  /// The first failure of a call or of the function, or else of the source.
  private @Nullable Throwable failure;

  private boolean callFailed;

  private @Nullable Feed<R> feed;
  private @Nullable Registration cancellation;

  private MappedAsync(
      ReadableStream<T> source, Concurrency concurrency, AsyncFunction<? super T, ? extends R> function) {
    this.strand = source.strand();
    this.taking = new Taking<>(Ownership.claim("mapAsync or forEachAsync"), source, this);
    this.concurrency = concurrency;
    this.function = function;
  }

  static <T, R> ReadableStream<R> of(
      ReadableStream<T> source, Concurrency concurrency, AsyncFunction<? super T, ? extends R> function) {
    return LiveReadable.passingOn(new MappedAsync<>(source, concurrency, function), Mapped.OPTIONS);
  }

  /// The same calls, each with a value of ours in the place of its own, which may be null.
  static <T> AsyncFunction<T, Boolean> onlyDone(AsyncFunction<? super T, ?> function) {
    return (chunk, stop) -> {
      CompletionStage<?> stage = function.apply(chunk, stop);
      if (stage == null) throw Failures.nullResult("forEachAsync", "a CompletionStage");
      return stage.thenApply(_ -> true);
    };
  }

  /// One chunk's result, on its way or there.
  private static final class Place<R> {
    boolean settled;
    @Nullable R result;
  }

  @Override
  public void start(Feed<R> feed) {
    this.feed = feed;
    var cancel = concurrency.cancel();
    // From whichever thread: it becomes a turn.
    if (cancel != null) cancellation = cancel.onCancel(reason -> strand.post(() -> feed.fail(reason)));
  }

  @Override
  public void read(Feed<R> feed) {
    leaveFront();
    advance();
  }

  /// Gives what is due, and takes as many chunks as may be under way.
  private void advance() {
    if (answering) return;
    answering = true;
    try {
      do {
        give();
        takeMore();
      } while (asked && !ended && isFrontReady());
      if (asked && places.isEmpty() && running == 0 && sourceOver) endNow();
    } finally {
      answering = false;
    }
  }

  private boolean isFrontReady() {
    var front = places.peek();
    return front != null && front.settled && !frontGiven;
  }

  private void give() {
    while (asked && !ended && isFrontReady()) {
      R result = places.element().result;
      if (result == null) {
        endNow();
        return;
      }
      asked = false;
      frontGiven = true;
      // The next question may come inside the push, and takes the place away itself.
      if (feed().push(result)) leaveFront();
    }
  }

  /// The next result is wanted: the one in front gives its place up.
  private void leaveFront() {
    asked = true;
    if (!frontGiven) return;
    places.remove();
    frontGiven = false;
  }

  private void endNow() {
    if (ended) return;
    ended = true;
    // Outside the read that asked, as in Mapped.
    var error = failure;
    if (error == null) strand.afterTicks(feed()::end);
    else strand.afterTicks(() -> feed().fail(error));
  }

  private void takeMore() {
    while (!taken && !sourceOver && !ended && running < concurrency.calls() && held() < concurrency.mark()) {
      taken = true;
      taking.ask();
    }
  }

  private int held() {
    return concurrency.ordered() ? places.size() : places.size() + running;
  }

  @Override
  public void take(T chunk) {
    taken = false;
    var place = new Place<R>();
    if (concurrency.ordered()) places.add(place);
    running++;
    strand.hold();
    try {
      CompletionStage<? extends R> stage = function.apply(chunk, stop);
      if (stage == null) throw Failures.nullResult("mapAsync", "a CompletionStage");
      var _ =
          stage.whenComplete(
              (result, error) -> {
                if (strand.isCurrent()) settle(place, result, error);
                else strand.post(() -> settle(place, result, error));
              });
    } catch (Throwable thrown) {
      settle(place, null, thrown);
      if (thrown instanceof VirtualMachineError fatal) throw fatal;
    }
    advance();
  }

  private void settle(Place<R> place, @Nullable R result, @Nullable Throwable error) {
    if (place.settled) return;
    place.settled = true;
    // A destroyed stream has given its holds back already.
    if (running == 0) return;
    running--;
    strand.release();
    place.result = result;
    if (result == null) {
      fail(
          error == null
              ? Failures.nullResult("mapAsync", "a stage that completes with a value")
              : Failures.unwrapped(error));
    }
    if (!concurrency.ordered()) places.add(place);
    advance();
  }

  private void fail(Throwable error) {
    if (callFailed) return;
    callFailed = true;
    // An error of the source comes behind the chunk of this call.
    failure = error;
    sourceOver = true;
    taking.stop(error);
    stop.cancel(error);
  }

  @Override
  public void over(@Nullable Throwable error) {
    taken = false;
    sourceOver = true;
    if (failure == null) failure = error;
    advance();
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    boolean early = !ended || failure != null;
    ended = true;
    if (cancellation != null) cancellation.remove();
    for (; running > 0; running--) strand.release();
    taking.stop(error);
    if (early) stop.cancel(error == null ? Failures.aborted("mapAsync", null) : error);
    done.ok();
  }

  @Override
  public @Nullable String waitsFor() {
    return running == 0
        ? null
        : running + (running == 1 ? " call" : " calls") + " of mapAsync, whose futures are not complete";
  }

  @Override
  public Diagnosis.Cause waitCause() {
    return Diagnosis.Cause.RESULT;
  }

  @Override
  public Relay.@Nullable Side inlet() {
    return running == 0 ? taking.input() : null;
  }

  @Override
  public Relay.@Nullable Side output() {
    return Relay.fedBy(feed);
  }

  private Feed<R> feed() {
    return Objects.requireNonNull(feed);
  }
}
