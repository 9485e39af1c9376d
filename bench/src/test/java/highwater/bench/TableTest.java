package highwater.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the table of a case says.
class TableTest {
  private static final String FIGURE = "ns";

  @Test
  void theTitleSaysWhatWasDoneAtThisPace() throws Exception {
    assertThat(table(Pace.FULL.rounds(1), 1)).contains("20,000,000 boxed Longs");
    assertThat(table(Pace.QUICK, 1)).contains("2,000,000 boxed Longs").doesNotContain("20,000,000");
  }

  @Test
  void theBestOfSeveralPeersHasAColumnAlsoWhereTheCaseNamesAnother() throws Exception {
    assertThat(table(Pace.FULL.rounds(1), 1)).contains("| / slower |").contains("| / faster (best) |");
  }

  @Test
  void aBarThatIsMissedIsSaidAloudAndByALookLeftOpen() throws Exception {
    assertThat(table(Pace.FULL.rounds(1), 1))
        .contains("at most 0.50 of the best peer's, faster: 0.25 (0.25..0.25): met\n");
    assertThat(table(Pace.FULL.rounds(1), 3)).contains("faster: 0.75 (0.75..0.75): MISSED\n");
    assertThat(table(Pace.QUICK, 3))
        .contains("faster: 0.75 (0.75..0.75): not met, which a look does not decide\n")
        .doesNotContain("MISSED");
  }

  @Test
  void aCaseBesideBusyLoopsSaysSo() {
    var measured = measured(1);
    assertThat(measured.title(Pace.FULL)).doesNotContain("busy loops");
    assertThat(measured.keptAwake().title(Pace.FULL)).contains("busy loops");
  }

  private static String table(Pace pace, double ours) throws Exception {
    return Table.of(Rounds.of(measured(ours), pace), pace);
  }

  private static Case measured(double ours) {
    return new Case(
        Work.OBJECTS,
        FIGURE,
        List.of(new Fixed("highwater", ours), new Fixed("slower", 8), new Fixed("faster", 4)),
        List.of("slower"),
        List.of(Bar.ratio("highwater", FIGURE, 0.5, "slower", "faster")),
        false);
  }

  private record Fixed(String name, double value) implements Contender {
    @Override
    public Map<String, Double> sample(Pace pace) {
      return Map.of(FIGURE, value);
    }
  }
}
