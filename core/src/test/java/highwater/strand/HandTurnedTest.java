package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// The strand that tests turn.
class HandTurnedTest {
  @Test
  void nothingRunsByItself() {
    var ran = new ArrayList<String>();
    var hand = new HandTurned();
    hand.strand().post(() -> ran.add("posted"));
    hand.turn(() -> ran.add("turn"));
    assertThat(ran).containsExactly("turn");
    assertThat(hand.runReady()).isEqualTo(1);
    assertThat(ran).containsExactly("turn", "posted");
    assertThat(hand.runReady()).isZero();
  }

  @Test
  void theThreadThatTurnsIsTheOwnerWhileItDoes() {
    var hand = new HandTurned();
    hand.turn(() -> assertThat(Strand.current()).isSameAs(hand.strand()));
    assertThat(hand.strand().isCurrent()).isFalse();
    assertThat(Strand.currentOrNull()).isNull();
  }

  @Test
  void errorsAreThrownFromTheCallTheyCameUpInAndTheStrandGoesOn() {
    var hand = new HandTurned();
    var first = new IllegalStateException("first");
    var second = new IOException("second");
    assertThat(
            catchThrowable(
                () ->
                    hand.turn(
                        () -> {
                          hand.strand().nextTick(() -> hand.strand().uncaught(second));
                          throw first;
                        })))
        .isSameAs(first)
        .hasSuppressedException(second);
    assertThatThrownBy(() -> hand.turn(() -> hand.strand().uncaught(second)))
        .isInstanceOf(UncaughtException.class)
        .hasCause(second);
    hand.turn(() -> {});
  }

  @Test
  void workTakesTimeInsideItsTurnAndWhatFallsDueMeanwhileComesAfterIt() {
    var hand = new HandTurned();
    var log = new ArrayList<String>();
    hand.turn(
        () -> {
          var _ = hand.strand().after(10, () -> log.add("due at " + hand.nanoTime()));
          hand.spend(25);
          log.add("spent at " + hand.nanoTime());
        });
    hand.advance(5);
    assertThat(log).containsExactly("spent at 25", "due at 25");
    assertThat(hand.nanoTime()).isEqualTo(30);
    hand.strand().post(() -> hand.spend(100));
    hand.advance(1);
    assertThat(hand.nanoTime()).as("time never goes back").isEqualTo(130);
  }

  @Test
  void aTurnInsideATurnIsRefused() {
    var hand = new HandTurned();
    assertThatThrownBy(() -> hand.turn(() -> hand.turn(() -> {}))).hasMessageContaining("not from within a turn");
  }

  @Test
  void twoStrandsMayBeTurnedByOneThread() {
    var outer = new HandTurned();
    var inner = new HandTurned();
    outer.turn(
        () -> {
          inner.turn(() -> assertThat(Strand.current()).isSameAs(inner.strand()));
          assertThat(Strand.current()).isSameAs(outer.strand());
        });
  }

  @Test
  void closeRunsWhatIsLeftAndNamesWhatCannotRun() {
    var seen = new ArrayList<Object>();
    var hand = new HandTurned();
    hand.turn(
        () -> {
          hand.strand().after(1_000, () -> seen.add("timer"));
          hand.strand().hold();
          new StrandEndTest.Room("log.gz", seen);
        });
    assertThat(hand.hasWork()).isTrue();
    assertThatThrownBy(hand::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 holds")
        .hasMessageContaining("log.gz");
    assertThat(seen).containsExactly("timer");
    hand.close();
    assertThat(hand.strand().post(() -> {})).isFalse();
  }

  @Test
  void timeIsRefusedToRunBackwards() {
    assertThatThrownBy(() -> new HandTurned().advance(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
