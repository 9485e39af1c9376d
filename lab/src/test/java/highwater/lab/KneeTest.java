package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rule for the knee, on figures that are given.
class KneeTest {
  private static final long BYTES = 1_000_000_000;

  @Test
  void theKneeIsTheSmallestMarkWithin5PercentOfTheBest() {
    var knee = Knee.of(marks(rates(500), rates(800), rates(951), rates(1000), rates(990)));
    assertThat(knee).isEqualTo(new Knee(16 << 10, 32 << 10, 16 << 10, true, 0, false, false));
    assertThat(knee.sentence())
        .isEqualTo(
            "The knee is at 16 KiB: the smallest mark within 5 % of the best, 32 KiB. Any mark from 16 KiB on does.");
  }

  @Test
  void whatIsJustOutside5PercentIsNoKnee() {
    var knee = Knee.of(marks(rates(500), rates(949), rates(1000)));
    assertThat(knee.markBytes()).isEqualTo(16 << 10);
    assertThat(knee.sentence())
        .isEqualTo(
            "The knee is at 16 KiB, the best: no smaller mark is within 5 % of it. Any mark from 16 KiB on does.");
  }

  @Test
  void aSmallerMarkWhoseSpreadReachesIntoTheBestOnesMayDo() {
    var knee = Knee.of(marks(rates(100), rates(900, 930, 990, 940, 985), rates(980, 1000, 1001, 1000, 970)));
    assertThat(knee.markBytes()).isEqualTo(16 << 10);
    assertThat(knee.maybeBytes()).isEqualTo(8 << 10);
    assertThat(knee.differs()).isTrue();
    assertThat(knee.sentence()).contains("8 KiB may do as well: its spread reaches as far.");
  }

  @Test
  void marksThatDoNotDifferBeyondTheirSpreadHaveNoKnee() {
    var knee = Knee.of(marks(rates(930, 945, 990, 960, 985), rates(980, 1000, 1020, 1000, 950)));
    assertThat(knee.differs()).isFalse();
    assertThat(knee.sentence()).isEqualTo("The marks do not differ beyond their spread: any mark from 4 KiB on does.");
  }

  @Test
  void whereRunsMovedTooLittleNoKneeIsNamed() {
    var figures = new ArrayList<MarkFigures>();
    for (int i = 0; i < 3; i++) figures.add(new MarkFigures(4L << 10 << i, 64 << 20, List.of(90L >> i), 0, 1, 1));
    assertThat(Knee.of(figures).differs()).isTrue();
    for (int i = 0; i < 3; i++)
      figures.set(i, new MarkFigures(4L << 10 << i, (64 << 20) - 1, List.of(90L >> i), 0, 1, 1));
    var knee = Knee.of(figures);
    assertThat(knee.differs()).isFalse();
    assertThat(knee.sentence())
        .isEqualTo("No knee: the file is too small to tell marks apart (expected: 64 MiB or more).");
    assertThat(MarkTable.render(figures, knee)).doesNotContain("knee");
  }

  @Test
  void aLargerMarkThatIsSlowerAgainIsNamed() {
    var knee = Knee.of(marks(rates(500), rates(1000), rates(970), rates(900), rates(800)));
    assertThat(knee.slowerFromBytes()).isEqualTo(32 << 10);
    assertThat(knee.sentence()).endsWith(" Larger is not better: 32 KiB is slower by more than 5 %.");
  }

  @Test
  void oneStrayRunIsNoSpread() {
    var knee = Knee.of(marks(rates(500, 510, 2000, 505, 495), rates(1000, 1010, 100, 1005, 995)));
    assertThat(knee).isEqualTo(new Knee(8 << 10, 8 << 10, 8 << 10, true, 0, false, false));
  }

  @Test
  void aWideSpreadOfTheBestIsSaid() {
    var knee = Knee.of(marks(rates(700, 1000, 1400, 800, 1300)));
    assertThat(knee.noisy()).isTrue();
    assertThat(knee.sentence()).endsWith("a quieter machine, or more runs, would tell more.");
  }

  @Test
  void quartilesAndMedianAreThoseOfTheRuns() {
    var figures = new MarkFigures(4096, 1_000_000_000, List.of(5L, 1L, 4L, 2L, 3L), 0, 1, 1);
    assertThat(figures.median()).isEqualTo(1e18 / 3);
    assertThat(figures.upperQuartile()).isEqualTo(1e18 / 2);
    assertThat(figures.lowerQuartile()).isEqualTo(1e18 / 4);
    var two = new MarkFigures(4096, 1_000_000_000, List.of(4L, 2L), 0, 1, 1);
    assertThat(two.median()).isEqualTo(1e18 / 3);
    assertThat(two.lowerQuartile()).isEqualTo(1e18 / 3.5);
  }

  @Test
  void theTableHasARowForEachMarkAndABarOfItsMedian() {
    var figures = List.of(mark(4 << 10, rates(500)), mark(1 << 20, rates(1000)));
    assertThat(MarkTable.render(figures, Knee.of(figures)))
        .isEqualTo(
            """
             mark   MB/s  middle half  CPU s  chunks  in flight
            4 KiB    500      500–500  0.250   1,234     64 KiB  ████████████
            1 MiB  1,000  1,000–1,000  0.250   1,234     64 KiB  ████████████████████████ ◀ knee
            """);
  }

  @Test
  void aBarIsExactToAnEighthOfAColumn() {
    assertThat(MarkTable.bar(0)).isEmpty();
    assertThat(MarkTable.bar(1)).hasSize(24);
    assertThat(MarkTable.bar(0.5 + 3 / 192.0)).isEqualTo("█".repeat(12) + "▍");
  }

  /// Marks of 4, 8, 16, … KiB whose runs had these rates.
  private static List<MarkFigures> marks(long[]... rates) {
    var figures = new ArrayList<MarkFigures>();
    for (int i = 0; i < rates.length; i++) figures.add(mark(4L << 10 << i, rates[i]));
    return figures;
  }

  private static MarkFigures mark(long markBytes, long[] rates) {
    var nanos = Arrays.stream(rates).mapToObj(rate -> Math.round(BYTES * 1e9 / (rate * 1e6))).toList();
    return new MarkFigures(markBytes, BYTES, nanos, 250_000_000, 1234, 64 << 10);
  }

  /// Runs of so many MB/s.
  private static long[] rates(long... megabytes) {
    return megabytes;
  }
}
