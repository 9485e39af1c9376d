package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Standard streams, in processes of their own.
@Timeout(60)
class StdStreamsTest {
  @TempDir Path directory;

  private static String output(Process process) throws Exception {
    var text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return text;
  }

  @Test
  void stdinGoesToStdoutInsideAShellPipe() throws Exception {
    assertThat(
            output(
                Child.shell(
                    "seq 200000 | \"$@\" | md5sum; seq 200000 | sed '$a .' | tr -d '\\n' | wc -c", "copy", "-", "-")))
        .startsWith(expectedSum());
  }

  private static String expectedSum() throws Exception {
    return output(new ProcessBuilder("bash", "-c", "{ seq 200000; printf .; } | md5sum").start());
  }

  @Test
  void stdoutStaysOpenAndAReaderThatLeavesIsABrokenPipe() throws Exception {
    assertThat(output(Child.shell("printf abc | \"$@\"", "copy", "-", "-"))).isEqualTo("abc.");
    assertThat(output(Child.shell("\"$@\" | head -c 3; echo ${PIPESTATUS[0]}", "copy", "/dev/zero", "-")))
        .isEqualTo("\0\0\0" + "3\n");
  }

  @Test
  void redirectedFilesAreReadAndWrittenWhereTheirDescriptorsStand() throws Exception {
    var in = Files.writeString(directory.resolve("in"), "first\nsecond\n");
    var out = directory.resolve("out");
    output(
        Child.shell("{ read line; echo begun; \"$@\"; echo ended; } < '" + in + "' > '" + out + "'", "copy", "-", "-"));
    assertThat(out).hasContent("begun\nsecond\n.ended\n");
    output(
        Child.shell(
            "{ read line; echo begun; \"$@\"; } < '" + in + "' > '" + out + "'", "copy", "/dev/stdin", "/dev/stdout"));
    assertThat(out).hasContent("begun\nsecond\n.");
  }

  @Test
  void aFileAppendedToItselfThroughStdoutIsRefused() throws Exception {
    var file = Files.writeString(directory.resolve("file"), "content");
    var process = Child.shell("\"$@\" 2>&1 >> '" + file + "'", "copy", file.toString(), "-");
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains(": the same pipeline ");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(file).hasContent("content");
  }

  @Test
  void substitutedProcessesAreReadAndWritten() throws Exception {
    var out = directory.resolve("out");
    assertThat(output(Child.shell("\"$@\" <(printf abc) -", "copy"))).isEqualTo("abc.");
    output(Child.shell("exec 9> >(cat > '" + out + "'); \"$@\" <(printf abc) /dev/fd/9; exec 9>&-; wait $!", "copy"));
    assertThat(out).hasContent("abc");
  }

  @Test
  void stdoutThatIsFullSaysSo() throws Exception {
    var process = Child.shell("\"$@\" 2>&1 > /dev/full", "copy", "/etc/passwd", "-");
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .startsWith("cannot write stdout at byte 0: no space left on device (");
    assertThat(process.waitFor()).isEqualTo(1);
  }

  @Test
  void aQuestionReadsOneLineAndNothingBehindIt() throws Exception {
    assertThat(output(Child.shell("printf 'Ann\\r\\n42\\nrest\\n' | \"$@\"", "ask")))
        .isEqualTo("name? [Ann] true\nage? [42]\nrest\nmore? stdin ended before an answer (expected: one line)\n");
  }

  @Test
  void oneRunAtATimeReadsStdin() throws Exception {
    var held = StdOrigin.lease();
    try {
      assertThatThrownBy(() -> Drive.copy(StdStreams.in(), new Bytes.Sink()))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot read stdin: another run reads it (expected: one reader at a time; wait until that run has"
                  + " ended)");
    } finally {
      held.close();
    }
  }
}
