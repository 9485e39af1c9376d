package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.strand.Elsewhere;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a part has begun elsewhere and what has not ended yet.
///
/// A call ends on any thread: it leaves itself in `ended` and wakes the part, whose next poll counts it. So an end is one turn
/// of the strand. Thread rule: the part's strand, but for the end of a call.
final class Calls {
  /// One call: the same future may be given twice.
  private final class Call implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    final CompletionStage<?> stage;

    // Written before it is left in `ended`; read on the strand after that.
    @Nullable Throwable failure;
    @Nullable Call older;

    Call(CompletionStage<?> stage) {
      this.stage = stage;
    }

    /// It has ended; from any thread.
    @Override
    public void accept(@Nullable Object ignored, @Nullable Throwable thrown) {
      failure = thrown;
      end(this);
    }
  }

  /// The newest of those that have ended and were not taken, linked to the older ones; from any thread, by CAS.
  private final AtomicReference<@Nullable Call> ended = new AtomicReference<>();

  private final Set<Call> underWay = new LinkedHashSet<>();
  private final int places;
  private @Nullable PartContext context;
  private volatile @Nullable Elsewhere elsewhere;
  private @Nullable Throwable failure;
  private boolean beginning;

  /// For up to `places` calls at a time.
  Calls(int places) {
    this.places = places;
  }

  void open(PartContext context) {
    this.context = context;
    elsewhere = Elsewhere.of(context.strand(), places);
  }

  /// How long the calls took, and how many are under way.
  @Nullable Elsewhere elsewhere() {
    return elsewhere;
  }

  /// How many had not ended when this was looked at last.
  int underWay() {
    return underWay.size();
  }

  /// Whether all have ended.
  boolean settled() {
    takeEnded();
    return underWay.isEmpty();
  }

  /// Looks which have ended, and throws what the first of them failed with that did.
  void throwFailure() {
    takeEnded();
    if (failure != null) throw Futures.thrown(failure);
  }

  private void takeEnded() {
    if (ended.get() == null) return;
    @Nullable Throwable first = null;
    for (var call = ended.getAndSet(null); call != null; call = call.older) {
      underWay.remove(call);
      if (call.failure != null) first = call.failure;
    }
    if (failure == null) failure = first;
  }

  /// Counts `stage`, which the function of `name` has given; one that has ended already is only looked at.
  void add(String name, @Nullable CompletionStage<?> stage) {
    if (stage == null) {
      throw new NullPointerException(
          name + ": the function gave null (expected: a CompletionStage that ends when its chunk is done with)");
    }
    var call = new Call(stage);
    underWay.add(call);
    var counts = requireNonNull(elsewhere);
    counts.begins();
    counts.holds(1);
    beginning = true;
    try {
      var _ = stage.whenComplete(call);
    } finally {
      beginning = false;
    }
  }

  /// Any thread.
  private void end(Call call) {
    var counts = requireNonNull(elsewhere);
    counts.ends();
    counts.holds(-1);
    do call.older = ended.get();
    while (!ended.compareAndSet(call.older, call));
    var here = requireNonNull(context);
    // Whoever adds a call polls after it.
    if (here.strand().isCurrent() && beginning) return;
    here.wake();
  }

  /// Cancels what is under way, where it can be cancelled; each is, and then what the first of them threw is thrown.
  void cancel() {
    @Nullable Throwable first = null;
    for (var call : new ArrayList<>(underWay)) {
      try {
        Futures.cancel(call.stage);
      } catch (Throwable thrown) {
        if (first == null) first = thrown;
        else FusedLoop.suppress(first, thrown);
      }
    }
    if (first != null) throw Rethrow.asItIs(first);
  }

  /// What a run waits for.
  String words() {
    int calls = underWay();
    // A turn that waits ends with these words: those of most runs are there already.
    return calls == 1 ? "the end of 1 call" : "the end of " + calls + " calls";
  }
}
