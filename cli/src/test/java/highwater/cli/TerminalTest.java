package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "/dev/pts/3, true",
    "/dev/tty1, true",
    "/dev/ttyS0, true",
    "/dev/console, true",
    "pipe:[4711], false",
    "/dev/null, false",
    "/tmp/dev/pts/3, false",
    "/dev/ptmx, false"
  })
  void aDescriptorIsATerminalByWhereItLeads(String target, boolean terminal) throws Exception {
    Path descriptor = Files.createSymbolicLink(folder.resolve("2"), Path.of(target));
    assertThat(Terminal.isTerminal(descriptor)).isEqualTo(terminal);
  }
}
