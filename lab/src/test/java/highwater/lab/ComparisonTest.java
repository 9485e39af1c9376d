package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The sentence says what the figures say, also where they do not say what one would like.
class ComparisonTest {
  private static TrialResult honest(double seconds, long bytes, double... pauses) {
    return Outcomes.trial(Manner.HONEST, seconds, bytes, null, pauses);
  }

  private static TrialResult ignoring(double seconds, long bytes, @Nullable String death, double... pauses) {
    return Outcomes.trial(Manner.IGNORING, seconds, bytes, death, pauses);
  }

  private static String sentence(List<TrialResult> honest, List<TrialResult> ignoring) {
    return Outcomes.of(honest, ignoring).comparison(Engine.HIGHWATER).sentence();
  }

  @Test
  void theGuidesOwnFigures() {
    assertThat(
            sentence(
                List.of(honest(54, 88_000_000, 1, 1, 1), honest(56, 80_000_000, 1, 1, 1)),
                List.of(ignoring(55, 1_520_000_000, null, 5, 10, 25), ignoring(56, 1_400_000_000, null, 7, 10, 25))))
        .isEqualTo(
            "Respecting write()'s answer took the same time (55.0 s against 55.5 s, ratio 1.009) and 88.0 MB of memory"
                + " instead of 1.52 GB, 17.3 times less; a collection stopped it for 1.0 ms at first and 1.0 ms at"
                + " last, the other for 6.0 ms and then 25.0 ms.");
  }

  @Test
  void anotherTimeIsNotCalledTheSame() {
    assertThat(sentence(List.of(honest(50, 1000, 1, 1, 1)), List.of(ignoring(100, 5000, null, 1, 1, 1))))
        .startsWith("Respecting write()'s answer took 50 % less time (50.0 s against 100.0 s, ratio 2.000) and ");
    assertThat(sentence(List.of(honest(50, 1000, 1, 1, 1)), List.of(ignoring(40, 5000, null, 1, 1, 1))))
        .startsWith("Respecting write()'s answer took 25 % more time ");
  }

  @Test
  void aDifferenceThatMayBeNoiseIsSaidToBe() {
    assertThat(sentence(List.of(honest(0.74, 1000)), List.of(ignoring(0.69, 1000, null))))
        .contains("took 7 % more time (0.7 s against 0.7 s, ratio 0.932)")
        .endsWith(" With one run of a kind nobody knows how far runs differ by themselves: the time may be noise.");
    assertThat(
            sentence(
                List.of(honest(50, 1000), honest(62, 1000)),
                List.of(ignoring(61, 1000, null), ignoring(70, 1000, null))))
        .contains("less time")
        .endsWith(
            " The slowest of the faster runs took as long as the fastest of the slower ones: the time may be noise.");
    assertThat(
            sentence(
                List.of(honest(70, 1000), honest(62, 1000)),
                List.of(ignoring(61, 1000, null), ignoring(50, 1000, null))))
        .contains("more time")
        .doesNotContain("noise");
  }

  @Test
  void whereNothingWasSavedNothingIsClaimed() {
    assertThat(sentence(List.of(honest(50, 1000, 1, 1, 1)), List.of(ignoring(50, 1050, null, 1, 1, 1))))
        .isEqualTo(
            "Respecting write()'s answer took the same time (50.0 s against 50.0 s, ratio 1.000) and saved no memory"
                + " here (1.00 kB against 1.05 kB).");
  }

  @Test
  void aRunThatDiedIsAResult() {
    assertThat(
            sentence(
                List.of(honest(50, 88_000_000, 1), honest(50, 80_000_000, 1)),
                List.of(ignoring(50, 900_000_000, null, 1), ignoring(12, 1_000_000_000, "OutOfMemoryError", 1))))
        .isEqualTo(
            "Respecting write()'s answer got the work done, in 50.0 s and 88.0 MB; ignoring it did not: 1 of 2 runs"
                + " died, the first after 12.0 s with 1.00 GB (OutOfMemoryError).");
  }
}
