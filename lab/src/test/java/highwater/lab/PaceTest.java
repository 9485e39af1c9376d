package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void onAverageSoManyBytesPass() {
    var pace = new Pace(1000, 100, 0);
    long now = 0;
    for (int i = 0; i < 50; i++) now += pace.take(100, now);
    assertThat(now).isBetween(5 * SECOND - 50, 5 * SECOND + 50);
  }

  @Test
  void afterARestNoMoreThanTheBurstPassesAtOnce() {
    var pace = new Pace(1000, 300, 0);
    assertThat(pace.take(200, 10 * SECOND)).isZero();
    assertThat(pace.take(100, 10 * SECOND)).isZero();
    assertThat(pace.take(100, 10 * SECOND)).isEqualTo(SECOND / 10);
  }

  @Test
  void withinTheBurstAPauseIsMadeUpFor() {
    var pace = new Pace(1000, 2000, 0);
    long now = pace.take(1000, 0);
    // It stood still for a second and has that much to catch up.
    now += SECOND;
    assertThat(pace.take(1000, now)).isZero();
    assertThat(pace.take(1000, now)).isEqualTo(SECOND);
  }
}
