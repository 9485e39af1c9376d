package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThirdsTest {
  private static Pause pause(double atSeconds, double millis) {
    return new Pause(atSeconds, millis, "Pause Young", 0, 0, 0);
  }

  @Test
  void collectionsAreSplitByTheirOrder() {
    var first = List.of(pause(0, 1), pause(0.1, 3), pause(0.2, 5), pause(0.3, 7), pause(0.4, 9), pause(9, 11));
    var second = List.of(pause(0, 2), pause(1, 4), pause(2, 30));
    var thirds = Thirds.ofCollections(List.of(first, second));
    assertThat(thirds).isEqualTo(new Thirds((1 + 3 + 2) / 3.0, (5 + 7 + 4) / 3.0, (9 + 11 + 30) / 3.0));
    assertThat(thirds.growth()).isEqualTo(50.0 / 6);
  }

  @Test
  void timeIsSplitByEachTrialsOwnLength() {
    var thirds =
        Thirds.ofTime(
            List.of(List.of(pause(1, 1), pause(2.5, 3), pause(8, 10)), List.of(pause(0.5, 5), pause(3.5, 20))),
            List.of(9.0, 3.0));
    assertThat(thirds.first()).isEqualTo((1 + 3 + 5) / 3.0);
    assertThat(thirds.middle()).isNaN();
    // What begins after the end, as the clocks of two processes have it, belongs to the last third.
    assertThat(thirds.last()).isEqualTo(15);
  }

  @Test
  void withoutCollectionsThereIsNoMean() {
    assertThat(Thirds.ofCollections(List.of(List.of())).growth()).isNaN();
  }
}
