package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final Outcome OUTCOME =
      Outcomes.of(
          List.of(
              Outcomes.trial(Manner.HONEST, 30, 66_000_000, null, 1, 1, 1),
              Outcomes.trial(Manner.HONEST, 31, 67_000_000, null, 1, 1, 1)),
          List.of(
              Outcomes.trial(Manner.IGNORING, 30, 900_000_000, null, 4, 20, 81.25),
              Outcomes.trial(Manner.IGNORING, 30, 1_000_000_000, null, 4, 20, 80)));

  @TempDir Path folder;

  @Test
  void itAsksNothingOfAnyOtherFile() throws IOException {
    String page = ReportPage.render(OUTCOME);
    assertThat(page).startsWith("<!doctype html>").endsWith("</html>");
    assertThat(page).doesNotContainPattern("(?i)(\\ssrc=|<link|@import|url\\(|<iframe|<img|<base)");
    assertThat(page).doesNotContainPattern("(?i)(fetch\\(|XMLHttpRequest|WebSocket|import\\()");
    assertThat(page).contains("default-src 'none'").doesNotContain("{{");
    // Each element of scripts and styles ends once: nothing within ends it early.
    assertThat(Pattern.compile("<script").matcher(page).results().count())
        .isEqualTo(Pattern.compile("</script>").matcher(page).results().count())
        .isEqualTo(3);
  }

  @Test
  void itHoldsWhatItNeedsToDrawWithItsLicence() throws IOException {
    assertThat(ReportPage.render(OUTCOME)).contains("var uPlot=").contains(".uplot").contains("The MIT License");
  }

  @Test
  void itHoldsEveryFigureAsJsonAndAsTables() throws IOException {
    String page = ReportPage.render(OUTCOME);
    String json = Figures.of(OUTCOME);
    assertThat(page).contains("<script type=\"application/json\" id=\"figures\">" + json + "</script>");
    assertThat(json).contains("81.25").contains("\"growth\":20.15625").contains("OpenJDK \\u003c25\\u003e");
    for (var table : Tables.of(OUTCOME)) {
      assertThat(page).contains("<caption>" + ReportPage.escaped(table.title()) + "</caption>");
      for (var row : table.rows()) {
        assertThat(page)
            .contains(">" + ReportPage.escaped(row.label()) + "</th><td>" + row.cells().getFirst() + "</td>");
      }
    }
    assertThat(page).contains("OpenJDK &lt;25&gt;").doesNotContain("OpenJDK <25>");
    assertThat(page).contains(ReportPage.escaped(OUTCOME.comparison(Engine.HIGHWATER).sentence()));
  }

  @Test
  void theTablesSayWhatTheTrialsWere() {
    var text = new StringBuilder();
    for (var table : Tables.of(OUTCOME)) text.append(table.text());
    assertThat(text.toString().lines().map(line -> line.replaceAll(" {2,}", " ")))
        .contains(
            "trial 2 31.00 30.00",
            "mean 30.50 30.00",
            "ignores / respects 0.984 0.984",
            "mean of the last third 1.00 80.63",
            "last / first 1.00 20.16",
            "max resident, of any trial 67.0 MB 1.00 GB",
            "99 in 100 at most 0.20 0.90 0.90");
  }

  @Test
  void theFileIsWholeOrNotThere() throws IOException {
    var file = folder.resolve("report.html");
    ReportPage.write(OUTCOME, file);
    assertThat(file).content().endsWith("</html>");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
