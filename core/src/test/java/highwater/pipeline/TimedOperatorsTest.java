package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.strand.HandTurned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/// Operators that look at the clock, which stands still but where a test moves it.
class TimedOperatorsTest {
  private static final long SECOND = 1_000_000_000L;

  private final HandTurned hand = new HandTurned();
  private final HandContext context = new HandContext(hand);

  /// Does something on the strand.
  private void turn(Body body) {
    hand.turn(
        () -> {
          try {
            body.run();
          } catch (Exception thrown) {
            throw new IllegalStateException(thrown);
          }
        });
  }

  private interface Body {
    void run() throws Exception;
  }

  @Test
  void aBatchIsGivenWhenItsFirstObjectHasWaitedLongEnough() {
    var step = step(Stage.batch(Batch.<Integer>of(10).within(Duration.ofSeconds(2))));
    turn(
        () -> {
          step.open(context);
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
          step.offer(1);
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
        });
    hand.advance(SECOND);
    turn(() -> step.offer(2));
    hand.advance(SECOND - 1);
    turn(() -> assertThat(step.poll()).isEqualTo(Progress.HUNGRY));
    assertThat(context.wakes).hasValue(0);
    hand.advance(1);
    assertThat(context.wakes).hasValue(1);
    turn(
        () -> {
          assertThat(step.poll()).isEqualTo(Progress.READY);
          assertThat(step.next()).isEqualTo(List.of(1, 2));
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
        });
    hand.advance(5 * SECOND);
    turn(
        () -> {
          assertThat(step.poll()).as("nothing waits, so nothing is due").isEqualTo(Progress.HUNGRY);
          step.offer(3);
          assertThat(step.waitsFor()).isEqualTo("more for its batch");
          step.close();
        });
    hand.close();
  }

  @Test
  void aFullBatchStopsItsClock() {
    var step = step(Stage.batch(Batch.<Integer>of(2).within(Duration.ofSeconds(2))));
    turn(
        () -> {
          step.open(context);
          step.offer(1);
          step.offer(2);
          assertThat(step.poll()).isEqualTo(Progress.READY);
          assertThat(step.next()).isEqualTo(List.of(1, 2));
        });
    hand.advance(SECOND);
    turn(() -> step.offer(3));
    hand.advance(SECOND);
    turn(() -> assertThat(step.poll()).as("the clock of 3 began with 3").isEqualTo(Progress.HUNGRY));
    turn(
        () -> {
          step.finish();
          assertThat(step.poll()).isEqualTo(Progress.READY);
          assertThat(step.next()).isEqualTo(List.of(3));
          assertThat(step.poll()).isEqualTo(Progress.DONE);
          step.close();
        });
    hand.close();
  }

  @Test
  void aTimeoutFailsWhereNothingComesWhileSomethingIsAskedFor() {
    var step = step(Stage.<Integer>timeout(Duration.ofSeconds(3)));
    turn(
        () -> {
          step.open(context);
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
        });
    hand.advance(2 * SECOND);
    turn(
        () -> {
          step.offer(1);
          assertThat(step.poll()).isEqualTo(Progress.READY);
        });
    hand.advance(10 * SECOND);
    turn(
        () -> {
          // Those behind were slow, which is not the origin's fault.
          assertThat(step.next()).isEqualTo(1);
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
        });
    hand.advance(3 * SECOND - 1);
    turn(() -> assertThat(step.poll()).isEqualTo(Progress.HUNGRY));
    hand.advance(1);
    turn(
        () -> {
          assertThatThrownBy(step::poll)
              .isInstanceOf(TimeoutException.class)
              .hasMessageStartingWith("no object came within PT3S");
          step.abort(new IllegalStateException());
          step.close();
        });
    hand.close();
  }

  @Test
  void aTimeoutKeepsQuietOnceItIsOver() {
    var step = step(Stage.<Integer>timeout(Duration.ofSeconds(3)));
    turn(
        () -> {
          step.open(context);
          assertThat(step.poll()).isEqualTo(Progress.HUNGRY);
          step.finish();
          assertThat(step.poll()).isEqualTo(Progress.DONE);
        });
    hand.advance(10 * SECOND);
    turn(step::close);
    assertThat(context.wakes).hasValue(0);
    hand.close();
  }

  @Test
  void aLiveStreamOfTheStageGivesItsBatchInTime() {
    var seen = new ArrayList<List<Integer>>();
    hand.turn(
        () -> {
          var stream = Stage.batch(Batch.<Integer>of(10).within(Duration.ofSeconds(2))).open();
          var _ = stream.onData(seen::add);
          var _ = stream.write(1);
          var _ = stream.write(2);
          hand.strand().after(3 * SECOND, () -> assertThat(seen).containsExactly(List.of(1, 2)));
          hand.strand().after(4 * SECOND, () -> stream.end(3));
        });
    hand.close();
    assertThat(seen).containsExactly(List.of(1, 2), List.of(3));
  }

  @SuppressWarnings("unchecked")
  private static <I, O> Step<I, O> step(Stage<I, O> stage) {
    return ((PullStage<I, O>) stage).step();
  }
}
