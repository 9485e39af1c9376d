package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs that do not move, as the command's users see them: real programs, pipes and signals.
///
/// Each script waits for what the command has said, or for what the system says of it, and then ends it.
@Timeout(120)
class StallTest {
  /// Starts the command as `$child`, with its words in the file `said`.
  private static final String START =
      """
      highwater pipe %s 2> said &
      until child=$(cat /proc/$!/task/$!/children 2> none) && child=${child%% *} && [ -n "$child" ]; do :; done
      says() { until grep -q "$1" said; do :; done; }
      # A busy machine may not answer the first time.
      asks() { until grep -q 'to do: look' said; do kill -USR1 $child; sleep 0.2; done; }
      # Whether SIGUSR1 has a handler: without one it would end the process.
      hears() { until (( 0x$(sed -n 's/^SigCgt:\t//p' /proc/$child/status) & 0x200 )); do :; done; }
      """;

  private static final String END =
      """
      wait $!
      code=$?
      cat said >&2
      exit $code\
      """;

  @TempDir Path folder;

  /// What the command says, with `words`, until it is interrupted after `script`.
  private String saidUntilInterrupted(String before, String words, String script) {
    var ended =
        Child.runBash(
            folder,
            before
                + START.formatted(words)
                + script
                + """
                kill -INT $child
                """
                + END);
    assertThat(ended.code()).as(ended.err()).isEqualTo(130);
    return ended.err();
  }

  @Test
  void aProgramThatDoesNotReadItsInput() {
    String said =
        saidUntilInterrupted(
            "", "/dev/zero exec:'sleep 1000' ./sink --stall-after 300ms", "says 'nothing has moved'\n");
    assertThat(said.lines().toList().getFirst())
        .matches(
            "highwater: nothing has moved for \\d+ (ms|s): exec:sleep 1000 waits for its program to read("
                + " \\([^)]*\\))?; /dev/zero, ./sink wait for it \\(kill -USR1 \\d+ shows all of it\\)");
  }

  @Test
  void aQuestionIsAnsweredAndTheRunGoesOn() {
    String said = saidUntilInterrupted("", "sh:'sleep 1000' ./sink", "hears; asks\n");
    assertThat(said)
        .contains("  [sh:sleep 1000] ─▶ ./sink\n")
        .contains("  ▶ sh:sleep 1000 waits for the output of its program")
        .contains("    ./sink waits for data of sh:sleep 1000")
        .contains("  to do: look whether the other side lives")
        .contains("highwater: interrupted after 0 B");
  }

  @Test
  void aQuietCommandAnswersAllTheSame() {
    var ended =
        Child.runBash(
            folder,
            "mkfifo in\n"
                + START.formatted("./in ./sink --quiet")
                + """
                exec 3> in
                hears
                asks
                exec 3>&-
                """
                + END);
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("▶ ./in waits for the writer of ./in").contains("./sink waits for data of ./in");
  }

  @Test
  void aQuestionThatWasIgnoredWhenItBeganStaysIgnored() {
    String said =
        saidUntilInterrupted(
            "trap '' USR1\n",
            "sh:'sleep 1000' ./sink --stall-after 300ms",
            "says 'nothing has moved'; kill -USR1 $child\n");
    assertThat(said).contains("nothing has moved").doesNotContain("to do").doesNotContain("kill -USR1");
  }

  @Test
  void aTimerIsNoStallAndZeroSaysNothing() {
    // The throttle takes its time before each byte: 4 s in all, so 40 times the stall of the first.
    String words = " throttle:1 count ./sink --stall-after ";
    var throttled = Child.runBash(folder, "printf 12345 > five; highwater pipe ./five" + words + "100ms");
    assertThat(throttled.code()).isZero();
    assertThat(throttled.err()).isEqualTo("count  5\n");
    var silent = Child.runBash(folder, "(sleep 1; echo) | highwater pipe - ./sink2 --stall-after 0");
    assertThat(silent.code()).isZero();
    assertThat(silent.err()).isEmpty();
  }
}
