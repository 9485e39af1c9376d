package highwater.cli;

import highwater.pipeline.PipelineRun;
import highwater.pipeline.StallDoctor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Says who waits for whom: by itself when nothing moves, and when SIGUSR1 asks.
///
/// Loaded only for a run that is not over soon.
final class StallWords {
  private final Stderr stderr;

  /// Makes one that answers on `stderr`.
  StallWords(Stderr stderr) {
    this.stderr = stderr;
  }

  /// Listens to SIGUSR1 from now on, and speaks when nothing moves for `after`, which is null for never.
  void begin(@Nullable Duration after) {
    boolean answers = Signals.hearQuestions(this::answer);
    if (after == null) return;
    String more = answers ? " (kill -USR1 " + ProcessHandle.current().pid() + " shows all of it)" : "";
    // For as long as the process lives: there is one run.
    var _ = StallDoctor.watch(after, found -> stderr.line("highwater: " + Failure.oneLine(found.summary()) + more));
  }

  private void answer() {
    for (var run : PipelineRun.running()) {
      var text = new StringBuilder("highwater: ");
      // A name may hold what would steer the terminal.
      run.diagnose().toString().lines().forEach(line -> text.append(line(line)).append(System.lineSeparator()));
      stderr.line(text.toString().stripTrailing());
    }
  }

  private static String line(String line) {
    String words = line.stripLeading();
    return " ".repeat(line.length() - words.length()) + Failure.oneLine(words);
  }
}
