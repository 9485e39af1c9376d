package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;

/// What the contracts of recipes share: runs in virtual time that charge one budget.
///
/// After each test the budget must read zero, beside what [Contract] looks at.
public abstract class RecipeContract extends Contract {
  private final Budget budget = Budget.of(1L << 30);

  RecipeContract() {}

  @AfterEach
  final void nothingIsCharged() {
    assertThat(budget.usedBytes()).as("bytes charged to the budget").isZero();
  }

  final PipelineRun start(Pipeline pipeline) {
    return pipeline.withBudget(budget).startOn(time().strand());
  }

  final void end(PipelineRun run) {
    var _ = time().end(run, patience());
  }

  final void run(Pipeline pipeline) {
    end(start(pipeline));
  }

  /// Runs to the failure that a neighbour makes; false where the run was over before.
  final boolean failsWithBoom(Pipeline pipeline, String how) throws Exception {
    var failure = catchThrowable(() -> run(pipeline));
    if (failure == null) return false;
    assertThat(failure)
        .as("the failure of a run, %s", how)
        .isInstanceOf(PipelineException.class)
        .hasCauseInstanceOf(Boom.class);
    assertThat(failure.getSuppressed()).as("what failed while it was undone, %s", how).isEmpty();
    assertReleased();
    return true;
  }

  /// Runs the pipeline that `making` makes of a watch for polls, and cancels at poll `n`; false where it was over
  /// before.
  final boolean isCancelledAt(int n, Function<IntConsumer, Pipeline> making) throws Exception {
    var run = new PipelineRun[1];
    run[0] =
        start(
            making.apply(
                poll -> {
                  if (poll == n) run[0].cancel("enough");
                }));
    var failure = catchThrowable(() -> end(run[0]));
    if (failure == null) return false;
    assertThat(failure).as("a run cancelled at poll %s", n).isInstanceOf(CancelledException.class).hasMessage("enough");
    assertThat(failure.getSuppressed()).as("what failed while it was undone").isEmpty();
    assertReleased();
    return true;
  }
}
