package highwater.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import highwater.CancelHandle;
import highwater.memory.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A pipeline that ends in a value: made by the terminals of [Upstream] (`toList`, `reduce`, `collect`, …), built once,
/// run any number of times.
///
/// It is immutable and holds no resource. A run has the rules of a [Pipeline]'s, and gives the value instead of a
/// report, once everything is final and closed. Where the value is known early (`find`, `some`, `every`) the stages
/// before are ended there, and that is a success. Thread rule: any thread, see [#run()].
@CheckReturnValue
public final class Computation<R> {
  /// Ends at a [ValueTarget] that makes an `R`.
  private final Pipeline plan;

  private Computation(Pipeline plan) {
    this.plan = plan;
  }

  static <T, R> Computation<R> of(List<Recipe> before, Terminal<T, R> terminal) {
    var recipes = new ArrayList<>(before);
    recipes.add(new ValueTarget<T, R>(List.of(), terminal, null));
    return new Computation<>(new Pipeline(recipes));
  }

  /// The same, charging `budget`, as [Pipeline#withBudget].
  public Computation<R> withBudget(Budget budget) {
    return new Computation<>(plan.withBudget(budget));
  }

  /// The same, stopped when `handle` is cancelled, as [Pipeline#cancelledBy].
  public Computation<R> cancelledBy(CancelHandle handle) {
    return new Computation<>(plan.cancelledBy(handle));
  }

  /// The same, with runs that fail when they are not done within `time`, as [Pipeline#withDeadline].
  public Computation<R> withDeadline(Duration time) {
    return new Computation<>(plan.withDeadline(time));
  }

  /// The same, with runs that fail when nothing moves for `time`, as [Pipeline#withIdleTimeout].
  public Computation<R> withIdleTimeout(Duration time) {
    return new Computation<>(plan.withIdleTimeout(time));
  }

  /// The same under a name for messages.
  public Computation<R> named(String name) {
    return new Computation<>(plan.named(name));
  }

  /// What messages call it: the name it was given, or those of its ends.
  public String name() {
    return plan.name();
  }

  /// Runs to the end and returns the value.
  ///
  /// Blocks; threads, interrupts and errors as [Pipeline#run()] has them: a failure is a [PipelineException] that names
  /// the operator and has what it threw as its cause.
  @CanIgnoreReturnValue
  public R run() {
    var result = new ValueTarget.Result<R>();
    plan.into(result).run();
    return result.value();
  }

  /// Starts a run and returns its handle at once; from any thread, as [Pipeline#start()].
  public ComputationRun<R> start() {
    var result = new ValueTarget.Result<R>();
    return new ComputationRun<>(plan.into(result).start(), result);
  }

  /// The most bytes one run holds at a time, the value included; unknown where nobody weighs it.
  public Bound bound() {
    return plan.bound();
  }

  /// The plan of a run in words and figures, as [Pipeline#explain()].
  public String explain() {
    return plan.explain();
  }

  /// The plan, as [#explain()].
  @Override
  public String toString() {
    return explain();
  }
}
