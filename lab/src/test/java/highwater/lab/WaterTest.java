package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import highwater.strand.HandTurned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The water experiment in virtual time: its figures are those of the library's own streams.
class WaterTest {
  private static final long KIB = 1 << 10;
  private static final long STEP_NANOS = 10_000_000;

  private final HandTurned hand = new HandTurned();
  private @Nullable Water water;

  @BeforeEach
  void begin() {
    hand.turn(() -> water = new Water(WaterControls.DEFAULT));
  }

  /// The strand has no work left: no timer, no hold, no stream.
  @AfterEach
  void end() {
    hand.turn(water()::close);
    hand.close();
  }

  @Test
  void anHonestProducerNeverFillsTheTankAboveItsMarkByMoreThanAChunk() {
    for (long markKib : List.of(4L, 64L, 511L)) {
      set(Map.of("mark", Long.toString(markKib * KIB + 100), "producer", "1048576", "consumer", "131072"));
      for (int i = 0; i < 1000; i++) {
        hand.advance(STEP_NANOS);
        assertThat(state().bufferedBytes()).isLessThan(markKib * KIB + 100 + Water.CHUNK_BYTES);
      }
      assertThat(state().peakBytes()).isEqualTo((markKib + 1) * KIB);
      assertThat(state().phase()).isEqualTo(WaterPhase.HELD_BACK);
    }
  }

  @Test
  void anHonestProducerRunsAtTheConsumersPaceAndEveryFalseHasItsDrain() {
    seconds(20);
    var state = state();
    assertThat(state.peakBytes()).isEqualTo(64 * KIB);
    // A round: 0.5 s to fill at 128 KiB/s net, 0.5 s to drain, and the time of one chunk in which the consumer is idle.
    assertThat(state.consumedBytes()).isBetween(20 * 128 * KIB * 98 / 100, 20 * 128 * KIB);
    assertThat(state.falseAnswers()).isBetween(18L, 21L);
    assertThat(state.drains()).isBetween(state.falseAnswers() - 1, state.falseAnswers());
    assertThat(state.waitedNanos() / 1e9).isCloseTo(10, within(0.6));
    assertThat(state.longestWaitNanos() / 1e9).isCloseTo(0.5, within(0.01));
    assertThat(state.producedBytes()).isEqualTo(state.consumedBytes() + state.bufferedBytes());
  }

  @Test
  void theTankStaysNearlyEmptyWhereTheConsumerIsFaster() {
    set(Map.of("producer", "65536", "consumer", "131072"));
    seconds(10);
    var state = state();
    assertThat(state.producedBytes()).isCloseTo(10 * 64 * KIB, within(KIB));
    assertThat(state.peakBytes()).isEqualTo(KIB);
    assertThat(state.falseAnswers()).isZero();
    assertThat(state.waitedNanos()).isZero();
    assertThat(state.phase()).isEqualTo(WaterPhase.FREE);
  }

  @Test
  void aProducerThatIgnoresTheAnswerFillsMemoryByTheDifferenceOfTheSpeeds() {
    set(Map.of("ignoring", "true"));
    seconds(8);
    var state = state();
    assertThat(state.bufferedBytes()).isCloseTo(8 * 128 * KIB, within(2 * KIB));
    assertThat(state.phase()).isEqualTo(WaterPhase.OVERFLOWING);
    // Every write from the mark on was told to wait: 7.5 s of 256 a second.
    assertThat(state.falseAnswers()).isCloseTo(1920L, within(4L));
    assertThat(state.drains()).isZero();
    assertThat(state.waitedNanos()).isZero();
    assertThat(state.events()).filteredOn(event -> event.text().contains("ignored from here on")).hasSize(1);
  }

  @Test
  void theLimitIsReachedAtTheComputedTimeAndThenNothingMoves() {
    set(Map.of("ignoring", "true"));
    long reached = Water.LIMIT_BYTES * 1_000 / (128 * KIB); // 16 s
    hand.advance((reached - 10) * 1_000_000);
    assertThat(state().phase()).isEqualTo(WaterPhase.OVERFLOWING);
    hand.advance(20_000_000);
    var died = state();
    assertThat(died.phase()).isEqualTo(WaterPhase.DEAD);
    assertThat(died.bufferedBytes()).isEqualTo(Water.LIMIT_BYTES);
    seconds(5);
    set(Map.of("ignoring", "false", "consumer", "1048576"));
    seconds(5);
    assertThat(state().bufferedBytes()).isEqualTo(Water.LIMIT_BYTES);
    assertThat(state().producedBytes()).isEqualTo(died.producedBytes());
    assertThat(state().elapsedNanos()).isEqualTo(died.elapsedNanos());
    hand.turn(water()::restart);
    seconds(1);
    assertThat(state().experiment()).isEqualTo(died.experiment() + 1);
    assertThat(state().phase()).isEqualTo(WaterPhase.FREE);
    assertThat(state().consumedBytes()).isBetween(250 * KIB, 256 * KIB);
  }

  @Test
  void anIgnoredAnswerThatIsHeededAgainLetsAllThatPiledUpDrainFirst() {
    set(Map.of("ignoring", "true"));
    seconds(4);
    long piled = state().bufferedBytes();
    set(Map.of("ignoring", "false"));
    seconds(2);
    assertThat(state().phase()).isEqualTo(WaterPhase.RECOVERING);
    assertThat(state().bufferedBytes()).isCloseTo(piled - 2 * 128 * KIB, within(2 * KIB));
    assertThat(state().drains()).isZero();
    hand.advance(2_700_000_000L); // Drained at 4 s, filled again at 4.5 s.
    assertThat(state().drains()).isEqualTo(1);
    assertThat(state().bufferedBytes()).isLessThanOrEqualTo(64 * KIB);
    assertThat(state().longestWaitNanos() / 1e9).isCloseTo(4, within(0.1));
  }

  @Test
  void theSwitchLetsAProducerThatWaitsGoOnAtOnce() {
    hand.advance(600_000_000);
    assertThat(state().waiting()).isTrue();
    long produced = state().producedBytes();
    set(Map.of("ignoring", "true"));
    hand.advance(100_000_000);
    assertThat(state().waiting()).isFalse();
    assertThat(state().producedBytes()).isCloseTo(produced + 256 * KIB / 10, within(KIB));
  }

  @Test
  void speedsChangeInTheMiddleOfAChunk() {
    set(Map.of("producer", "1024", "consumer", "0"));
    hand.advance(500_000_000); // Half a chunk.
    set(Map.of("producer", "2048"));
    hand.advance(249_000_000);
    assertThat(state().producedBytes()).isZero();
    hand.advance(2_000_000);
    assertThat(state().producedBytes()).isEqualTo(KIB);
    set(Map.of("producer", "0"));
    seconds(60);
    assertThat(state().producedBytes()).isEqualTo(KIB);
    assertThat(state().bufferedBytes()).isEqualTo(KIB);
    set(Map.of("consumer", "1024"));
    hand.advance(1_001_000_000);
    assertThat(state().consumedBytes()).isEqualTo(KIB);
  }

  @Test
  void aConsumerThatStandsStillHoldsTheProducerForAsLong() {
    set(Map.of("consumer", "0"));
    seconds(30);
    assertThat(state().bufferedBytes()).isEqualTo(64 * KIB);
    assertThat(state().falseAnswers()).isEqualTo(1);
    assertThat(state().waiting()).isTrue();
    assertThat(state().longestWaitNanos() / 1e9).isCloseTo(29.75, within(0.02));
  }

  @Test
  void anotherMarkIsAnotherStream() {
    seconds(3);
    long experiment = state().experiment();
    set(Map.of("mark", "16384"));
    assertThat(state().experiment()).isEqualTo(experiment + 1);
    assertThat(state().producedBytes()).isZero();
    seconds(3);
    assertThat(state().peakBytes()).isEqualTo(16 * KIB);
  }

  @Test
  void timeStandsStillWhilePausedOrUnseen() {
    seconds(1);
    var before = state();
    set(Map.of("paused", "true"));
    assertThat(state().phase()).isEqualTo(WaterPhase.PAUSED);
    seconds(10);
    set(Map.of("paused", "false"));
    hand.turn(() -> water().setWatched(false));
    seconds(10);
    assertThat(state().elapsedNanos()).isEqualTo(before.elapsedNanos());
    assertThat(state().producedBytes()).isEqualTo(before.producedBytes());
    assertThat(state().waitedNanos()).isEqualTo(before.waitedNanos());
    hand.turn(() -> water().setWatched(true));
    seconds(1);
    assertThat(state().elapsedNanos()).isEqualTo(before.elapsedNanos() + 1_000_000_000);
    assertThat(state().consumedBytes()).isGreaterThan(before.consumedBytes() + 120 * KIB);
  }

  @Test
  void theLogIsBoundedAndItsNumbersGoOn() {
    seconds(60);
    var events = state().events();
    assertThat(events).hasSize(Water.EVENTS_MAX);
    for (int i = 1; i < events.size(); i++) {
      assertThat(events.get(i).number()).isEqualTo(events.get(i - 1).number() + 1);
    }
    assertThat(events.getLast().number()).isGreaterThan(100);
    assertThat(events.getLast().text()).matches("write → false at 64 KiB: it waits|drain after 0\\.50 s: .*");
  }

  private void seconds(int seconds) {
    hand.advance(seconds * 1_000_000_000L);
  }

  private void set(Map<String, String> controls) {
    hand.turn(
        () -> {
          var changed = water().controls();
          for (var control : controls.entrySet()) changed = changed.with(control.getKey(), control.getValue());
          water().change(changed);
        });
  }

  private WaterState state() {
    var state = new ArrayList<WaterState>(1);
    hand.turn(() -> state.add(water().state()));
    return state.getFirst();
  }

  private Water water() {
    if (water == null) throw new AssertionError("not begun");
    return water;
  }
}
