package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Turns and ticks: what runs next on a strand.
class StrandOrderTest {
  private final List<Object> ran = new ArrayList<>();

  @Test
  void ticksRunAfterTheTurnFirstInFirstOut() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      hand.turn(
          () -> {
            strand.nextTick(() -> ran.add("tick 1"));
            strand.nextTick(() -> ran.add("tick 2"));
            ran.add("turn");
          });
    }
    assertThat(ran).containsExactly("turn", "tick 1", "tick 2");
  }

  @Test
  void ticksOfTicksRunBeforeTheNextTurn() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      strand.post(() -> ran.add("next turn"));
      hand.turn(
          () -> {
            strand.nextTick(() -> strand.nextTick(() -> strand.nextTick(() -> ran.add("third generation"))));
            strand.nextTick(() -> ran.add("first generation"));
          });
      hand.runReady();
    }
    assertThat(ran).containsExactly("first generation", "third generation", "next turn");
  }

  @Test
  void whatWaitsForAllTicksRunsAfterThemBeforeTheNextTurn() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      strand.post(() -> ran.add("next turn"));
      hand.turn(
          () -> {
            strand.afterTicks(
                () -> {
                  ran.add("late 1");
                  strand.nextTick(() -> ran.add("its tick"));
                });
            strand.afterTicks(() -> ran.add("late 2"));
            strand.nextTick(() -> strand.nextTick(() -> ran.add("tick of a tick")));
          });
      hand.runReady();
    }
    assertThat(ran).containsExactly("tick of a tick", "late 1", "its tick", "late 2", "next turn");
  }

  @Test
  void aTickByNumberIsToldItsNumberAndKeepsItsPlace() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      hand.turn(
          () -> {
            strand.nextTick(ran::add, 7);
            strand.nextTick(() -> ran.add("between"));
            strand.nextTick(ran::add, -1);
          });
    }
    assertThat(ran).containsExactly(7, "between", -1);
  }

  @Test
  void turnsRunInTheOrderTheyWerePostedInFromInsideAndOutside() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      strand.post(() -> ran.add("outside 1"));
      strand.post(() -> ran.add("outside 2"));
      hand.turn(() -> strand.post(() -> ran.add("inside")));
      strand.post(() -> ran.add("outside 3"));
      hand.runReady();
    }
    assertThat(ran).containsExactly("outside 1", "outside 2", "inside", "outside 3");
  }

  @Test
  void timersThatAreDueGoBeforeTheTurnsOfTheirRound() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      hand.turn(
          () -> {
            strand.post(() -> ran.add("turn"));
            strand.after(0, () -> ran.add("timer"));
          });
      hand.runReady();
    }
    assertThat(ran).containsExactly("timer", "turn");
  }

  @Test
  void timersOfNoDelayThatMakeEachOtherLeaveRoomForTurns() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      hand.turn(
          () -> {
            strand.after(
                0,
                () -> {
                  ran.add("timer 1");
                  strand.after(0, () -> ran.add("timer 2"));
                });
            strand.post(() -> ran.add("turn"));
          });
      hand.runReady();
    }
    assertThat(ran).containsExactly("timer 1", "turn", "timer 2");
  }

  @Test
  void turnsThatPostEachOtherLeaveRoomForTimers() {
    try (var hand = new HandTurned()) {
      var strand = hand.strand();
      hand.turn(
          () -> {
            strand.post(
                () -> {
                  ran.add("turn 1");
                  strand.after(0, () -> ran.add("timer"));
                  strand.post(() -> ran.add("turn 2"));
                });
          });
      hand.runReady();
    }
    assertThat(ran).containsExactly("turn 1", "timer", "turn 2");
  }

  @Test
  void theQueueKeepsItsOrderHoweverItGrowsAndTurnsAround() {
    var random = new Random(Seed.forThisRun());
    var queue = new TaskQueue();
    int added = 0;
    for (int round = 0; round < 200; round++) {
      for (int i = random.nextInt(40); i > 0; i--) queue.add((Ticked) ran::add, added++);
      for (int i = random.nextInt(40); i > 0 && !queue.isEmpty(); i--) queue.runFirst();
      if (queue.isEmpty() && random.nextBoolean()) queue.putAway();
    }
    while (!queue.isEmpty()) queue.runFirst();
    assertThat(ran).isEqualTo(IntStream.range(0, added).boxed().toList());
  }

  @Test
  void anErrorInOneTickLeavesTheOthersOfAHandTurnedStrand() {
    var errors = new ArrayList<Throwable>();
    var error = new IllegalStateException("tick");
    try (var hand = new HandTurned(errors::add)) {
      hand.turn(
          () -> {
            hand.strand()
                .nextTick(
                    () -> {
                      throw error;
                    });
            hand.strand().nextTick(() -> ran.add("behind"));
          });
    }
    assertThat(errors).containsExactly(error);
    assertThat(ran).containsExactly("behind");
  }
}
