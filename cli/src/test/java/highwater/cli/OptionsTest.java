package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  private static Options parse(String line) throws CommandException {
    return Options.parse(line.split(" "));
  }

  private static Settings settings(String line) throws CommandException {
    return Settings.of(parse(line));
  }

  private static void refused(String line, String message) {
    assertThatThrownBy(() -> settings(line)).isInstanceOf(CommandException.class).hasMessage(message);
  }

  @Test
  void optionsStandAnywhereBeforeTwoHyphens() throws CommandException {
    var options = parse("--quiet pipe --mark 1M in.log --force gzip --size=3 -- --append -");
    assertThat(options.words()).containsExactly("pipe", "in.log", "gzip", "--append", "-");
    assertThat(options.values().keySet()).containsExactlyInAnyOrder(Flag.QUIET, Flag.MARK, Flag.FORCE, Flag.SIZE);
    assertThat(options.value(Flag.MARK)).isEqualTo("1M");
    assertThat(options.value(Flag.SIZE)).isEqualTo("3");
  }

  @Test
  void aSingleHyphenIsAWord() throws CommandException {
    assertThat(parse("pipe - gzip -").words()).containsExactly("pipe", "-", "gzip", "-");
  }

  @Test
  void reportTakesItsFileAfterAnEqualsSignAlone() throws CommandException {
    var options = parse("pipe --report in.log gzip");
    assertThat(options.words()).containsExactly("pipe", "in.log", "gzip");
    assertThat(settings("pipe --report").reportFile()).isNull();
    assertThat(settings("pipe --report").report()).isTrue();
    assertThat(settings("pipe --report=a=b.txt").reportFile()).isEqualTo(new ReportFile(Path.of("a=b.txt")));
  }

  @Test
  void quotesStayInValues() throws CommandException {
    assertThat(parse("pipe --report=\"x\"").value(Flag.REPORT)).isEqualTo("\"x\"");
  }

  @Test
  void ofAnOptionGivenTwiceTheLastCounts() throws CommandException {
    assertThat(settings("--mark 1 --mark 2").markBytes()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--forse       | unknown option --forse (did you mean --force? For a file of that name write ./--forse)",
        "--forse=1     | unknown option --forse (did you mean --force? For a file of that name write ./--forse)",
        "-force        | unknown option -force (did you mean --force? For a file of that name write ./-force)",
        "--forc        | unknown option --forc (did you mean --force? For a file of that name write ./--forc)",
        "-x            | unknown option -x (all: highwater help pipe. For a file of that name write ./-x)",
        "--force=yes   | --force takes no value (expected: --force)",
        "--mark        | --mark needs a value (expected: --mark SIZE)",
        "--mark --json | --mark needs a value (expected: --mark SIZE)",
        "--mark=       | '--mark:  is no size (expected: a whole number and a unit: 512, 64K or 64KiB = 65536, 64KB ="
            + " 64000; also M, G, T, P, E)'",
        "--mark 0      | --mark: 0 (expected: 1 byte or more)",
        "--mark 2G     | --mark: 2G (expected: at most 1GiB)",
        "--progress x  | --progress: x (expected: auto, always or never)",
        "--expect-sha256 12 | --expect-sha256: 12 (expected: 64 hexadecimal digits)",
        "--append --force | --append and --force contradict each other (expected: one of them)",
        "--append --in-place | --append and --in-place contradict each other (expected: one of them)"
      })
  void aWrongOptionIsRefusedInOneLine(String line, String message) {
    refused(line, message);
  }

  @Test
  void theModeOfTheSinkComesFromItsOptions() throws CommandException {
    assertThat(settings("pipe").mode()).isEqualTo(Settings.Mode.REFUSE);
    assertThat(settings("pipe --force").mode()).isEqualTo(Settings.Mode.REPLACE);
    assertThat(settings("pipe --append").mode()).isEqualTo(Settings.Mode.APPEND);
    assertThat(settings("pipe --in-place").mode()).isEqualTo(Settings.Mode.IN_PLACE);
    assertThat(settings("pipe --in-place --force").mode()).isEqualTo(Settings.Mode.IN_PLACE);
  }

  @Test
  void jsonImpliesAReport() throws CommandException {
    assertThat(settings("--json").report()).isTrue();
    assertThat(settings("--force").report()).isFalse();
  }
}
