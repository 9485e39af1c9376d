package highwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Pipeline;
import highwater.pipeline.PullTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every [PullTarget] keeps: everything arrives, in order and however it is cut; it gives back what it is lent and
/// keeps none of it; what a run began is final only when the run is over; and a failure and a cancel undo it, whenever
/// they come.
///
/// A test extends it and brings the recipe, chunks, and a look at what arrived.
public abstract class PullTargetContract<T> extends RecipeContract {
  /// For those who extend it.
  protected PullTargetContract() {}

  /// Makes a recipe onto nothing: what another one wrote is gone, or elsewhere.
  protected abstract PullTarget<T> target() throws Exception;

  /// Chunks for it: several, of different lengths where they are bytes.
  protected abstract List<T> chunks() throws Exception;

  /// What arrived behind the target that was made last, in order, after a run. Bytes may be cut otherwise.
  protected abstract List<T> received() throws Exception;

  /// Throws where something that looks whole lies behind the target made last, whose run failed or was cancelled.
  protected abstract void assertNotWhole() throws Exception;

  private Pipeline into(GivenOrigin<T> origin) throws Exception {
    return Pipeline.from(origin).to(WatchedPart.target(target(), rules(), _ -> {}));
  }

  private void runWhole(GivenOrigin<T> origin, String how) throws Exception {
    run(into(origin));
    assertSame(Content.of(received()), origin.chunks(), "what arrived, " + how);
    rules().check();
  }

  @Test
  void itTakesEveryChunkInOrder() throws Exception {
    runWhole(GivenOrigin.of(Content.copies(chunks())), "at full speed");
  }

  @Test
  void itTakesThemFromASlowOrigin() throws Exception {
    runWhole(new GivenOrigin<>(Content.copies(chunks()), -1, true), "slowly");
  }

  @Test
  void itTakesThemHoweverTheyAreCut() throws Exception {
    long seed = seed();
    for (var cut : Content.cuts(chunks(), seed)) {
      runWhole(GivenOrigin.of(cut), "in " + cut.size() + " pieces, -Dseed=" + seed);
    }
  }

  @Test
  void itFinishesWithoutAChunk() throws Exception {
    runWhole(GivenOrigin.of(List.of()), "with nothing given");
  }

  @Test
  void whatItMakesIsNotOpenedBeforeItsRun() throws Exception {
    assertThat(target().put()).isNotNull();
    assertThat(target().name()).isNotBlank();
    assertReleased();
    assertNotWhole();
  }

  @Test
  void aFailureFurtherUpIsNeverAnEnd() throws Exception {
    var chunks = Content.copies(chunks());
    for (int n = 0; n <= Math.min(STATES, chunks.size()); n++) {
      var how = "whose origin fails at chunk " + n;
      assertThat(failsWithBoom(into(new GivenOrigin<>(chunks, n, true)), how)).as("it failed").isTrue();
      assertNotWhole();
    }
  }

  /// Where somebody waits for it, it is opened all the same, and told.
  @Test
  void anOriginThatCannotBeOpenedIsNeverAnEnd() throws Exception {
    var origin = new GivenOrigin<>(Content.copies(chunks()), GivenOrigin.AT_ONCE, false);
    assertThat(failsWithBoom(into(origin), "whose origin cannot be opened")).as("it failed").isTrue();
    rules().check();
    assertNotWhole();
  }

  @Test
  void aCancelInAnyStateUndoesIt() throws Exception {
    for (int n = 1; n < STATES; n++) {
      var origin = new GivenOrigin<>(Content.copies(chunks()), -1, true);
      var target = target();
      if (!isCancelledAt(n, onPoll -> Pipeline.from(origin).to(WatchedPart.target(target, rules(), onPoll)))) break;
      assertNotWhole();
    }
  }

  @Test
  void itsStreamTakesTheSame() throws Exception {
    var target = target();
    var stream = time().make(target::open);
    var chunks = Content.ofEveryKind(chunks());
    time()
        .turn(
            () -> {
              for (var chunk : chunks) {
                var _ = stream.write(chunk);
              }
              stream.end();
            });
    await("the end of its stream", stream::closed);
    assertThat(stream.errored()).isNull();
    assertSame(Content.of(received()), chunks(), "what arrived through its stream");
  }

  @Test
  void itsStreamCanBeDestroyedInAnyState() throws Exception {
    for (int n = 0; n <= Math.min(STATES, chunks().size()); n++) {
      var target = target();
      var stream = time().make(target::open);
      for (var chunk : Content.copies(chunks()).subList(0, n)) {
        time()
            .turn(
                () -> {
                  var _ = stream.write(chunk);
                });
        time().settle();
      }
      time().turn(stream::destroy);
      await("the close of its stream", stream::closed);
      assertNotWhole();
      assertReleased();
    }
  }
}
