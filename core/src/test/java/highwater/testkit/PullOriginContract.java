package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.PullOrigin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every [PullOrigin] keeps: it gives its content in each of any number of runs, pulled and as a stream; it lends
/// chunks as [highwater.pipeline.Pull] says, none larger than its footprint; and a failure, a cancel and an end further
/// down leave nothing behind, whenever they come.
///
/// A test extends it and brings the recipe and its content.
public abstract class PullOriginContract<T> extends RecipeContract {
  /// For those who extend it.
  protected PullOriginContract() {}

  /// Makes the recipe of [#content()].
  protected abstract PullOrigin<T> origin() throws Exception;

  /// What it gives in each run, in order. Bytes may come cut otherwise.
  protected abstract List<T> content() throws Exception;

  private boolean objects() throws Exception {
    return !content().stream().allMatch(ByteBuffer.class::isInstance);
  }

  private TakenTarget<T> target(int failAt, int doneAfter, boolean late) throws Exception {
    return new TakenTarget<>(objects(), failAt, doneAfter, late);
  }

  private Pipeline into(TakenTarget<T> target) throws Exception {
    return Pipeline.from(WatchedPart.origin(origin(), rules(), _ -> {})).to(target);
  }

  @Test
  void itGivesItsContent() throws Exception {
    var target = target(TakenTarget.NEVER, TakenTarget.NEVER, false);
    run(into(target));
    assertSame(target.content(), content(), "what it gave");
  }

  @Test
  void itGivesTheSameToASlowTarget() throws Exception {
    var target = target(TakenTarget.NEVER, TakenTarget.NEVER, true);
    run(into(target));
    assertSame(target.content(), content(), "what it gave slowly");
  }

  @Test
  void oneRecipeServesRunsOneAfterAnotherAndAtOnce() throws Exception {
    var origin = WatchedPart.origin(origin(), rules(), _ -> {});
    var targets = new ArrayList<TakenTarget<T>>();
    var runs = new ArrayList<PipelineRun>();
    for (int i = 0; i < 4; i++) {
      targets.add(target(TakenTarget.NEVER, TakenTarget.NEVER, true));
      runs.add(start(Pipeline.from(origin).to(targets.getLast())));
      if (i == 0) end(runs.getFirst());
    }
    for (var run : runs) end(run);
    for (var target : targets) assertSame(target.content(), content(), "what each run was given");
  }

  @Test
  void whatItMakesIsNotOpenedBeforeItsRun() throws Exception {
    assertThat(origin().pull()).isNotNull();
    assertThat(origin().name()).isNotBlank();
    var _ = origin().footprint(0);
    assertReleased();
  }

  @Test
  void aFailureFurtherDownLeavesNothing() throws Exception {
    for (int n = 0; n < STATES; n++) {
      if (!failsWithBoom(into(target(n, TakenTarget.NEVER, true)), "that fails at chunk " + n)) break;
    }
  }

  @Test
  void aTargetThatWantsNoMoreLeavesNothing() throws Exception {
    for (int n = 0; n < STATES; n++) {
      var target = target(TakenTarget.NEVER, n, true);
      run(into(target));
      assertReleased();
      if (target.taken() < n) break;
    }
  }

  @Test
  void aCancelInAnyStateLeavesNothing() throws Exception {
    for (int n = 1; n < STATES; n++) {
      var target = target(TakenTarget.NEVER, TakenTarget.NEVER, true);
      var origin = origin();
      if (!isCancelledAt(n, onPoll -> Pipeline.from(WatchedPart.origin(origin, rules(), onPoll)).to(target))) break;
    }
  }

  @Test
  void itsStreamGivesTheSame() throws Exception {
    var origin = origin();
    var stream = time().make(origin::open);
    var received = new Content();
    time().turn(() -> stream.onData(received::add));
    await("the end of its stream", stream::closed);
    assertThat(stream.errored()).isNull();
    assertSame(received, content(), "what its stream gave");
  }

  @Test
  void itsStreamCanBeDestroyedInAnyState() throws Exception {
    for (int n = 0; n < STATES; n++) {
      var origin = origin();
      var stream = time().make(origin::open);
      var left = new int[] {n};
      time()
          .turn(
              () ->
                  stream.onData(
                      _ -> {
                        if (--left[0] == 0) stream.destroy();
                      }));
      if (n == 0) time().turn(stream::destroy);
      await("the close of its stream", stream::closed);
      assertReleased();
      if (left[0] > 0) break;
    }
  }
}
