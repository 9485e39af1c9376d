package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.PipelineRun;
import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every [PullStage] keeps: its output depends neither on how its input is cut nor on the pace of its neighbours;
/// it gives back what it is lent and lends what it gives, none larger than its footprint; and a failure, a cancel and
/// an early end leave nothing behind, whenever they come.
///
/// A test extends it and brings the recipe, an input and what comes of it.
public abstract class PullStageContract<I, O> extends RecipeContract {
  /// For those who extend it.
  protected PullStageContract() {}

  /// Makes the recipe.
  protected abstract PullStage<I, O> stage() throws Exception;

  /// Something to go through it.
  protected abstract List<I> input() throws Exception;

  /// What comes of it, in order. Bytes may come cut otherwise.
  protected abstract List<O> output() throws Exception;

  /// What comes of no input at all: nothing by default; null where it must fail.
  protected @Nullable List<O> outputOfNothing() throws Exception {
    return List.of();
  }

  /// Whether an input of bytes may be cut anywhere; false where each chunk is a message.
  protected boolean mayBeCut() {
    return true;
  }

  private TakenTarget<O> target(int failAt, int doneAfter, boolean late) throws Exception {
    return new TakenTarget<>(stage().streamOptions().readableObjects(), failAt, doneAfter, late);
  }

  private TakenTarget<O> target(boolean late) throws Exception {
    return target(TakenTarget.NEVER, TakenTarget.NEVER, late);
  }

  private Pipeline through(GivenOrigin<I> origin, TakenTarget<O> target) throws Exception {
    return Pipeline.from(origin).through(WatchedPart.stage(stage(), rules(), _ -> {})).to(target);
  }

  private void run(GivenOrigin<I> origin, TakenTarget<O> target, List<O> expected, String how) throws Exception {
    run(through(origin, target));
    assertSame(target.content(), expected, "what it made, " + how);
    rules().check();
  }

  private GivenOrigin<I> given() throws Exception {
    return GivenOrigin.of(Content.copies(input()));
  }

  @Test
  void itMakesItsOutput() throws Exception {
    run(given(), target(false), output(), "at full speed");
  }

  @Test
  void itMakesTheSameHoweverItsInputIsCut() throws Exception {
    if (!mayBeCut()) return;
    long seed = seed();
    for (var cut : Content.cuts(input(), seed)) {
      run(GivenOrigin.of(cut), target(false), output(), "in " + cut.size() + " pieces, -Dseed=" + seed);
    }
  }

  @Test
  void itMakesTheSameBetweenSlowNeighbours() throws Exception {
    run(new GivenOrigin<>(input(), -1, true), target(false), output(), "behind a slow origin");
    run(given(), target(true), output(), "before a slow target");
    run(new GivenOrigin<>(input(), -1, true), target(true), output(), "between slow ones");
  }

  @Test
  void itEndsWithoutAnInput() throws Exception {
    var expected = outputOfNothing();
    if (expected != null) {
      run(GivenOrigin.of(List.of()), target(false), expected, "without an input");
      return;
    }
    var pipeline = through(GivenOrigin.of(List.of()), target(false));
    assertThat(catchThrowable(() -> run(pipeline))).as("without an input").isInstanceOf(PipelineException.class);
  }

  @Test
  void oneRecipeServesRunsOneAfterAnotherAndAtOnce() throws Exception {
    var stage = WatchedPart.stage(stage(), rules(), _ -> {});
    var targets = new ArrayList<TakenTarget<O>>();
    var runs = new ArrayList<PipelineRun>();
    for (int i = 0; i < 4; i++) {
      targets.add(target(true));
      var origin = new GivenOrigin<>(Content.copies(input()), -1, true);
      runs.add(start(Pipeline.from(origin).through(stage).to(targets.getLast())));
      if (i == 0) end(runs.getFirst());
    }
    for (var run : runs) end(run);
    for (var target : targets) assertSame(target.content(), output(), "what each run made");
  }

  @Test
  void aFailureFurtherUpLeavesNothing() throws Exception {
    var chunks = Content.copies(input());
    for (int n = 0; n <= Math.min(STATES, chunks.size()); n++) {
      var pipeline = through(new GivenOrigin<>(chunks, n, true), target(false));
      assertThat(failsWithBoom(pipeline, "whose origin fails at chunk " + n)).as("it failed").isTrue();
    }
  }

  @Test
  void aFailureFurtherDownLeavesNothing() throws Exception {
    for (int n = 0; n < STATES; n++) {
      var pipeline = through(given(), target(n, TakenTarget.NEVER, true));
      if (!failsWithBoom(pipeline, "whose target fails at chunk " + n)) break;
    }
  }

  @Test
  void aTargetThatWantsNoMoreLeavesNothing() throws Exception {
    for (int n = 0; n < STATES; n++) {
      var target = target(TakenTarget.NEVER, n, true);
      run(through(given(), target));
      assertReleased();
      if (target.taken() < n) break;
    }
  }

  @Test
  void aCancelInAnyStateLeavesNothing() throws Exception {
    for (int n = 1; n < STATES; n++) {
      var target = target(true);
      var origin = new GivenOrigin<>(Content.copies(input()), -1, true);
      var stage = stage();
      if (!isCancelledAt(
          n, onPoll -> Pipeline.from(origin).through(WatchedPart.stage(stage, rules(), onPoll)).to(target))) {
        break;
      }
    }
  }

  @Test
  void itsStreamMakesTheSame() throws Exception {
    var stage = stage();
    var stream = time().make(stage::open);
    var received = new Content();
    time()
        .turn(
            () -> {
              stream.onData(received::add);
              for (var chunk : chunksToWrite()) {
                var _ = stream.write(chunk);
              }
              stream.end();
            });
    await("the end of its stream", stream::closed);
    assertThat(stream.errored()).isNull();
    assertSame(received, output(), "what its stream made");
  }

  @Test
  void itsStreamCanBeDestroyedInAnyState() throws Exception {
    var chunks = chunksToWrite();
    for (int n = 0; n <= Math.min(STATES, chunks.size()); n++) {
      var stage = stage();
      var stream = time().make(stage::open);
      for (var chunk : chunksToWrite().subList(0, n)) {
        time()
            .turn(
                () -> {
                  var _ = stream.write(chunk);
                });
        time().settle();
      }
      time().turn(stream::destroy);
      await("the close of its stream", stream::closed);
      assertReleased();
    }
  }

  private List<I> chunksToWrite() {
    try {
      return input().stream().allMatch(ByteBuffer.class::isInstance) ? Content.ofEveryKind(input()) : input();
    } catch (Exception e) {
      throw new AssertionError("input() failed", e);
    }
  }
}
