package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.lab.Lab;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The laboratory behind its word: its options are its own, and nothing of it is there without that word.
class LabCommandTest {
  @TempDir Path folder;

  @Test
  @Timeout(60)
  void whatFollowsTheWordIsTheLaboratorys() {
    var help = Child.run(folder, "lab", "--help").quietly();
    assertThat(help.outText()).isEqualTo(Lab.help(null, 80));
    assertThat(Child.run(folder, "lab", "--trials", "none").failedWith(ExitCode.USAGE)).startsWith("--trials: none (");
    assertThat(Child.run(folder, "help", "lab").quietly().outText()).startsWith("highwater lab: ");
  }

  @Test
  @Timeout(60)
  void optionsBeforeTheWordAreRefused() {
    assertThat(Child.run(folder, "--quiet", "lab").failedWith(ExitCode.USAGE)).contains("highwater lab first");
  }

  @Test
  void theManualPageAndTheCompletionKnowIt() {
    for (var command : Lab.commands()) {
      assertThat(ManPage.render()).contains(".B " + command.line() + "\n");
      for (var option : command.options()) {
        assertThat(ManPage.render()).contains("\\-\\-" + option.word().replace("-", "\\-"));
        assertThat(Completion.script("bash")).contains("--" + option.word());
      }
    }
  }
}
