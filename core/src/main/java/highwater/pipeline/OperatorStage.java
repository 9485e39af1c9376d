package highwater.pipeline;

import highwater.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A stage of synchronous operators, one or several fused; made by the factories of [Stage].
record OperatorStage<I, O>(List<Operator> operators) implements PullStage<I, O> {
  OperatorStage {
    operators = List.copyOf(operators);
  }

  static <I, O> Stage<I, O> of(Operator operator) {
    return new OperatorStage<>(List.of(operator));
  }

  /// The same recipes, with one where synchronous operators follow one another, a value at the end included.
  static List<Recipe> fused(List<Recipe> recipes) {
    var fused = new ArrayList<Recipe>(recipes.size());
    for (var recipe : recipes) {
      if (!fused.isEmpty() && fused.getLast() instanceof OperatorStage<?, ?> before) {
        var both = before.with(recipe);
        if (both != recipe) {
          fused.set(fused.size() - 1, both);
          continue;
        }
      }
      fused.add(recipe);
    }
    return fused;
  }

  /// This and what follows as one recipe; what follows itself where it is of another kind.
  private Recipe with(Recipe recipe) {
    if (recipe instanceof OperatorStage<?, ?> next)
      return new OperatorStage<I, Object>(join(operators, next.operators));
    if (recipe instanceof ValueTarget<?, ?> value) return value.behind(operators);
    return recipe;
  }

  static List<Operator> join(List<Operator> before, List<Operator> behind) {
    var all = new ArrayList<>(before);
    all.addAll(behind);
    return all;
  }

  @Override
  public String name() {
    return operators.stream().map(Operator::name).collect(Collectors.joining(" · "));
  }

  @Override
  public String advice() {
    return "its functions run one at a time on the strand: mapAsync or mapBlocking runs several calls";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return footprint(operators, chunkMaxBytes);
  }

  /// What `operators` hold together; nothing rests between them.
  static Footprint footprint(List<Operator> operators, long chunkMaxBytes) {
    var terms = new ArrayList<Term>();
    boolean bounded = true;
    long chunkMax = chunkMaxBytes;
    var how = "";
    for (var operator : operators) {
      var footprint = operator.footprint().apply(chunkMax);
      terms.addAll(footprint.terms());
      bounded &= footprint.bounded();
      chunkMax = footprint.chunkMaxBytes();
      how = footprint.how();
    }
    if (operators.size() > 1) how = operators.size() + " operators as one";
    return new Footprint(how + ", on the run's thread", terms, chunkMax, bounded);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public boolean passesOn() {
    return operators.stream().allMatch(Operator::looks);
  }

  @Override
  @SuppressWarnings("unchecked") // The chain's links were joined where their types fit.
  public Step<I, O> step() {
    return (Step<I, O>) (Step<?, ?>) new Chain(operators, null, "");
  }

  @Override
  public String toString() {
    return name();
  }
}
