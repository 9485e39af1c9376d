package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Timers: turns due at a moment of the strand's clock.
class StrandTimerTest {
  private final List<String> ran = new ArrayList<>();
  private final HandTurned hand = new HandTurned();
  private final Strand strand = hand.strand();

  @Test
  void timersRunByDeadlineThenInTheOrderTheyWereMade() {
    hand.turn(
        () -> {
          strand.after(20, () -> ran.add("20, made first"));
          strand.after(10, () -> ran.add("10"));
          strand.after(20, () -> ran.add("20, made second"));
        });
    hand.advance(20);
    assertThat(ran).containsExactly("10", "20, made first", "20, made second");
  }

  @Test
  void aTimerIsNotEarly() {
    hand.turn(() -> strand.after(10, () -> ran.add("due")));
    hand.advance(9);
    assertThat(ran).isEmpty();
    hand.advance(1);
    assertThat(ran).containsExactly("due");
  }

  @Test
  void timeStandsAtTheDeadlineWhileATimerRuns() {
    var moments = new ArrayList<Long>();
    hand.turn(
        () -> {
          strand.after(5, () -> moments.add(strand.nanoTime()));
          strand.after(8, () -> strand.after(3, () -> moments.add(strand.nanoTime())));
        });
    hand.advance(100);
    assertThat(moments).containsExactly(5L, 11L);
    assertThat(hand.nanoTime()).isEqualTo(100);
  }

  @Test
  void ticksOfATimerRunBeforeTheNextTimer() {
    hand.turn(
        () -> {
          strand.after(1, () -> strand.nextTick(() -> ran.add("tick")));
          strand.after(1, () -> ran.add("timer"));
        });
    hand.advance(1);
    assertThat(ran).containsExactly("tick", "timer");
  }

  @Test
  void aCancelledTimerNeverRunsAndKeepsNothing() {
    hand.turn(
        () -> {
          var timer = strand.after(1, () -> ran.add("cancelled"));
          timer.cancel();
          timer.cancel();
        });
    assertThat(hand.hasWork()).isFalse();
    hand.advance(2);
    assertThat(ran).isEmpty();
  }

  @Test
  void aTimerCancelledByOneOfTheSameMomentDoesNotRun() {
    hand.turn(
        () -> {
          var timers = new ArrayList<Timer>();
          strand.after(1, () -> timers.getFirst().cancel());
          timers.add(strand.after(1, () -> ran.add("cancelled")));
        });
    hand.advance(1);
    assertThat(ran).isEmpty();
  }

  @Test
  void aTimerThatKeepsNothingRunsOnTheWayToOthers() {
    hand.turn(
        () -> {
          strand.after(1, () -> ran.add("on the way")).unref();
          strand.after(2, () -> ran.add("kept"));
          strand.after(3, () -> ran.add("too late")).unref();
        });
    hand.runUntilIdle();
    assertThat(ran).containsExactly("on the way", "kept");
  }

  @Test
  void theLongestDelayIsNoDelay() {
    hand.turn(() -> strand.after(Long.MAX_VALUE, () -> ran.add("in 146 years")).unref());
    hand.advance(1_000_000_000);
    assertThat(ran).isEmpty();
  }

  @Test
  void aNegativeDelayIsRefused() {
    assertThatThrownBy(() -> hand.turn(() -> strand.after(-1, () -> {})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1 ns");
  }

  @Test
  void realTimersWakeAnIdleStrandWhoeverDrivesIt() throws InterruptedException {
    Strand.run(() -> Strand.current().after(1_000_000, () -> ran.add("caller")));
    for (var hosting : Hosting.values()) {
      Strand.start(
              hosting,
              () ->
                  Strand.current()
                      .after(
                          1_000_000,
                          () -> {
                            Strand.current().after(1_000_000, () -> ran.add(hosting.name()));
                          }))
          .join();
    }
    assertThat(ran).containsExactly("caller", "FILE_HOST", "VIRTUAL_THREAD", "PLATFORM_THREAD");
  }
}
