package highwater.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What goes on outside a strand, by its clock.
final class ElsewhereTest {
  private final HandTurned hand = new HandTurned();

  @AfterEach
  void nothingIsLeft() {
    hand.close();
  }

  private long worked(Elsewhere elsewhere) {
    return elsewhere.workedNanos(hand.nanoTime());
  }

  @Test
  void oneWorkerWorksWhileItsCallLasts() {
    var one = Elsewhere.of(hand.strand(), 1);
    hand.spend(5);
    one.begins();
    hand.spend(7);
    assertThat(worked(one)).isEqualTo(7);
    one.ends();
    hand.spend(9);
    assertThat(worked(one)).isEqualTo(7);
  }

  @Test
  void severalWorkersCountByTheirNumber() {
    var four = Elsewhere.of(hand.strand(), 4);
    four.begins();
    hand.spend(8);
    four.begins();
    hand.spend(8);
    assertThat(worked(four)).isEqualTo(2 + 4);
    for (int i = 0; i < 6; i++) four.begins();
    hand.spend(8);
    assertThat(worked(four)).isEqualTo(2 + 4 + 8);
    four.places(16);
    hand.spend(8);
    assertThat(worked(four)).isEqualTo(2 + 4 + 8 + 4);
    assertThatThrownBy(() -> Elsewhere.of(hand.strand(), 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whereTwoAreNeededOneAloneIsNoWork() {
    var both = Elsewhere.ofBoth(hand.strand());
    both.begins();
    hand.spend(5);
    both.begins();
    hand.spend(6);
    both.ends();
    hand.spend(7);
    assertThat(worked(both)).isEqualTo(6);
  }

  @Test
  void whatIsHeldHasAPeak() {
    var one = Elsewhere.of(hand.strand(), 1);
    one.holds(10);
    one.holds(20);
    one.holds(-25);
    assertThat(one.held()).isEqualTo(5);
    assertThat(one.peak()).isEqualTo(30);
  }

  @Test
  void aWatchSeesTheEndOfEachTurnAfterItsTicks() {
    var seen = new ArrayList<String>();
    Runnable watch = () -> seen.add("end");
    var strand = hand.strand();
    hand.turn(() -> strand.watch(watch));
    hand.turn(
        () -> {
          strand.nextTick(() -> seen.add("tick"));
          seen.add("turn");
        });
    hand.turn(() -> strand.unwatch(watch));
    hand.turn(() -> seen.add("unseen"));
    assertThat(seen).isEqualTo(List.of("end", "turn", "tick", "end", "unseen"));
  }
}
