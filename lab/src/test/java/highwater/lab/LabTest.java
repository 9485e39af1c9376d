package highwater.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `highwater lab` answers before it does anything.
class LabTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "lab.md");

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int lab(String... words) {
    return Lab.run(
        List.of(words),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theHelpNamesEverySubcommandWithItsOptions() {
    assertThat(lab("--help")).isZero();
    String help = out.toString(StandardCharsets.UTF_8);
    for (var command : Lab.commands()) {
      assertThat(help).contains(command.line() + " [OPTION…]\n");
      for (var option : command.options()) assertThat(help).contains("  " + option.synopsis());
    }
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size x       | --size: x is no size (expected: 1 byte or more, as in 512, 64KiB = 65536, 64KB = 64000, 2GB)",
        "--size         | --size needs a value (expected: --size SIZE)",
        "--trials 0     | --trials: 0 (expected: a whole number from 1 to 20)",
        "--keep=yes     | --keep takes no value",
        "--level 10     | --level: 10 (expected: a whole number from 1 to 9)",
        "--node maybe   | --node: maybe (expected: auto or never)",
        "--heap 1M      | --heap: 1.05 MB (expected: 64MiB or more)",
      })
  void aWrongOptionIsOneLine(String line, String message) {
    assertThat(lab(line.split(" "))).isEqualTo(2);
    assertThat(said()).isEqualTo("highwater: " + message + "\n");
  }

  @Test
  void anUnknownOptionNamesThoseThatThereAre() {
    assertThat(lab("--sizes", "1G")).isEqualTo(2);
    assertThat(said()).startsWith("highwater: unknown option --sizes (expected: --size, --seed, ").hasLineCount(1);
  }

  @Test
  void anUnknownSubcommandNamesThoseThatThereAre() {
    assertThat(lab("mark")).isEqualTo(2);
    assertThat(said()).startsWith("highwater: lab: mark is no subcommand (expected: nothing").hasLineCount(1);
  }

  @Test
  void aReportThatIsThereIsNotReplacedUnasked() throws IOException {
    var report = Files.writeString(folder.resolve("report.html"), "mine");
    assertThat(lab("--size", "1MB", "--folder", folder.toString(), "--out", report.toString())).isEqualTo(3);
    assertThat(said()).contains(" is there already (expected: ").hasLineCount(1);
    assertThat(report).hasContent("mine");
  }

  @Test
  void aDiskWithoutRoomIsToldBeforehand() throws IOException {
    assertThat(lab("--size", "999999TB", "--folder", folder.toString(), "--out", folder.resolve("r").toString()))
        .isEqualTo(1);
    assertThat(said()).contains(" has room for ").contains("a smaller --size").hasLineCount(1);
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void theLastOfAnOptionCountsAndOperandsStayInOrder() throws LabException {
    var command = new LabCommand("marks", "FILE", "", List.of(new LabOption("size", "SIZE", "")), (_, _) -> {});
    var line = LabLine.parse(command, List.of("a", "--size=1", "--size", "2", "-", "--debug", "--", "--size"));
    assertThat(line.operands()).containsExactly("a", "-", "--size");
    assertThat(line.value("size")).isEqualTo("2");
    assertThat(line.has("debug")).isTrue();
  }

  /// On a difference, the failure prints what the block should be.
  @Test
  void theDocumentHoldsTheOptionsOfTheExperiment() throws IOException {
    var rows = new StringBuilder("| | |\n| --- | --- |\n");
    for (var option : Experiment.COMMAND.options()) {
      rows.append("| `").append(option.synopsis().replace("|", "\\|")).append("` | ");
      rows.append(option.help()).append(" |\n");
    }
    assertThat(DOCUMENT).content().contains(rows);
  }
}
