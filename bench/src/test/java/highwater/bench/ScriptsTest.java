package highwater.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The programs of `bench/scripts`.
@Timeout(60)
class ScriptsTest {
  static Stream<Path> programs() throws Exception {
    try (var files = Files.list(Path.of("scripts"))) {
      return files.filter(Files::isExecutable).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void eachSaysWhatItDoesWhenAsked(Path program) throws Exception {
    var said = said(0, program.toString(), "--help");
    assertThat(said).contains("bench/scripts/" + program.getFileName()).doesNotContain("set -euo", "#!");
  }

  @Test
  void noRoundsAtAllAreNotTakenForTheDefault() throws Exception {
    assertThat(said(2, "scripts/race", "gzip", "--rounds", "0")).contains("0 (expected: a whole number from 1)");
  }

  private static String said(int status, String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(status);
    return said;
  }
}
