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

/// What would lose one of two results, or write another file than the one named, is refused before anything is opened.
class PreflightTest {
  @TempDir Path folder;

  /// `t` is a source, `old` a file with bytes; `there`, a link, leads to `new`, which is not there; `linked` leads to `real/`.
  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("t"), "text\n");
    Files.writeString(folder.resolve("old"), "old\n");
    Files.createSymbolicLink(folder.resolve("there"), Path.of("new"));
    Files.createDirectory(folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("linked"), Path.of("real"));
  }

  private void refusedUntouched(String script, String message) throws IOException {
    assertThat(Child.runBash(folder, script).failedWith(ExitCode.REFUSED)).contains(message);
    assertThat(folder.resolve("old")).hasContent("old\n");
    assertThat(folder.resolve("t")).hasContent("text\n");
    assertThat(folder.resolve("new")).doesNotExist();
    assertThat(folder.resolve("real")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "highwater pipe t tee:old gzip --force >> old",
        "highwater pipe t tee:old gzip --append >> old",
        "highwater pipe t tee:old gzip --in-place >> old",
        "highwater pipe t gzip tee:- ./old --force >> old",
        "highwater pipe t tee:/dev/fd/5 gzip 5>> old >&5",
        "highwater pipe t tee:there gzip ./new --force",
        "highwater pipe t tee:there gzip ./new",
        "highwater pipe t tee:linked/x gzip real/x --force",
        "highwater pipe t gzip tee:old count tee:linked/../old ./o --force",
        "highwater pipe t gzip ./old --force --report 3>&2 2>> old",
      })
  void oneFileIsNotWrittenTwice(String script) throws Exception {
    // Where stderr is the file in question, the line is read from it and taken off again.
    String restored = "; code=$?; grep '^highwater: ' old >&2; echo old > old; exit $code";
    refusedUntouched(script + restored, " is written twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "highwater pipe t gzip --report=old >> old",
        "highwater pipe t gzip ./new --report=there",
        "highwater pipe t gzip real/x --report=linked/x",
        "highwater pipe gzip ./o --report=t < t",
        "highwater pipe t tee:new count - --report=there",
      })
  void theReportDoesNotGoIntoWhatIsReadOrWritten(String script) throws Exception {
    refusedUntouched(script, "--report: ");
  }

  @Test
  void aReportIntoAFileThatBecameTheSinkIsNotWritten() throws Exception {
    // The link is turned while the run waits for its source.
    String script =
        """
        mkfifo in
        ln -s elsewhere r
        highwater pipe in gzip o.gz --report=r &
        exec 3> in
        echo text >&3
        until [ -n "$(find . -name '.o.gz.highwater-*')" ]; do :; done
        ln -sfn o.gz r
        exec 3>&-
        wait $!\
        """;
    assertThat(Child.runBash(folder, script).failedWith(ExitCode.FAILED))
        .isEqualTo(
            "the run succeeded: o.gz is complete; its report could not be written: --report: r is a source or a sink"
                + " (expected: a file of its own)");
    assertThat(Child.run(folder, "pipe", "o.gz", "gunzip").quietly().outText()).isEqualTo("text\n");
  }

  @Test
  void anOldReportIsReplacedAsAWhole() throws Exception {
    Files.createLink(folder.resolve("kept"), folder.resolve("old"));
    Child.run(folder, "pipe", "t", "gzip", "o.gz", "--report=old").quietly();
    assertThat(Files.readString(folder.resolve("old"))).startsWith("done in ");
    assertThat(folder.resolve("kept")).hasContent("old\n");
  }

  @Test
  void whatIsNoRegularFileMayBeWrittenTwice() {
    Child.runBash(folder, "highwater pipe t tee:/dev/null gzip --report=/dev/null > /dev/null").quietly();
  }

  @Test
  void aNameThatIsNotUtf8IsRefusedBecauseItWouldBecomeAnotherFile() {
    for (String words :
        new String[] {"$n gzip o.gz", "t gzip ./$n", "t tee:$n o.txt", "t o.txt --report=$n", "t gzip d$n/"}) {
      assertThat(Child.runBash(folder, "n=$(printf 'f\\xff.x'); highwater pipe " + words).failedWith(ExitCode.USAGE))
          .as(words)
          .contains(": the name is not UTF-8")
          .endsWith("(expected: a name in UTF-8; go through the shell: … > NAME, < NAME)");
    }
    assertThat(folder.resolve("o.gz")).doesNotExist();
    assertThat(folder.resolve("o.txt")).doesNotExist();
    String throughTheShell = "n=$(printf 'f\\xff.x'); highwater pipe t gzip > $n; highwater pipe gunzip < $n";
    assertThat(Child.runBash(folder, throughTheShell).quietly().outText()).isEqualTo("text\n");
  }
}
