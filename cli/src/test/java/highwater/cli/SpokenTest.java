package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command says is whole lines that steer no terminal, and words that nobody can read are a failure.
class SpokenTest {
  @TempDir Path folder;

  @BeforeEach
  void writeSource() throws IOException {
    Files.writeString(folder.resolve("t"), "text\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"$w\"",
        "pipe \"$w\"",
        "pipe \"$w\" gzip o.gz",
        "pipe t gzip \"$w\" o.gz",
        "pipe t gzip:\"$w\" o.gz",
        "pipe t gzip \"$w/\"",
        "pipe t hash:\"$w\" o.gz",
        "pipe t tee:\"$w/x\" o.gz",
        "pipe t o.gz --report=\"$w/x\"",
        "pipe t o.gz --mark=\"$w\"",
        "pipe t o.gz --expect-sha256=\"$w\"",
        "pipe t o.gz --\"$w\"",
        "help \"$w\"",
        "completion \"$w\""
      })
  void anErrorIsOneLineWhateverAWordHolds(String words) {
    var ended = Child.runBash(folder, "w=$(printf 'a\\nb\\r\\033[31m\\302\\233.gz'); highwater " + words);
    assertThat(ended.err()).matches("highwater: [^\\p{Cntrl}\u0080-\u009f]*\n");
    assertThat(ended.code()).isIn(1, 2);
  }

  @Test
  void theLinesOfATraceSteerNoTerminal() {
    var ended = Child.runBash(folder, "highwater pipe \"$(printf 'a\\033[31m')\" gzip o.gz --debug");
    assertThat(ended.err()).contains("\tat highwater.").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "pipe --version", "--help", "help pipe", "man", "pipe t gzip --explain"})
  void wordsThatStdoutDoesNotTakeAreAFailure(String words) {
    assertThat(Child.runBash(folder, "highwater " + words + " > /dev/full").failedWith(ExitCode.FAILED))
        .startsWith("cannot write stdout")
        .contains("no space left on device");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--version", "--help", "man", "pipe t gzip --explain", "pipe /dev/zero tee:/dev/stdout /dev/null"})
  void aReaderThatLeavesStdoutEndsItQuietly(String words) {
    String script = "mkfifo f; exec 3<> f 4> f 5< f 3>&-; exec 5<&-; highwater " + words + " >&4";
    var ended = Child.runBash(folder, script);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isEqualTo(ExitCode.BROKEN_PIPE.number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash:md5 o", "count o", "count o --report=r", "count o --report", "count o --json"})
  void resultsThatStderrDoesNotTakeAreAFailure(String words) {
    var ended = Child.runBash(folder, "highwater pipe t " + words.replace(" o", " ./o") + " 2> /dev/full");
    assertThat(ended.code()).isEqualTo(ExitCode.FAILED.number);
    assertThat(folder.resolve("o")).hasContent("text\n");
  }
}
