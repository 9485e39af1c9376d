package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.strand.Elsewhere;
import highwater.strand.Strand;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What a part has begun elsewhere and what has not ended yet.
///
/// A call ends on any thread; its end is counted by a turn. Thread rule: the part's strand.
final class Calls {
  /// One call: the same future may be given twice.
  private static final class Call {
    final CompletionStage<?> stage;

    Call(CompletionStage<?> stage) {
      this.stage = stage;
    }
  }

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

  int underWay() {
    return underWay.size();
  }

  /// Throws what the first call failed with that did.
  void throwFailure() {
    if (failure != null) throw Futures.thrown(failure);
  }

  /// Counts `stage`, which the function of `name` has given; one that has ended already is only looked at.
  void add(String name, @Nullable CompletionStage<?> stage) {
    if (stage == null) {
      throw new NullPointerException(
          name + ": the function gave null (expected: a CompletionStage that ends when its chunk is done with)");
    }
    var strand = requireNonNull(context).strand();
    var call = new Call(stage);
    underWay.add(call);
    var counts = requireNonNull(elsewhere);
    counts.begins();
    counts.holds(1);
    beginning = true;
    try {
      var _ = stage.whenComplete((_, thrown) -> ended(strand, call, thrown));
    } finally {
      beginning = false;
    }
  }

  /// Any thread.
  private void ended(Strand strand, Call call, @Nullable Throwable thrown) {
    var counts = requireNonNull(elsewhere);
    counts.ends();
    counts.holds(-1);
    if (strand.isCurrent()) {
      count(call, thrown);
    } else {
      // A strand that has ended is one where the run is over.
      var _ = strand.post(() -> count(call, thrown));
    }
  }

  private void count(Call call, @Nullable Throwable thrown) {
    underWay.remove(call);
    if (thrown != null && failure == null) failure = thrown;
    if (!beginning) requireNonNull(context).wake();
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
    return "the end of " + underWay() + (underWay() == 1 ? " call" : " calls");
  }
}
